import { expect } from 'chai';
import { LARGEST_NUMBER, carriesCode, cellsOf, codeSize, drawCode, readNumber, type Place } from '../../bench/live/code.ts';
import { latenciesOf, percentile } from '../../bench/live/latency.ts';
import { PlaceFinder } from '../../bench/live/place.ts';
import { BackgroundChooser, unblend, type Color } from '../../bench/live/unblend.ts';

const SIZE = { width: 640, height: 360 };

/** A picture of one colour. */
function paint(color: Color): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: SIZE.width * SIZE.height * 4 }, (_, index) => [...color, 255][index % 4] as number);
}

/** A picture, so much of it over a colour. */
function over(pixels: Uint8ClampedArray, color: Color, alpha: number): Uint8ClampedArray {
  return pixels.map((value, index) => (index % 4 === 3 ? 255 : value * alpha + (color[index % 4] as number) * (1 - alpha)));
}

const SHIRT: Color = [70, 20, 40];

describe('live code', () => {
  const places: Place[] = Array.from({ length: 120 }, (_, number) => ({ x: 300 + 2 * Math.floor(number / 30), y: 200 }));

  it('should be another for each number, by more than one cell', () => {
    const codes = Array.from({ length: LARGEST_NUMBER + 1 }, (_, number) => cellsOf(number));
    let nearest = Infinity;
    for (const [index, code] of codes.entries()) {
      for (const other of codes.slice(0, index)) nearest = Math.min(nearest, code.filter((light, cell) => light !== other[cell]).length);
    }
    expect(nearest).to.be.at.least(2);
    expect(() => cellsOf(LARGEST_NUMBER + 1)).to.throw(RangeError);
  });

  it('should be read where it was drawn', () => {
    for (const [number, ground] of [[0, SHIRT], [1, [0, 0, 0]], [77, [255, 250, 255]], [119, [90, 120, 200]]] as [number, Color][]) {
      const picture = paint(ground);
      drawCode(picture, number, places[number] as Place, SIZE);
      expect(readNumber(picture, SIZE, places)).to.equal(number);
    }
  });

  it('should be read through half of the background, and not where hardly any of it is left', () => {
    const picture = paint(SHIRT);
    drawCode(picture, 42, places[42] as Place, SIZE);
    expect(readNumber(over(picture, [0, 255, 255], 0.5), SIZE, places)).to.equal(42);
    expect(readNumber(over(picture, [0, 255, 255], 0.2), SIZE, places)).to.equal(null);
  });

  it('should not be read where there is none, or where it is partly covered or another picture shows through', () => {
    expect(readNumber(paint([0, 255, 255]), SIZE, places)).to.equal(null);
    const covered = paint(SHIRT);
    drawCode(covered, 42, places[42] as Place, SIZE);
    for (let y = 0; y < SIZE.height; y++) covered.fill(50, y * SIZE.width * 4, (y * SIZE.width + 300) * 4);
    expect(readNumber(covered, SIZE, places)).to.equal(null);
    const [one, other] = [paint(SHIRT), paint(SHIRT)];
    drawCode(one, 42, places[42] as Place, SIZE);
    drawCode(other, 43, places[43] as Place, SIZE);
    const mixed = one.map((value, index) => (value + (other[index] as number)) / 2);
    expect(readNumber(mixed, SIZE, places)).to.equal(null);
  });

  it('should not be taken for a picture whose place is elsewhere', () => {
    const picture = paint(SHIRT);
    drawCode(picture, 42, { x: 100, y: 100 }, SIZE);
    expect(carriesCode(picture, SIZE, 42, { x: 100, y: 100 })).to.equal(true);
    expect(readNumber(picture, SIZE, places)).to.equal(null);
  });
});

