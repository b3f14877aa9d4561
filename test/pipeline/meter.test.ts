import { expect } from 'chai';
import { MedianMeter, RateMeter } from '../../src/pipeline/meter';
import { PipelineMeters } from '../../src/pipeline/pipeline-meters';

describe('<virtual-background-camera> meters', () => {
  it('should tell the rate of steady events', () => {
    const meter = new RateMeter(2000);
    for (let timeMs = 0; timeMs <= 3000; timeMs += 40) meter.add(timeMs);
    expect(meter.rate(3000)).to.be.closeTo(25, 0.01);
    expect(meter.rate(3040)).to.be.closeTo(25, 0.01);
  });

  it('should tell no rate of fewer than two events', () => {
    const meter = new RateMeter();
    expect(meter.rate(0)).to.equal(0);
    meter.add(10);
    expect(meter.rate(10)).to.equal(0);
    meter.add(10);
    expect(meter.rate(10), 'two at one time').to.equal(0);
  });

  it('should fall when the events stop, to zero', () => {
    const meter = new RateMeter(2000);
    for (let timeMs = 0; timeMs < 2000; timeMs += 100) meter.add(timeMs);
    const rates = [2000, 2500, 3000, 3500].map((nowMs) => meter.rate(nowMs));
    expect(rates[0]).to.be.closeTo(10, 0.6);
    expect(rates, 'falling').to.deep.equal([...rates].sort((a, b) => b - a));
    expect(rates[3]).to.be.below(5);
    expect(meter.rate(6000)).to.equal(0);
  });

  it('should follow a change of the rate within its window', () => {
    const meter = new RateMeter(1000);
    for (let timeMs = 0; timeMs < 2000; timeMs += 100) meter.add(timeMs);
    for (let timeMs = 2000; timeMs <= 3200; timeMs += 20) meter.add(timeMs);
    expect(meter.rate(3200)).to.be.closeTo(50, 1);
  });

  it('should tell the median of the last few values', () => {
    const meter = new MedianMeter(3);
    expect(meter.median).to.equal(0);
    for (const value of [100, 1, 3, 2]) meter.add(value);
    expect(meter.median, 'of 1, 3, 2').to.equal(2);
    meter.add(500);
    expect(meter.median, 'of 3, 2, 500').to.equal(3);
    meter.clear();
    expect(meter.median).to.equal(0);
  });

  it('should count frames by how they were drawn', () => {
    const meters = new PipelineMeters();
    meters.countInput(0);
    meters.countDropped(3);
    meters.countInference(20);
    meters.countOutput({ drawn: 'curtain', compositeMs: 4, latencyMs: 500, maskAgeMs: 500, timeMs: 0 });
    meters.countOutput({ drawn: 'person', compositeMs: 6, latencyMs: 50, maskAgeMs: 0, timeMs: 40 });
    meters.countOutput({ drawn: 'raw', compositeMs: 8, latencyMs: 3, maskAgeMs: 90, timeMs: 80 });
    meters.countDrawn('person');
    const stats = meters.takeStats(100, { width: 320, height: 180 });
    expect(stats).to.include({ width: 320, height: 180, droppedFrames: 3, outputFrames: 4, rawFrames: 1, curtainFrames: 1 });
    expect(stats).to.include({ segmentationMs: 20, compositeMs: 6, latencyMs: 50, maskAgeMs: 0 });
    expect(stats?.outputFps).to.be.closeTo(25, 0.01);
  });

  it('should report twice a second', () => {
    const meters = new PipelineMeters();
    const size = { width: 16, height: 16 };
    const reported = [0, 100, 499, 500, 900, 1001].filter((nowMs) => meters.takeStats(nowMs, size) !== null);
    expect(reported).to.deep.equal([0, 500, 1001]);
  });
});
