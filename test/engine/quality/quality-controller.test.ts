import { expect } from 'chai';
import { OverloadMonitor, QualityController, type EffortLevel, type LoadSample, type QualityStep } from '../../../src/engine/quality/quality-controller';
import { AUTO_LADDER, chooseStartRung, ladderFor } from '../../../src/engine/quality/quality-ladder';
import { QUALITIES } from '../../../src/types';

const SAMPLE_MS = 500;
const BOTTOM = AUTO_LADDER.length - 1;

/** mulberry32: the same figures on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Milliseconds of one frame's drawing at full size. */
const DRAW_MS = { high: 24, medium: 14, low: 9 };
/** Upload and encoder, at full size. */
const PASS_ON_MS = 12;
/** Frames a second that are enough, but for the losses that are put up with. */
const ENOUGH_FPS = 24 * 0.95;

/**
 * A machine with this many CPU-milliseconds a second for everything. Each frame waits for its mask, which one network
 * makes after the other; what doesn't fit slows everything down alike: frames are lost, inference takes longer. Rates
 * are those of the last two seconds, as in the pipeline.
 */
class Machine {
  capacityMs = 2000;
  /** Taken by others. */
  backgroundMs = 0;
  cameraFps = 30;
  targetFps = 30;
  inferenceMs = 25;
  eventLoopDelayMs: number | null = 5;
  /** 0…1: chance that an accident takes frames in half a second. */
  accidents = 0;
  /** Relative spread of the machine's speed. */
  spread = 0;
  timeMs = 1000;
  readonly #random: () => number;
  #outputs: number[] = [];
  #fraction = 0;

  constructor(seed = 1) {
    this.#random = seeded(seed);
  }

