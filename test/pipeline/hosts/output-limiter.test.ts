import { expect } from 'chai';
import { OutputLimiter, scaleWithin } from '../../../src/pipeline/hosts/output-limiter';
import type { PipelineSettings } from '../../../src/pipeline/messages';

const LIMIT = { width: 1280, height: 720, frameRate: 30 };
const SETTINGS: PipelineSettings = { background: { kind: 'none' }, quality: 'low', limit: LIMIT };

/** Frames that are admitted in a second of a source, after a second of getting used to it. */
function admitted(frameRate: number, settings = SETTINGS, jitter = 0): number {
  const limiter = new OutputLimiter(settings);
  let count = 0;
  for (let frame = 0; frame < 2 * frameRate; frame += 1) {
    // A fixed pattern: early, late, on time.
    const offset = [-1, 1, 0][frame % 3] as number;
    if (limiter.admits(((frame + offset * jitter) * 1_000_000) / frameRate) && frame >= frameRate) count += 1;
  }
  return count;
}

describe('<virtual-background-camera> output limits', () => {
  it('should scale what is larger, whichever way it lies', () => {
    expect(scaleWithin({ width: 1920, height: 1080 }, LIMIT)).to.be.closeTo(2 / 3, 1e-9);
    expect(scaleWithin({ width: 1080, height: 1920 }, LIMIT)).to.be.closeTo(2 / 3, 1e-9);
    expect(scaleWithin({ width: 1440, height: 1440 }, LIMIT)).to.equal(0.5);
    expect(scaleWithin({ width: 1280, height: 720 }, LIMIT)).to.equal(1);
    expect(scaleWithin({ width: 640, height: 360 }, LIMIT)).to.equal(1);
    expect(scaleWithin({ width: 3840, height: 2160 }, { width: Infinity, height: Infinity })).to.equal(1);
  });

  it('should tell the pipeline of a change alone', () => {
    const limiter = new OutputLimiter(SETTINGS);
    expect(limiter.fit({ width: 2560, height: 1440 })).to.deep.equal({ ...SETTINGS, outputScale: 0.5 });
    expect(limiter.fit({ width: 2560, height: 1440 })).to.equal(null);
    expect(limiter.configure({ ...SETTINGS, outputScale: 0.75 })).to.include({ outputScale: 0.375 });
    expect(limiter.fit({ width: 1280, height: 720 })).to.include({ outputScale: 0.75 });
    const { limit: _limit, ...unlimited } = SETTINGS;
    expect(limiter.configure(unlimited)).to.equal(unlimited);
  });

  it('should let every frame of a source within the rate through, steady or not', () => {
    for (const rate of [10, 15, 24, 25, 30]) {
      expect(admitted(rate), `${rate} a second`).to.equal(rate);
      expect(admitted(rate, SETTINGS, 0.1), `${rate} a second, unsteady`).to.equal(rate);
    }
  });

  it('should leave frames of a faster source out', () => {
    for (const rate of [50, 60, 120, 240]) expect(admitted(rate), `${rate} a second`).to.be.within(25, 33);
    expect(admitted(30, { ...SETTINGS, limit: { ...LIMIT, frameRate: 10 } })).to.be.within(9, 11);
    const { limit: _limit, ...unlimited } = SETTINGS;
    expect(admitted(60, unlimited)).to.equal(60);
  });

  it('should go on when the clock is set back or the source changes', () => {
    const limiter = new OutputLimiter(SETTINGS);
    expect(limiter.admits(9_000_000)).to.equal(true);
    expect(limiter.admits(0)).to.equal(true);
    limiter.resetSource();
    expect(limiter.admits(1)).to.equal(true);
  });
});
