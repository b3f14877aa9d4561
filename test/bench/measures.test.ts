import { expect } from 'chai';
import { blendPlainly, centreOf, directionOf, edgeBand, measureSpill, measureTrail, spreadColors } from '../../bench/score/measures.ts';

const SIZE = { width: 640, height: 4 };

/** A matte whose rows are opaque from `left` up to `right`, with an alpha of `beside` over the pixels named. */
function drawMatte(left: number, right: number, beside: { from: number; to: number; alpha: number }[] = []): Uint8ClampedArray {
  const matte = new Uint8ClampedArray(SIZE.width * SIZE.height);
  for (let y = 0; y < SIZE.height; y++) {
    matte.fill(255, y * SIZE.width + left, y * SIZE.width + right);
    for (const { from, to, alpha } of beside) matte.fill(alpha, y * SIZE.width + from, y * SIZE.width + to);
  }
  return matte;
}

/** RGBA of one colour. */
function fill(pixels: number, color: readonly [number, number, number]): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: pixels * 4 }, (_, index) => [...color, 255][index % 4] as number);
}

describe('measureTrail', () => {
  const reference = drawMatte(200, 400);

  it('should be nothing for the exact matte', () => {
    expect(measureTrail(reference, reference, SIZE, 1)).to.deep.equal({ behind: 0, front: 0 });
  });

  it('should tell what is behind the figure from what is in front', () => {
    const trailing = drawMatte(200, 400, [{ from: 188, to: 200, alpha: 90 }, { from: 400, to: 403, alpha: 200 }]);
    expect(measureTrail(reference, trailing, SIZE, 1)).to.deep.equal({ behind: 12, front: 3 });
    expect(measureTrail(reference, trailing, SIZE, -1)).to.deep.equal({ behind: 3, front: 12 });
  });

  it('should count what is missing inside the rim', () => {
    expect(measureTrail(reference, drawMatte(205, 400), SIZE, 1)).to.deep.equal({ behind: 5, front: 0 });
  });

  it('should leave out errors of less than 10 % and what is far from the rim', () => {
    const beside = [{ from: 190, to: 200, alpha: 25 }, { from: 100, to: 136, alpha: 255 }, { from: 264, to: 336, alpha: 0 }];
    expect(measureTrail(reference, drawMatte(200, 400, beside), SIZE, 1)).to.deep.equal({ behind: 0, front: 0 });
  });

  it('should say nothing where a rim is too near the side', () => {
    expect(measureTrail(drawMatte(20, 400), reference, SIZE, 1)).to.equal(null);
  });
});

describe('directionOf', () => {
  it('should know a steady way from a turn and from rest', () => {
    expect(directionOf([1, 2, 4])).to.equal(1);
    expect(directionOf([4, 3, 1])).to.equal(-1);
    expect(directionOf([1, 2, 1])).to.equal(0);
    expect(directionOf([2, 2, 2])).to.equal(0);
    expect(directionOf([2])).to.equal(0);
  });

  it('should see a matte move', () => {
    expect(centreOf(drawMatte(200, 400), SIZE)).to.equal(300);
    expect(directionOf([drawMatte(200, 400), drawMatte(207, 407)].map((matte) => centreOf(matte, SIZE)))).to.equal(1);
  });
});

describe('edgeBand', () => {
  it('should hold the pixels within the radius of the rim, and no others', () => {
    const band = edgeBand(drawMatte(200, 400), SIZE, 2.2);
    const row = Array.from(band.subarray(0, SIZE.width), (inside, x) => (inside ? x : -1)).filter((x) => x >= 0);
    expect(row).to.deep.equal([198, 199, 200, 201, 202, 397, 398, 399, 400, 401]);
  });
});

describe('measureSpill', () => {
  const room = fill(4, [200, 100, 0]);
  const background = fill(4, [0, 100, 200]);
  const own = fill(4, [90, 60, 40]);
  const alpha = Uint8ClampedArray.from([0, 64, 128, 255]);
  const everywhere = Uint8Array.from([1, 1, 1, 1]);

  it('should be nothing where the layer has its own colours, whatever its alpha', () => {
    const output = blendPlainly(own, background, alpha);
    expect(measureSpill({ output, alpha, own, room, background }, everywhere)).to.be.below(0.003);
  });

  it('should be all where the room itself was kept', () => {
    const opaque = Uint8ClampedArray.from([255, 255, 255, 255]);
    expect(measureSpill({ output: room, alpha: opaque, own, room, background }, everywhere)).to.equal(1);
    expect(measureSpill({ output: background, alpha: new Uint8ClampedArray(4), own, room, background }, everywhere), 'nothing kept').to.equal(0);
  });

  it('should find what plain alpha blending leaves: alpha · (1 - alpha) of the room', () => {
    const output = blendPlainly(blendPlainly(own, room, alpha), background, alpha);
    const left = [64, 128].map((value) => (value / 255) * (1 - value / 255));
    expect(measureSpill({ output, alpha, own, room, background }, everywhere)).to.be.closeTo((left[0]! + left[1]!) / 4, 0.004);
  });

  it('should leave out pixels whose room looks like the person, and those far from one', () => {
    expect(measureSpill({ output: room, alpha, own: room, room, background }, everywhere)).to.equal(null);
    expect(measureSpill({ output: room, alpha, own: new Uint8ClampedArray(16), room, background }, everywhere)).to.equal(null);
  });
});

describe('spreadColors', () => {
  it('should carry the colours on from the rim, as far as asked, and no further', () => {
    const figure = new Uint8ClampedArray(7 * 4);
    figure.set([10, 20, 30, 255], 2 * 4);
    figure.set([200, 0, 0, 10], 3 * 4);
    const own = spreadColors(figure, { width: 7, height: 1 }, 2);
    expect(Array.from({ length: 7 }, (_value, pixel) => own[pixel * 4 + 3])).to.deep.equal([255, 255, 255, 255, 255, 0, 0]);
    expect([...own.subarray(12, 15)], 'too thin to have a colour of its own').to.deep.equal([10, 20, 30]);
  });
});