  demandMs(level: EffortLevel): number {
    const drawing = (DRAW_MS[level.quality] + PASS_ON_MS) * level.outputScale ** 2;
    return (drawing + this.#inference(level)) * this.#fullFps(level);
  }

  /** Frames a second that go out. */
  fpsAt(level: EffortLevel): number {
    return this.#fullFps(level) * Math.min(1, (this.capacityMs - this.backgroundMs) / this.demandMs(level));
  }

  fits(level: EffortLevel): boolean {
    return this.fpsAt(level) >= Math.min(this.cameraFps, ENOUGH_FPS);
  }

  sample(level: EffortLevel): LoadSample {
    this.timeMs += SAMPLE_MS;
    const available = Math.max(50, this.capacityMs - this.backgroundMs) * (1 + this.spread * (this.#random() - 0.5));
    const speed = Math.min(1, available / this.demandMs(level));
    const frames = (this.cameraFps * SAMPLE_MS) / 1000;
    // Frames are whole; what is left over comes in the next half second.
    this.#fraction += frames - (this.#fullFps(level) * speed * SAMPLE_MS) / 1000;
    const accident = this.#random() < this.accidents ? 1 + Math.floor(this.#random() * 4) : 0;
    const droppedFrames = Math.min(Math.floor(frames), Math.floor(this.#fraction) + accident);
    this.#fraction %= 1;
    this.#outputs = [...this.#outputs, (frames - droppedFrames) * (1000 / SAMPLE_MS)].slice(-4);
    const outputFps = this.#outputs.reduce((sum, fps) => sum + fps, 0) / this.#outputs.length;
    return {
      timeMs: this.timeMs,
      inputFps: this.cameraFps,
      outputFps,
      targetFps: this.targetFps,
      segmentationMs: this.#inference(level) / speed,
      compositeMs: (DRAW_MS[level.quality] * level.outputScale ** 2) / 2 / speed,
      droppedFrames,
      eventLoopDelayMs: this.eventLoopDelayMs,
    };
  }

  #inference(level: EffortLevel): number {
    return this.inferenceMs * (0.3 + 0.7 * level.inputScale ** 2);
  }

  /** As fast as the network is, were there nothing else to do. */
  #fullFps(level: EffortLevel): number {
    return Math.min(this.cameraFps, 1000 / this.#inference(level));
  }
}

interface TimedStep extends QualityStep {
  timeMs: number;
}

function run(controller: QualityController, machine: Machine, seconds: number, change?: (sample: LoadSample) => LoadSample): TimedStep[] {
  const steps: TimedStep[] = [];
  for (let count = 0; count < (seconds * 1000) / SAMPLE_MS; count += 1) {
    const sample = machine.sample(controller.level);
    const step = controller.update(change ? change(sample) : sample);
    if (step) steps.push({ ...step, timeMs: sample.timeMs });
  }
  return steps;
}

const controllerAt = (start: number): QualityController => new QualityController({ ladder: AUTO_LADDER, start });
const LOSS_REASON = /^frames are dropped: \d+ of 24 a second go out$/;
const MASKS_REASON = /^a mask takes \d+ ms, and 24 frames a second wait for theirs$/;

describe('<virtual-background-camera> QualityController', () => {
  it('should stay where it is while everything fits', () => {
    const controller = controllerAt(0);
    expect(run(controller, new Machine(), 60)).to.deep.equal([]);
  });

  it('should climb to the top of a machine that can', () => {
    const controller = controllerAt(3);
    const steps = run(controller, new Machine(), 30);
    expect(controller.level).to.equal(AUTO_LADDER[0]);
    expect(steps.map(({ direction }) => direction)).to.deep.equal(['up', 'up', 'up']);
    for (const { reason } of steps) expect(reason).to.match(/time is left over/);
  });

  it('should let frames go that nobody misses before anything else', () => {
    const machine = new Machine();
    const controller = controllerAt(0);
    run(controller, machine, 10);
    machine.backgroundMs = 400;
    expect(machine.fpsAt(controller.level), 'the test itself').to.be.within(24, 27);
    expect(run(controller, machine, 60)).to.deep.equal([]);
  });

  for (const backgroundMs of [800, 1200, 1500]) {
    it(`should react within 2 s when others take ${backgroundMs} of 2000 ms, and settle where it fits`, () => {
      const machine = new Machine();
      const controller = controllerAt(0);
      run(controller, machine, 10);
      machine.backgroundMs = backgroundMs;
      const changedMs = machine.timeMs;
      const steps = run(controller, machine, 10);
      expect((steps[0]?.timeMs ?? Infinity) - changedMs, 'first step').to.be.at.most(2000);
      expect(machine.fits(controller.level), controller.level.name).to.equal(true);
      expect((steps.filter(({ direction }) => direction === 'down').at(-1)?.timeMs ?? Infinity) - changedMs, 'last step down').to.be.at.most(8000);
      for (const { reason, direction } of steps) if (direction === 'down') expect(LOSS_REASON.test(reason) || MASKS_REASON.test(reason), reason).to.equal(true);
      expect(steps[0]?.reason, 'the network is slow as well').to.match(MASKS_REASON);
    });
  }

  it('should take two rungs at once under heavy overload', () => {
    const machine = new Machine();
    machine.inferenceMs = 5;
    const controller = controllerAt(0);
    run(controller, machine, 5);
    machine.backgroundMs = 1700;
    const [first] = run(controller, machine, 3);
    expect(first?.reason).to.match(LOSS_REASON);
    expect(first?.from).to.equal(AUTO_LADDER[0]);
    expect(first?.to).to.equal(AUTO_LADDER[2]);
  });

  it('should stop at the bottom without further steps', () => {
    const machine = new Machine();
    machine.capacityMs = 100;
    const controller = controllerAt(0);
    run(controller, machine, 30);
    expect(controller.level).to.include({ quality: 'low', outputScale: AUTO_LADDER[BOTTOM]?.outputScale });
    expect(run(controller, machine, 30)).to.deep.equal([]);
  });

  it('should come back to the top when the load vanishes', () => {
    const machine = new Machine();
    const controller = controllerAt(0);
    machine.backgroundMs = 1500;
    run(controller, machine, 20);
    expect(controller.level.quality).to.equal('low');
    machine.backgroundMs = 0;
    const steps = run(controller, machine, 120);
    expect(controller.level).to.equal(AUTO_LADDER[0]);
    expect(steps.every(({ direction }) => direction === 'up')).to.equal(true);
  });

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`should not swing on a noisy machine (${seed})`, () => {
      const machine = new Machine(seed);
      Object.assign(machine, { spread: 0.2, accidents: 0.05, backgroundMs: 900 });
      const controller = controllerAt(2);
      const lost: number[] = [];
      const steps = run(controller, machine, 120, (sample) => {
        lost.push(sample.droppedFrames);
        return sample;
      });
      const told = steps.map(({ direction, to, timeMs }) => `${timeMs / 1000} s ${direction}: ${to.name}`).join('; ');
      expect(steps.length, told).to.be.at.most(8);
      for (const [index, step] of steps.slice(1).entries()) {
        if (step.direction === 'up') expect(step.timeMs - (steps[index] as TimedStep).timeMs, told).to.be.at.least(5000);
      }
      const meanFps = 30 - lost.reduce((sum, frames) => sum + frames, 0) / 120;
      expect(meanFps, 'frames a second').to.be.above(24);
    });
  }

  it('should wait longer each time a step up had to be taken back, up to a minute', () => {
    const machine = new Machine();
    Object.assign(machine, { inferenceMs: 5, backgroundMs: 1200 });
    const controller = new QualityController({ ladder: AUTO_LADDER.filter(({ name }) => name === 'high' || name === 'low'), start: 1 });
    const ups = run(controller, machine, 400).filter(({ direction, to }) => direction === 'up' && !machine.fits(to));
    const waits = ups.slice(1).map(({ timeMs }, index) => (timeMs - (ups[index] as TimedStep).timeMs) / 1000);
    expect(waits.length).to.be.at.least(5);
    expect(waits[0]).to.be.within(10, 14);
    expect(waits[1]).to.be.within(20, 24);
    expect(waits[2]).to.be.within(40, 44);
    for (const wait of waits.slice(3)) expect(wait).to.be.within(60, 64);
  });

  it('should be slow to change the size of the output again', () => {
    const machine = new Machine();
    const controller = controllerAt(BOTTOM);
    const steps = run(controller, machine, 90);
    expect(controller.level).to.equal(AUTO_LADDER[0]);
    for (const [index, { from, to, timeMs }] of steps.entries()) {
      const calmMs = timeMs - (steps[index - 1]?.timeMs ?? 1000);
      const wantedMs = from.outputScale === to.outputScale ? 5000 : 20_000;
      expect(calmMs, `${from.name} → ${to.name}`).to.be.within(wantedMs, wantedMs + 3500);
    }
  });

  it('should not be fooled by a single accident', () => {
    const controller = controllerAt(0);
    const machine = new Machine();
    let count = 0;
    const steps = run(controller, machine, 30, (sample) => {
      count += 1;
      return count === 20 ? { ...sample, droppedFrames: 12, outputFps: 24, inputFps: 24, eventLoopDelayMs: 400 } : sample;
    });
    expect(steps).to.deep.equal([]);
  });

  it('should notice small but steady losses', () => {
    const controller = controllerAt(2);
    expect(run(controller, new Machine(), 20, (sample) => ({ ...sample, droppedFrames: 3, outputFps: 24 })), '24 frames a second').to.deep.equal([]);
    const steps = run(controller, new Machine(), 5, (sample) => ({ ...sample, timeMs: sample.timeMs + 20_000, droppedFrames: 4, outputFps: 22 }));
    expect(steps[0]?.direction).to.equal('down');
  });

  it('should not take a slow camera for overload', () => {
    const machine = new Machine();
    const controller = controllerAt(0);
    run(controller, machine, 10);
    machine.cameraFps = 15;
    expect(run(controller, machine, 60)).to.deep.equal([]);
    machine.cameraFps = 5;
    expect(run(controller, machine, 60)).to.deep.equal([]);
  });

  it('should not take a camera that gives more than is wanted for overload', () => {
    const controller = controllerAt(0);
    const steps = run(controller, new Machine(), 30, (sample) => ({ ...sample, inputFps: 60, outputFps: 30, droppedFrames: 15 }));
    expect(steps).to.deep.equal([]);
  });

  it('should not take a pause for overload', () => {
    const machine = new Machine();
    const controller = controllerAt(0);
    run(controller, machine, 5);
    const silent = { inputFps: 0, outputFps: 0, droppedFrames: 0 };
    expect(run(controller, machine, 10, (sample) => ({ ...sample, ...silent }))).to.deep.equal([]);
    // The whole pause comes as one heap of missed frames; an ordinary accident right after it is still just one.
    const withHeap = (heap: number[]) => (sample: LoadSample): LoadSample => ({ ...sample, droppedFrames: heap.shift() ?? 0, outputFps: heap.length ? 25 : 30 });
    expect(run(controller, machine, 10, withHeap([300, 5, 0, 0])), 'after the pause').to.deep.equal([]);
    machine.timeMs += 600_000;
    expect(run(controller, machine, 10, withHeap([18_000, 5, 0, 0])), 'after a sleep').to.deep.equal([]);
  });

  it('should not blame a level for what the step to it cost', () => {
    const controller = controllerAt(1);
    const drops = [0, 5, 5, 5, 5];
    const steps = run(controller, new Machine(), 4.5, (sample) => {
      const droppedFrames = drops.shift() ?? 0;
      return { ...sample, droppedFrames, outputFps: droppedFrames ? 25 : 30 };
    });
    expect(steps.map(({ to }) => to)).to.deep.equal([AUTO_LADDER[2]]);
  });

  it('should see that drawing alone fills the time', () => {
    const controller = controllerAt(2);
    const [step] = run(controller, new Machine(), 3, (sample) => ({ ...sample, compositeMs: 36 }));
    expect(step?.direction).to.equal('down');
    expect(step?.reason).to.equal('drawing takes 36 of the 42 ms between two frames');
  });

  it('should see frames that are missing although nobody counted them', () => {
    const controller = controllerAt(2);
    const [step] = run(controller, new Machine(), 3, (sample) => ({ ...sample, inputFps: 30, outputFps: 18 }));
    expect(step?.reason).to.equal('only 18 of 24 frames a second go out');
  });

  it('should shrink the network input, and nothing else, when it is the network that keeps frames waiting', () => {
    const machine = new Machine();
    Object.assign(machine, { capacityMs: 16_000, inferenceMs: 60 });
    const controller = controllerAt(0);
    const [step] = run(controller, machine, 2);
    expect(step?.direction).to.equal('down');
    expect(step?.reason).to.equal('a mask takes 60 ms, and 24 frames a second wait for theirs');
    expect(step?.to).to.deep.equal({ ...AUTO_LADDER[0], name: 'high, network input at 80 %', inputScale: 0.8 });
    run(controller, machine, 10);
    expect(controller.level).to.deep.equal({ ...AUTO_LADDER[0], name: 'high, network input at 65 %', inputScale: 0.65 });
    expect(run(controller, machine, 120), 'steps afterwards').to.deep.equal([]);
    machine.inferenceMs = 10;
    run(controller, machine, 60);
    expect(controller.level).to.equal(AUTO_LADDER[0]);
  });

  it('should leave the input of a network alone that knows one size only', () => {
    const machine = new Machine();
    Object.assign(machine, { capacityMs: 16_000, inferenceMs: 200 });
    const ladder = ladderFor(false);
    const controller = new QualityController({ ladder, start: 0, scalableInput: false });
    const steps = run(controller, machine, 20);
    expect(steps[0]?.reason).to.match(MASKS_REASON);
    for (const { to } of steps) expect(ladder).to.include(to);
  });

  it('should give up masks for a slow page, but nothing that people see', () => {
    const machine = new Machine();
    machine.eventLoopDelayMs = 160;
    const controller = controllerAt(1);
    const steps = run(controller, machine, 30);
    expect(controller.level).to.equal(AUTO_LADDER[2]);
    for (const { reason, direction } of steps) expect([direction, reason]).to.deep.equal(['down', 'the page answers 160 ms late']);
  });

  it('should do without the event loop of the page', () => {
    const machine = new Machine();
    machine.eventLoopDelayMs = null;
    const controller = controllerAt(2);
    run(controller, machine, 20);
    expect(controller.level).to.equal(AUTO_LADDER[0]);
  });

  it('should forget the past but not the level', () => {
    const machine = new Machine();
    const controller = controllerAt(2);
    const bad = (sample: LoadSample): LoadSample => ({ ...sample, droppedFrames: 5, outputFps: 25 });
    run(controller, machine, 1, bad);
    controller.reset();
    expect(run(controller, machine, 1, bad), 'one bad sample that counts').to.deep.equal([]);
    expect(controller.level).to.equal(AUTO_LADDER[2]);
    expect(run(controller, machine, 0.5, bad)).to.have.length(1);
  });
});

describe('<virtual-background-camera> AUTO_LADDER', () => {
  it('should get cheaper with every rung, in the order in which people miss it least', () => {
    for (const [index, level] of AUTO_LADDER.slice(1).entries()) {
      const better = AUTO_LADDER[index] as EffortLevel;
      expect(level.inputScale, level.name).to.be.at.most(better.inputScale);
      expect(level.inputScale < better.inputScale || level.quality !== better.quality, `${level.name} is cheaper than ${better.name}`).to.equal(true);
      expect(QUALITIES.indexOf(level.quality), level.name).to.be.at.most(QUALITIES.indexOf(better.quality));
      expect(level.outputScale, level.name).to.be.at.most(better.outputScale);
      if (level.outputScale < 1) expect(level.quality, 'size is given up last').to.equal('low');
    }
    expect(new Set(AUTO_LADDER.map(({ name }) => name)).size).to.equal(AUTO_LADDER.length);
  });

  it('should leave out the rungs that change nothing for a network of fixed sizes', () => {
    expect(ladderFor(true)).to.equal(AUTO_LADDER);
    const fixed = ladderFor(false);
    expect(fixed[0]).to.equal(AUTO_LADDER[0]);
    expect(fixed.at(-1)).to.equal(AUTO_LADDER.at(-1));
    for (const [index, level] of fixed.slice(1).entries()) {
      const better = fixed[index] as EffortLevel;
      expect(AUTO_LADDER.indexOf(level), level.name).to.be.above(AUTO_LADDER.indexOf(better));
      expect([level.quality, level.outputScale], level.name).not.to.deep.equal([better.quality, better.outputScale]);
    }
    const drawings = AUTO_LADDER.map(({ quality, outputScale }) => `${quality} ${outputScale}`);
    expect(fixed.map(({ quality, outputScale }) => `${quality} ${outputScale}`)).to.deep.equal([...new Set(drawings)]);
  });

  it('should start lower the slower the network is, and where the processor draws', () => {
    const start = (scalableInput: boolean, softwareGl: boolean): string[] => {
      const ladder = ladderFor(scalableInput);
      return [5, 20, 60, 100, 300].map((mediumMs) => ladder[chooseStartRung(ladder, { mediumMs, softwareGl })]?.name ?? '');
    };
    expect(start(true, false)).to.deep.equal(['high', 'medium', 'medium, smaller network input', 'low', 'low']);
    expect(start(true, true)).to.deep.equal(['medium', 'medium', 'medium, smaller network input', 'low', 'low']);
    expect(start(false, false)).to.deep.equal(['high', 'medium', 'low', 'low', 'low']);
    const saving = AUTO_LADDER.filter(({ quality }) => quality === 'low');
    expect(chooseStartRung(saving, { mediumMs: 5, softwareGl: false }), 'of a part of the ladder').to.equal(0);
  });
});

describe('<virtual-background-camera> OverloadMonitor', () => {
  function watch(monitor: OverloadMonitor, machine: Machine, seconds: number): string[] {
    const told: string[] = [];
    for (let count = 0; count < (seconds * 1000) / SAMPLE_MS; count += 1) {
      const reason = monitor.update(machine.sample(AUTO_LADDER[0] as EffortLevel));
      if (reason) told.push(reason);
    }
    return told;
  }

  it('should tell of overload within 2 s, once, and again after it was calm', () => {
    const monitor = new OverloadMonitor();
    const machine = new Machine();
    machine.inferenceMs = 5;
    expect(watch(monitor, machine, 20)).to.deep.equal([]);
    machine.backgroundMs = 1300;
    const told = watch(monitor, machine, 2);
    expect(told).to.have.length(1);
    expect(told[0]).to.match(LOSS_REASON);
    expect(watch(monitor, machine, 60), 'the same episode').to.deep.equal([]);
    machine.backgroundMs = 0;
    expect(watch(monitor, machine, 15), 'calm').to.deep.equal([]);
    machine.backgroundMs = 1300;
    expect(watch(monitor, machine, 2), 'the next episode').to.have.length(1);
  });

  it('should tell of frames that wait for their masks', () => {
    const machine = new Machine();
    Object.assign(machine, { capacityMs: 16_000, inferenceMs: 250 });
    const [reason] = watch(new OverloadMonitor(), machine, 3);
    expect(reason).to.equal('a mask takes 250 ms, and 24 frames a second wait for theirs');
  });

  it('should not tell of a slow camera or a pause', () => {
    const monitor = new OverloadMonitor();
    const machine = new Machine();
    machine.cameraFps = 12;
    expect(watch(monitor, machine, 20)).to.deep.equal([]);
    machine.cameraFps = 0;
    const silent = { ...machine.sample(AUTO_LADDER[0] as EffortLevel), inputFps: 0, outputFps: 0 };
    for (let count = 1; count < 40; count += 1) expect(monitor.update({ ...silent, timeMs: silent.timeMs + count * SAMPLE_MS })).to.equal(null);
  });
});