describe('PlaceFinder', () => {
  /** A body as a rectangle. */
  const drawBody = (left: number, top: number, right: number, bottom: number): Uint8ClampedArray => {
    const matte = new Uint8ClampedArray(SIZE.width * SIZE.height);
    for (let y = top; y < bottom; y++) matte.fill(255, y * SIZE.width + left, y * SIZE.width + right);
    return matte;
  };

  it('should find the deepest place, inside of the picture', () => {
    const finder = new PlaceFinder(SIZE);
    const { x, y } = finder.find(drawBody(200, 260, 400, 360));
    const half = codeSize(SIZE) / 2;
    expect(x).to.be.within(250, 350);
    expect(y).to.be.within(300, 360 - half);
    expect(finder.leastMargin).to.be.within(25, 50);
  });

  it('should stay while it lies deep, and follow when it does not', () => {
    const finder = new PlaceFinder(SIZE);
    const first = finder.find(drawBody(200, 100, 340, 360));
    expect(finder.find(drawBody(206, 100, 346, 360))).to.deep.equal(first);
    const followed = finder.find(drawBody(300, 100, 440, 360));
    expect(followed.x).to.be.closeTo(370, 8);
  });

  it('should say when there is no room', () => {
    expect(() => new PlaceFinder(SIZE).find(drawBody(200, 100, 220, 360))).to.throw('no room');
  });
});

describe('unblend', () => {
  const background: Color = [0, 255, 0];

  it('should find the alpha of what was blended', () => {
    const colors: Color[] = [[120, 80, 60], [10, 10, 10], [250, 240, 230], [60, 200, 90]];
    for (const alpha of [0, 0.1, 0.5, 1]) {
      const frame = Uint8ClampedArray.from(colors.flatMap((color) => [...color, 255]));
      const output = frame.map((value, index) => (index % 4 === 3 ? 255 : value * alpha + (background[index % 4] as number) * (1 - alpha)));
      for (const found of unblend(output, frame, background)) expect(found).to.be.closeTo(alpha * 255, 2);
    }
  });

  it('should stay within 0 and 1, and take what is off the line by its nearest point', () => {
    const frame = Uint8ClampedArray.from([255, 255, 0, 255]);
    // Red tells the alpha; blue is noise at right angles to it.
    expect([...unblend(Uint8ClampedArray.from([128, 255, 90, 255]), frame, background)]).to.deep.equal([128]);
    const beyond = Uint8ClampedArray.from([100, 100, 100, 255]);
    expect([...unblend(Uint8ClampedArray.from([150, 0, 150, 255]), beyond, background)]).to.deep.equal([255]);
  });

  it('should see nothing where picture and background are the same', () => {
    const same = Uint8ClampedArray.from([0, 255, 0, 255]);
    expect([...unblend(same, same, background)]).to.deep.equal([0]);
  });

  it('should choose the background that is furthest from the nearest colours', () => {
    const chooser = new BackgroundChooser();
    const colors: Color[] = [[0, 230, 0], [200, 30, 30], [230, 230, 230], [20, 20, 20], [220, 200, 40], [40, 220, 220]];
    chooser.add(Uint8ClampedArray.from(Array.from({ length: 700 }, (_, index) => [...(colors[Math.floor(index / 7) % colors.length] as Color), 255]).flat()));
    const { color, distance } = chooser.choose();
    const nearest = (candidate: Color): number => Math.min(...colors.map((one) => Math.hypot(...one.map((value, index) => value - (candidate[index] as number)))));
    expect(distance).to.be.closeTo(nearest(color), 1);
    for (const other of [[0, 255, 0], [255, 0, 0], [0, 255, 255], [255, 255, 0]] as Color[]) expect(nearest(color)).to.be.at.least(nearest(other));
  });
});

describe('latenciesOf', () => {
  it('should measure from the last time that the camera showed a picture', () => {
    const camera = [{ timeMs: 0, number: 5 }, { timeMs: 33, number: 6 }, { timeMs: 5000, number: 5 }];
    const output = [{ timeMs: 40, number: 5 }, { timeMs: 70, number: 6 }, { timeMs: 80, number: null }, { timeMs: 90, number: 7 }, { timeMs: 5051, number: 5 }];
    expect(latenciesOf(camera, output)).to.deep.equal([40, 37, 51]);
  });

  it('should not take a picture for one that the camera shows later', () => {
    expect(latenciesOf([{ timeMs: 100, number: 1 }], [{ timeMs: 50, number: 1 }])).to.deep.equal([]);
  });
});

describe('percentile', () => {
  it('should be the nearest rank', () => {
    const values = [50, 10, 40, 30, 20];
    expect([0, 0.5, 0.95, 1].map((share) => percentile(values, share))).to.deep.equal([10, 30, 50, 50]);
    expect(percentile([], 0.5)).to.be.NaN;
  });
});
