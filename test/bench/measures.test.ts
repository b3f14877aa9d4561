import { expect } from 'chai';
import { distancesTo } from '../../bench/score/distance.ts';
import { blendPlainly, centreOf, directionOf, edgeBand, findRoom, measureRoomShare, measureSpill, measureTrail, spreadColors } from '../../bench/score/measures.ts';

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

describe('distancesTo', () => {
  it('should equal the distance to the nearest of a few pixels, found by trying them all', () => {
    const size = { width: 23, height: 17 };
    const set = [[3, 2], [19, 5], [7, 16], [22, 0]] as const;
    const isSet = (pixel: number): boolean => set.some(([x, y]) => y * size.width + x === pixel);
    const distances = distancesTo(isSet, size);
    for (let pixel = 0; pixel < distances.length; pixel++) {
      const [x, y] = [pixel % size.width, Math.floor(pixel / size.width)];
      expect(distances[pixel]).to.be.closeTo(Math.min(...set.map(([u, v]) => Math.hypot(u - x, v - y))), 1e-5);
    }
  });

  it('should be infinite where there is nothing to measure to', () => {
    expect([...distancesTo(() => false, { width: 3, height: 2 })]).to.deep.equal(Array(6).fill(Infinity));
  });
});

describe('measureRoomShare', () => {
  const reference = drawMatte(200, 400);

  it('should be nothing for the exact matte, and all beyond the margin for an opaque picture', () => {
    expect(measureRoomShare(reference, reference, SIZE)).to.equal(0);
    const opaque = new Uint8ClampedArray(reference.length).fill(255);
    expect(measureRoomShare(reference, opaque, SIZE)).to.be.closeTo((640 - 200 - 2 * 4) / 640, 1e-9);
  });

  it('should leave out 4 pixels around the person and what is fainter than 10 %', () => {
    expect(measureRoomShare(reference, drawMatte(196, 404), SIZE)).to.equal(0);
    expect(measureRoomShare(reference, drawMatte(195, 405), SIZE)).to.be.closeTo(2 / 640, 1e-9);
    expect(measureRoomShare(reference, drawMatte(200, 400, [{ from: 100, to: 150, alpha: 25 }]), SIZE)).to.equal(0);
    expect(measureRoomShare(reference, drawMatte(200, 400, [{ from: 100, to: 150, alpha: 26 }]), SIZE)).to.be.closeTo(50 / 640, 1e-9);
  });

  it('should not count what is missing of the person', () => {
    expect(measureRoomShare(reference, drawMatte(300, 400), SIZE)).to.equal(0);
  });

  it('should take a soft rim for the person, and everything for the room where there is no one', () => {
    expect(measureRoomShare(drawMatte(200, 400, [{ from: 190, to: 200, alpha: 20 }]), drawMatte(186, 400), SIZE)).to.equal(0);
    expect(measureRoomShare(drawMatte(0, 0), drawMatte(0, 64), SIZE)).to.be.closeTo(0.1, 1e-9);
  });

  it('should say where', () => {
    const seen = findRoom(reference, drawMatte(200, 400, [{ from: 10, to: 12, alpha: 255 }]), SIZE);
    expect([...seen.subarray(0, 14)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0]);
  });
});
