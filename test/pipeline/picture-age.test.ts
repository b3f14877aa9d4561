import { expect } from 'chai';
import { HOLD_MS, PictureAge } from '../../src/pipeline/picture-age';

/** As after the first pictures of a run. */
function ageOf(...heldMs: number[]): PictureAge {
  const age = new PictureAge();
  for (const durationMs of heldMs) age.noteHeld(durationMs);
  return age;
}

describe('PictureAge', () => {
  it('should wait longer for the first pictures, and for those of a machine that is slow at each', () => {
    expect(ageOf().limitMs, 'first').to.equal(2000);
    expect(ageOf(40, 40).limitMs, 'third').to.equal(2000);
    expect(ageOf(40, 40, 40).limitMs, 'later').to.equal(HOLD_MS);
    expect(ageOf(40, 3000, 40).limitMs, 'one that was late').to.equal(HOLD_MS);
    expect(ageOf(300, 300, 300).limitMs, 'slow').to.equal(900);
    expect(ageOf(3000, 3000, 3000).limitMs, 'very slow').to.equal(2000);
  });

  it('should count from the first frame that waits, on a clock that may be set back', () => {
    const age = ageOf(40, 40, 40);
    expect(age.isTooOldBeside(0), 'nothing waits').to.equal(false);
    age.noteArrival(10_000);
    age.noteArrival(10_000 + HOLD_MS - 20);
    expect(age.isTooOldBeside(10_000 + HOLD_MS)).to.equal(false);
    expect(age.isTooOldBeside(10_000 + HOLD_MS + 1)).to.equal(true);
    expect(age.isTooOldBeside(10_000 - HOLD_MS - 1), 'set back').to.equal(true);
    age.reset();
    expect(age.isTooOldBeside(10_000 + 2 * HOLD_MS), 'of another source').to.equal(false);
  });

  it('should be new again with a person, and not with a curtain', () => {
    const age = ageOf(40, 40, 40);
    age.noteArrival(0);
    age.noteShown('curtain', false);
    expect(age.isTooOldBeside(2 * HOLD_MS), 'curtain').to.equal(true);
    age.noteArrival(1000);
    age.noteShown('person', true);
    expect(age.isTooOldBeside(1000 + HOLD_MS), 'person, the next under way').to.equal(false);
    expect(age.isTooOldBeside(1000 + 2 * HOLD_MS), 'the next does not come').to.equal(true);
    age.noteShown('person', false);
    expect(age.isTooOldBeside(1000 + 2 * HOLD_MS), 'nothing waits').to.equal(false);
    expect(age.restMs).to.be.within(HOLD_MS - 100, HOLD_MS);
  });
});
