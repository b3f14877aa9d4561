import { expect } from 'chai';
import { MaskMotion } from '../../src/masks/motion';
import type { Mask } from '../../src/types';
import { FRAME, SELFIE_GRID, SQUARE_GRID, bodyPixGrid, box, circle, createNoise, drawMask, person, union, type Grid, type Shape } from '../helpers/drawn-mask';

const GRIDS = [SELFIE_GRID, SQUARE_GRID, bodyPixGrid(41, 23), bodyPixGrid(31, 18)];
const INTERVAL_MS = 70;
/** The shoulders' 200 pixels in a second. */
const SPEED = 200 / 1000;

/** Feeds masks of what `shapeAt` shows and returns the time of the last. */
function watch(motion: MaskMotion, grid: Grid, shapeAt: (timeMs: number) => Shape, { masks = 6, fromMs = 1000, change = (_mask: Mask): void => {} } = {}): number {
  for (let index = 0; index < masks; index++) {
    const mask = drawMask(grid, shapeAt(fromMs + index * INTERVAL_MS));
    change(mask);
    motion.update(mask, fromMs + index * INTERVAL_MS);
  }
  return fromMs + (masks - 1) * INTERVAL_MS;
}

function shiftInPixels(motion: MaskMotion, timeMs: number): [number, number] {
  const [x, y] = motion.shiftAt(timeMs);
  return [x * FRAME.width, y * FRAME.height];
}

