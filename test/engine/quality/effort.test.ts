import { expect } from 'chai';
import { Effort } from '../../../src/engine/quality/effort';
import type { PipelineStats } from '../../../src/pipeline/messages';
import type { LoadedModel } from '../../../src/engine/model/model-loader';
import { AUTO_LADDER, chooseStartRung } from '../../../src/engine/quality/quality-ladder';
import type { QualityStep } from '../../../src/engine/quality/quality-controller';

const MODEL: LoadedModel = {
  quality: 'medium',
  place: 'worker',
  mediumMs: 30,
  spec: { model: 'body-pix', backend: 'wasm', variant: 'test', input: { kind: 'strided', longSide: 369, stride: 16 }, inferenceMs: 30 },
};
const CALM: PipelineStats = {
  width: 640, height: 360, inputFps: 30, outputFps: 30, segmentationMs: 30, compositeMs: 2, latencyMs: 45, maskAgeMs: 0,
  droppedFrames: 0, outputFrames: 0, rawFrames: 0, curtainFrames: 0,
};

describe('<virtual-background-camera> Effort', () => {
  let steps: QualityStep[];
  let overloads: string[];
  let effort: Effort;
  let now: number;
  let dropped: number;
  const realNow = performance.now;

  beforeEach(() => {
    steps = [];
    overloads = [];
    now = 1000;
    dropped = 0;
    performance.now = () => now;
    effort = new Effort({ onStep: (step) => steps.push(step), onOverload: (reason) => overloads.push(reason) });
  });

  afterEach(() => {
    performance.now = realNow;
  });

  /** One report of the pipeline, half a second after the last. */
  function report(droppedNow: number): boolean {
    now += 500;
    dropped += droppedNow;
    const outputFps = 30 - droppedNow * 2;
    return effort.update({ ...CALM, outputFps, inputFps: outputFps, droppedFrames: dropped }, 30, 1);
  }

  it('should keep a fixed quality under load, and tell of it once', () => {
    effort.configure({ quality: 'high', model: MODEL, softwareGl: true });
    for (let index = 0; index < 8; index++) expect(report(6)).to.equal(false);
    expect(effort.settings).to.deep.equal({ quality: 'high' });
    expect(overloads).to.have.length(1);
    expect(overloads[0]).to.match(/frames/);
    expect(steps).to.deep.equal([]);
  });

  it('should step down within two seconds of frames being lost, with a reason', () => {
    effort.configure({ quality: 'auto', model: MODEL, softwareGl: true });
    for (let index = 0; index < 4; index++) report(0);
    const before = effort.settings;
    let reports = 0;
    while (!report(6)) {
      reports += 1;
      expect(reports, 'half seconds').to.be.below(4);
    }
    expect(steps).to.have.length(1);
    expect(steps[0]).to.include({ direction: 'down' });
    expect(steps[0]?.reason).to.match(/frames/);
    expect(effort.settings).to.not.deep.equal(before);
    expect(effort.levelName).to.equal(steps[0]?.to.name);
  });

  it('should not start over when the same network is loaded again', () => {
    effort.configure({ quality: 'auto', model: MODEL, softwareGl: true });
    for (let index = 0; index < 6; index++) report(6);
    const level = effort.levelName;
    expect(steps.length).to.be.above(0);
    effort.configure({ quality: 'auto', model: { ...MODEL }, softwareGl: true });
    expect(effort.levelName).to.equal(level);
  });

  it('should stay on the low rungs while data or power are to be saved, even where frames flow', () => {
    effort.configure({ quality: 'auto', model: MODEL, softwareGl: false, saving: true });
    expect(effort.settings).to.include({ quality: 'low', outputScale: 1 });
    for (let index = 0; index < 100; index++) report(0);
    expect(effort.settings.quality).to.equal('low');
    effort.configure({ quality: 'auto', model: MODEL, softwareGl: false, saving: false });
    expect(effort.settings.quality, 'nothing is to be saved any more').not.to.equal('low');
  });

  it('should have no rung of a smaller input for a network that takes none', () => {
    const fixed: LoadedModel = { ...MODEL, quality: 'medium', spec: { ...MODEL.spec, model: 'selfie', input: { kind: 'fixed', sizes: [{ width: 256, height: 144 }] }, inferenceMs: 60 }, mediumMs: 60 };
    effort.configure({ quality: 'auto', model: fixed, softwareGl: false });
    expect(effort.levelName).to.equal('low');
    for (let index = 0; index < 12; index++) report(6);
    expect(steps.map(({ to }) => to.name)).to.deep.equal(['low, output at 3/4', 'low, output at 1/2']);
  });

  it('should start by the time of `medium`, whichever network was loaded in the end', () => {
    const slow: LoadedModel = { ...MODEL, quality: 'high', mediumMs: 10, spec: { ...MODEL.spec, inferenceMs: 100 } };
    effort.configure({ quality: 'auto', model: slow, softwareGl: false });
    expect(effort.levelName).to.equal(AUTO_LADDER[chooseStartRung(AUTO_LADDER, { mediumMs: 10, softwareGl: false })]?.name);
  });

  it('should take no step for nothing', () => {
    effort.configure({ quality: 'auto', model: MODEL, softwareGl: true });
    for (let index = 0; index < 6; index++) expect(report(0)).to.equal(false);
  });
});
