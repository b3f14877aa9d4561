import { expect } from 'chai';
import { FrameClock } from '../../../src/pipeline/hosts/frame-clock';

/** Frames at a rate: microseconds. */
const frames = (count: number, startUs: number, intervalUs: number): number[] => Array.from({ length: count }, (_value, index) => startUs + index * intervalUs);

describe('<virtual-background-camera> FrameClock', () => {
  it("should keep the source's spacing and start near zero", () => {
    const clock = new FrameClock();
    const out = frames(4, 987_654_321, 33_333).map((timestamp, index) => clock.next(timestamp, 1000 + index * 33));
    expect(out[0]).to.be.within(0, 1000);
    expect(out.slice(1).map((value, index) => value - (out[index] as number))).to.deep.equal([33_333, 33_333, 33_333]);
  });

  it('should rise steadily across changes of the source, with the time that went by', () => {
    const clock = new FrameClock();
    const out = [clock.next(5_000_000, 1000), clock.next(5_033_333, 1033)];
    clock.reset();
    out.push(clock.next(7, 1133), clock.next(33_340, 1166));
    clock.reset();
    out.push(clock.next(90_000_000_000, 1200));
    const gaps = out.slice(1).map((value, index) => value - (out[index] as number));
    expect(Math.min(...gaps)).to.be.above(0);
    expect(gaps[1], 'across the change: 100 ms').to.be.closeTo(100_000, 10);
    expect(gaps[3], 'across the change: 34 ms').to.be.closeTo(34_000, 10);
  });

  it('should rise even where the source repeats itself or goes back', () => {
    const clock = new FrameClock();
    const out = [100, 100, 50, 200].map((timestamp, index) => clock.next(timestamp, index));
    for (let index = 1; index < out.length; index += 1) expect(out[index]).to.be.above(out[index - 1] as number);
  });

  for (const [what, jump] of [['back', -3_600_000_000], ['forward', 3_600_000_000]] as const) {
    it(`should go on with the wall clock where the source's is set ${what} by an hour`, () => {
      const clock = new FrameClock();
      const before = frames(3, 5_000_000, 33_000).map((timestamp, index) => clock.next(timestamp, 1000 + index * 33));
      const after = frames(3, 5_099_000 + jump, 33_000).map((timestamp, index) => clock.next(timestamp, 1099 + index * 33));
      const out = [...before, ...after];
      const gaps = out.slice(1).map((value, index) => value - (out[index] as number));
      for (const gap of gaps) expect(gap).to.be.closeTo(33_000, 10);
    });
  }

  it('should give whole microseconds', () => {
    const clock = new FrameClock();
    for (const timestamp of [0.25, 33_333.7, 66_667.1]) expect(Number.isInteger(clock.next(timestamp, timestamp / 1000))).to.equal(true);
  });

  it('should go on with the wall clock while the source stands still, and with the source afterwards', () => {
    const clock = new FrameClock();
    const first = clock.next(1_000_000, 1000);
    const still = clock.nextStill(1500);
    expect(still - first).to.equal(500_000);
    const next = clock.next(1_600_000, 1600);
    expect(next - still).to.be.closeTo(100_000, 10);
    expect(clock.next(1_633_000, 1633) - next).to.equal(33_000);
  });

  it('should know a source that stands still', () => {
    const clock = new FrameClock();
    expect(clock.isStalled(0), 'before the first frame').to.equal(true);
    clock.next(0, 1000);
    expect(clock.isStalled(1100)).to.equal(false);
    expect(clock.isStalled(1400)).to.equal(true);
    clock.nextStill(1400);
    expect(clock.isStalled(1410), 'its last picture was sent again').to.equal(true);
    clock.next(500_000, 1500);
    expect(clock.isStalled(1510)).to.equal(false);
  });

  it('should count the frames that a gap swallowed when we came too late', () => {
    const clock = new FrameClock();
    for (const timestamp of frames(10, 0, 33_333)) expect(clock.countMissed(timestamp, true)).to.equal(0);
    // After 300 ms comes 400 ms: two are missing; after 467 ms comes 600 ms: three are.
    expect([400_000, 433_333, 466_667, 600_000].map((timestamp) => clock.countMissed(timestamp, false))).to.deep.equal([2, 0, 0, 3]);
  });

  it('should go on counting when every other frame is lost for long', () => {
    const clock = new FrameClock();
    const missed = frames(100, 0, 66_667).map((timestamp) => clock.countMissed(timestamp, false));
    expect(missed.slice(1).every((count) => count === 1)).to.equal(true);
  });

  it('should leave the pauses of a source that keeps no time alone, and count what we were late for', () => {
    const clock = new FrameClock();
    clock.reset(false);
    const pauses = [0, 33, 66, 166, 200, 300, 333].map((ms) => clock.countMissed(ms * 1000, true));
    expect(pauses.reduce((sum, value) => sum + value, 0)).to.equal(0);
    expect(clock.countMissed(433_000, false)).to.equal(2);
    clock.reset();
    expect([0, 33_333, 133_333].map((timestamp) => clock.countMissed(timestamp, true)), 'a camera').to.deep.equal([0, 0, 2]);
  });

  it("should not take a camera's jitter for a loss", () => {
    const clock = new FrameClock();
    const jitter = [0, 9, -8, 10, -9, 4, -10, 8, 0, -7, 10, -10];
    const missed = jitter.map((ms, index) => clock.countMissed((index * 33.3 + ms) * 1000, index % 3 > 0));
    expect(missed.reduce((sum, value) => sum + value, 0)).to.equal(0);
  });

  it('should count frames that never reached us, waiting or not', () => {
    const clock = new FrameClock();
    for (const timestamp of frames(10, 0, 33_333)) clock.countMissed(timestamp, true);
    // A starved camera: of three frames two come.
    const missed = [400, 433, 500, 533, 600, 633, 700, 800, 833].map((ms) => clock.countMissed(ms * 1000, true));
    expect(missed).to.deep.equal([2, 0, 1, 0, 1, 0, 1, 2, 0]);
  });

  it('should soon take a slower camera for what it is, and a faster one', () => {
    const clock = new FrameClock();
    const count = (timestamps: number[], waited = true): number => timestamps.reduce((sum, timestamp) => sum + clock.countMissed(timestamp, waited), 0);
    count(frames(30, 0, 33_333));
    count(frames(10, 1_033_333, 66_667));
    expect(count(frames(30, 1_700_000, 66_667)), 'after ten frames').to.equal(0);
    expect(clock.countMissed(3_700_000, false), 'at its own rate').to.equal(0);
    count(frames(5, 3_733_333, 33_333));
    expect(clock.countMissed(3_966_667, true), 'the fast rate again').to.equal(2);
  });

  it('should take a camera that is slow in an uneven way for what it is', () => {
    const clock = new FrameClock();
    let timestamp = 0;
    const missed = Array.from({ length: 60 }, (_value, index) => clock.countMissed((timestamp += 55_000 + (index % 4) * 8_000), true));
    expect(missed.slice(12).reduce((sum, value) => sum + value, 0)).to.equal(0);
  });

  it('should count nothing missed across a change of the source or a step back', () => {
    const clock = new FrameClock();
    for (const timestamp of frames(5, 0, 33_333)) clock.countMissed(timestamp, true);
    expect(clock.countMissed(10_000, false)).to.equal(0);
    clock.reset();
    expect(clock.countMissed(50_000_000, false)).to.equal(0);
  });
});