describe('<virtual-background-camera> MaskMotion', () => {
  for (const grid of GRIDS) {
    it(`should tell within a pixel where a walking person is by now (${grid.name})`, () => {
      for (const speed of [SPEED, -SPEED, SPEED / 3]) {
        const motion = new MaskMotion();
        const lastMs = watch(motion, grid, (timeMs) => person(320 + speed * (timeMs - 1200)));
        for (const ageMs of [50, 100, 150]) {
          const [x, y] = shiftInPixels(motion, lastMs + ageMs);
          // A grid of 31 columns hardly knows the head: its samples make a walk look a little like a bob.
          const tolerance = grid.width < 40 ? 1.5 : 1;
          expect(x, `${speed} ${ageMs}`).to.be.closeTo(speed * ageMs, tolerance);
          expect(y, `${speed} ${ageMs}`).to.be.closeTo(0, tolerance);
        }
      }
    });

    it(`should follow in both directions, and a person who is cut by the picture's border (${grid.name})`, () => {
      const motion = new MaskMotion();
      const lastMs = watch(motion, grid, (timeMs) => person(60 + 0.15 * (timeMs - 1000), 90 - 0.1 * (timeMs - 1000)));
      const [x, y] = shiftInPixels(motion, lastMs + 100);
      expect(x).to.be.closeTo(15, 2);
      expect(y).to.be.closeTo(-10, 2);
    });

    it(`should leave a person alone who sits still in a noisy mask (${grid.name})`, () => {
      const motion = new MaskMotion();
      const noise = createNoise(7);
      const change = ({ data }: Mask): void => data.forEach((value, index) => (data[index] = value + 1.5 * noise()));
      for (let fromMs = 0; fromMs < 60 * INTERVAL_MS; fromMs += INTERVAL_MS) {
        watch(motion, grid, () => person(320), { masks: 1, fromMs, change });
        expect(motion.shiftAt(fromMs + 100)).to.deep.equal([0, 0]);
      }
    });

    it(`should leave a person alone whose outline breathes with the network's mood (${grid.name})`, () => {
      const motion = new MaskMotion();
      for (let index = 0; index < 20; index++) {
        const change = ({ data }: Mask): void => data.forEach((value, at) => (data[at] = value + (index % 2 ? 0.6 : -0.6)));
        // Leaning out of the picture: nothing on the left balances what the right edge seems to do.
        watch(motion, grid, () => person(40), { masks: 1, fromMs: index * INTERVAL_MS, change });
        expect(motion.shiftAt(index * INTERVAL_MS + 100)).to.deep.equal([0, 0]);
      }
    });

    it(`should not push the body after an arm (${grid.name})`, () => {
      for (const [armX, armY] of [[0, 0.3], [0.3, 0], [0.2, -0.2]] as const) {
        const motion = new MaskMotion();
        const lastMs = watch(motion, grid, (timeMs) => {
          const since = timeMs - 1000;
          return union(person(300), box(360 + armX * since, 170 + armY * since, 520 + armX * since, 210 + armY * since));
        });
        const [x, y] = shiftInPixels(motion, lastMs + 100);
        expect(Math.hypot(x, y), `${armX} ${armY}`).to.be.below(3);
      }
    });

    it(`should not take somebody who appears for movement (${grid.name})`, () => {
      const motion = new MaskMotion();
      const lastMs = watch(motion, grid, (timeMs) => circle(320, 200, timeMs < 1200 ? -500 : 120 + (timeMs - 1200) * 0.2));
      const [x, y] = shiftInPixels(motion, lastMs + 100);
      expect(Math.hypot(x, y)).to.be.below(1);
    });
  }

  it('should stop at once when the person stops or turns round, without overshooting', () => {
    for (const speedAfter of [0, -SPEED]) {
      const motion = new MaskMotion();
      const turnMs = 1000 + 5 * INTERVAL_MS;
      const lastMs = watch(motion, SELFIE_GRID, (timeMs) => person(250 + SPEED * Math.min(timeMs - 1000, turnMs - 1000) + speedAfter * Math.max(0, timeMs - turnMs)));
      expect(shiftInPixels(motion, lastMs + 100)[0]).to.be.closeTo(20, 1);
      const turned = (timeMs: number): Shape => person(250 + SPEED * (turnMs - 1000) + speedAfter * (timeMs - turnMs));
      const nextMs = watch(motion, SELFIE_GRID, turned, { masks: 1, fromMs: turnMs + INTERVAL_MS });
      expect(motion.shiftAt(nextMs + 100)[0]).to.equal(0);
      const laterMs = watch(motion, SELFIE_GRID, turned, { masks: 1, fromMs: nextMs + INTERVAL_MS });
      expect(shiftInPixels(motion, laterMs + 100)[0]).to.be.closeTo(speedAfter * 100, 1);
    }
  });

  it('should never promise more than the slower of two intervals', () => {
    const motion = new MaskMotion();
    const lastMs = watch(motion, SELFIE_GRID, (timeMs) => person(150 + 0.0004 * (timeMs - 1000) ** 2));
    // 0.28 pixels a millisecond by now, 0.196 over the interval before the last.
    const speed = shiftInPixels(motion, lastMs + 100)[0] / 100;
    expect(speed).to.be.closeTo(0.196, 0.01);
  });

  it('should carry a mask along neither too long nor too far', () => {
    const motion = new MaskMotion();
    const lastMs = watch(motion, SELFIE_GRID, (timeMs) => person(150 + SPEED * (timeMs - 1000)));
    expect(motion.shiftAt(lastMs + 5000)).to.deep.equal(motion.shiftAt(lastMs + 250));
    expect(shiftInPixels(motion, lastMs - 50)[0]).to.be.closeTo(0, 1e-9);
    const runner = new MaskMotion();
    const runMs = watch(runner, SELFIE_GRID, (timeMs) => person(120 + 0.5 * (timeMs - 1000)));
    expect(shiftInPixels(runner, runMs + 60)[0]).to.be.closeTo(30, 2);
    expect(runner.shiftAt(runMs + 250)[0]).to.equal(0.08);
  });

  it('should take probabilities as well as logits', () => {
    const motion = new MaskMotion();
    for (let index = 0; index < 4; index++) {
      motion.update(drawMask(SELFIE_GRID, person(300 + 14 * index), 'probability'), index * INTERVAL_MS);
    }
    expect(shiftInPixels(motion, 3 * INTERVAL_MS + 100)[0]).to.be.closeTo(20, 1);
  });

  it('should begin anew with masks of another kind, after a reset, after a pause and when the clock goes back', () => {
    const walk = (timeMs: number): Shape => person(200 + SPEED * (timeMs - 1000));
    const started = (): [MaskMotion, number] => {
      const motion = new MaskMotion();
      return [motion, watch(motion, SELFIE_GRID, walk)];
    };
    const [other, otherMs] = started();
    expect(other.shiftAt(otherMs + 100)[0]).to.be.above(0);
    const coarse = bodyPixGrid(41, 23);
    const coarseMs = watch(other, coarse, walk, { masks: 2, fromMs: otherMs + INTERVAL_MS });
    expect(other.shiftAt(coarseMs + 100)).to.deep.equal([0, 0]);
    const secondMs = watch(other, coarse, walk, { masks: 1, fromMs: coarseMs + INTERVAL_MS });
    expect(shiftInPixels(other, secondMs + 100)[0]).to.be.closeTo(20, 1);

    const [fresh, freshMs] = started();
    fresh.reset();
    expect(fresh.shiftAt(freshMs + 100)).to.deep.equal([0, 0]);

    const [paused, pausedMs] = started();
    watch(paused, SELFIE_GRID, walk, { masks: 1, fromMs: pausedMs + 600 });
    expect(paused.shiftAt(pausedMs + 700)).to.deep.equal([0, 0]);

    const [back, backMs] = started();
    watch(back, SELFIE_GRID, walk, { masks: 1, fromMs: backMs });
    expect(back.shiftAt(backMs + 100)).to.deep.equal([0, 0]);
  });

  it('should say nothing of empty, full and broken masks, and leave masks as they are', () => {
    for (const value of [-9, 9, NaN, Infinity, -Infinity]) {
      const motion = new MaskMotion();
      const change = ({ data }: Mask): void => void data.fill(value);
      const lastMs = watch(motion, SELFIE_GRID, () => person(320), { change });
      expect(motion.shiftAt(lastMs + 100)).to.deep.equal([0, 0]);
    }
    const motion = new MaskMotion();
    expect(motion.shiftAt(1000)).to.deep.equal([0, 0]);
    const mask = drawMask(SELFIE_GRID, person(320));
    const copy = mask.data.slice();
    motion.update(mask, 0);
    motion.update(mask, 70);
    expect(mask.data).to.deep.equal(copy);
    expect(motion.shiftAt(170)).to.deep.equal([0, 0]);
    const tiny = new MaskMotion();
    for (const timeMs of [0, 70]) tiny.update({ ...mask, width: 1, height: 1, data: new Float32Array(1) }, timeMs);
    expect(tiny.shiftAt(100)).to.deep.equal([0, 0]);
  });
});
