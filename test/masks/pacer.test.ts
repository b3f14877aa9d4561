import { expect } from 'chai';
import { LONGEST_INTERVAL_MS, MaskPacer, outlineShift } from '../../src/masks/pacer';
import { MASK_MAX_AGE_MS } from '../../src/pipeline/pipeline';
import { FULL_FRAME_GEOMETRY } from '../../src/segmentation/network-input';
import type { Mask } from '../../src/types';

/** A person-high bar from `left`, 40 cells wide, with a rim of a few cells. */
function barMask(left: number): Mask {
  const [width, height] = [256, 144];
  const data = Float32Array.from({ length: width * height }, (_value, index) => {
    const x = (index % width) + 0.5;
    return Math.max(-8, Math.min(8, 2 * Math.min(x - left, left + 40 - x)));
  });
  return { width, height, data, kind: 'logit', geometry: FULL_FRAME_GEOMETRY };
}

const CHEAP = { inferenceMs: 5, inputMs: 1 };

function pace(shiftCells: number, cost = CHEAP, masks = 5): number {
  const pacer = new MaskPacer();
  for (let index = 0; index < masks; index++) pacer.update(barMask(80 + index * shiftCells), index * 33, cost, 'medium');
  return pacer.intervalMs;
}

describe('<virtual-background-camera> MaskPacer', () => {
  it('should tell how far an outline moved', () => {
    expect(outlineShift(barMask(80), barMask(80))).to.equal(0);
    for (const shift of [0.25, 1, 3]) expect(outlineShift(barMask(80), barMask(80 + shift))).to.be.closeTo(shift, shift * 0.1);
  });

  it('should ask for masks seldom while nothing moves, and as often as it can while the person moves', () => {
    expect(pace(0)).to.equal(140);
    expect(pace(4)).to.be.below(20);
    expect(pace(0.4)).to.be.within(20, 99);
  });

  it('should take no more of the processor than its share', () => {
    const cost = { inferenceMs: 80, inputMs: 10 };
    expect(pace(10, cost)).to.be.closeTo(110 / 0.42, 0.5);
    expect(pace(0, cost)).to.be.closeTo(110 / 0.42, 0.5);
  });

  it('should ask again before the mask is too old, however much one costs', () => {
    expect(pace(10, { inferenceMs: 1500, inputMs: 100 })).to.equal(LONGEST_INTERVAL_MS);
    expect(LONGEST_INTERVAL_MS).to.be.at.most(MASK_MAX_AGE_MS / 2);
  });

  it('should not be put off by one mask that was held up, or by the first', () => {
    const pacer = new MaskPacer();
    const heldUp = { inferenceMs: 400, inputMs: 300 };
    const intervals = [heldUp, CHEAP, CHEAP, heldUp, CHEAP].map((cost, index) => {
      pacer.update(barMask(80 + 4 * index), index * 33, cost, 'medium');
      return pacer.intervalMs;
    });
    for (const intervalMs of intervals) expect(intervalMs).to.be.below(20);
  });

  it('should ask at once after a change of the source', () => {
    const pacer = new MaskPacer();
    for (const timeMs of [0, 33]) pacer.update(barMask(80), timeMs, CHEAP, 'medium');
    pacer.reset();
    expect(pacer.intervalMs).to.equal(0);
  });

  it('should take the appearance of a person for movement', () => {
    const nobody = { ...barMask(80), data: new Float32Array(256 * 144).fill(-8) };
    expect(outlineShift(barMask(80), nobody)).to.equal(Infinity);
    expect(outlineShift(nobody, nobody)).to.equal(0);
    expect(outlineShift(nobody, barMask(80))).to.be.above(5);
  });
});
