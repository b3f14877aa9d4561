import { expect } from 'chai';
import * as tf from '@tensorflow/tfjs-core';
import { GraphModel } from '@tensorflow/tfjs-converter';
import { resolveAssetUrls } from '../../src/assets';
import type { ControlResponse, DataResponse, LoadRequest } from '../../src/segmentation/messages';
import { SegmentationService } from '../../src/segmentation/service';
import { startBackend } from '../../src/segmentation/tf-runtime';
import { FaultyFiles } from '../helpers/faulty';
import { replace, restoreAll } from '../helpers/spies';
import { defer, waitFor } from '../helpers/wait';
import { environment } from '../helpers/servers';

const SELFIE: LoadRequest = { model: 'selfie', quality: 'medium', backend: 'wasm', modelUrl: null, assets: resolveAssetUrls() };
const MISSING: LoadRequest = { ...SELFIE, model: 'body-pix', modelUrl: new URL('/missing-model/', location.href).href };

type Of<Type extends ControlResponse['type']> = Extract<ControlResponse, { type: Type }>;
type DataOf<Type extends DataResponse['type']> = Extract<DataResponse, { type: Type }>;

/** The service, and what came out of it. */
class Bench {
  readonly control: ControlResponse[] = [];
  readonly data: DataResponse[] = [];
  readonly service = new SegmentationService((response) => this.control.push(response));
  readonly port: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = (event: MessageEvent<DataResponse>) => this.data.push(event.data);
    this.service.handle({ type: 'connect', port: port2 });
  }

  of<Type extends ControlResponse['type']>(type: Type): Of<Type>[] {
    return this.control.filter((response): response is Of<Type> => response.type === type);
  }

  dataOf<Type extends DataResponse['type']>(type: Type): DataOf<Type>[] {
    return this.data.filter((response): response is DataOf<Type> => response.type === type);
  }

  async load(id: number, request: LoadRequest): Promise<void> {
    this.service.handle({ type: 'load', id, request });
    await waitFor('the end of the load', () => this.control.some((response) => (response.type === 'loaded' || response.type === 'load-failed') && response.id === id));
  }

  async segment(id: number, width: number, height: number, value = 128): Promise<DataOf<'mask'> | DataOf<'segment-failed'>> {
    const buffer = new Uint8Array(width * height * 4).fill(value).buffer;
    this.port.postMessage({ type: 'segment', id, buffer, width, height }, [buffer]);
    return waitFor('an answer', () => [...this.dataOf('mask'), ...this.dataOf('segment-failed')].find((answer) => answer.id === id));
  }
}

describe('<virtual-background-camera> segmentation service', () => {
  let bench: Bench;

  beforeEach(() => {
    bench = new Bench();
  });

  afterEach(() => {
    restoreAll();
    bench.service.handle({ type: 'dispose' });
    bench.port.close();
  });

  it('should load, warm up and tell both ends what it loaded', async () => {
    await bench.load(1, SELFIE);
    const [loaded] = bench.of('loaded');
    expect(loaded?.spec).to.include({ model: 'selfie', backend: 'wasm' });
    expect(loaded?.spec.inferenceMs).to.be.within(0.01, 60_000);
    await waitFor('the spec at the pipeline', () => bench.dataOf('spec').length);
    expect(bench.dataOf('spec')[0]?.spec).to.deep.equal(loaded?.spec);
    const steps = bench.of('progress').map(({ progress }) => progress);
    expect(steps.pop(), 'the last').to.deep.equal({ phase: 'compile' });
    const counts = steps.map(({ loaded }) => loaded ?? 0);
    expect(counts).to.deep.equal([...counts].sort((a, b) => a - b));
    const totals = new Set(steps.map(({ total }) => total));
    expect(totals.size, 'the sum is known from the start').to.equal(1);
    expect(totals).to.include(counts[counts.length - 1]);
  });

  it('should answer a picture with a mask of its shape, and give the buffer back', async () => {
    await bench.load(1, SELFIE);
    for (const [id, width, height] of [[7, 256, 144], [8, 256, 256]] as const) {
      const answer = await bench.segment(id, width, height);
      if (answer.type !== 'mask') throw new Error(answer.error.message);
      expect(answer.mask).to.include({ width, height, kind: 'logit' });
      expect(answer.mask.data).to.have.lengthOf(width * height);
      expect(answer.mask.data.every(Number.isFinite)).to.equal(true);
      expect(answer.buffer.byteLength).to.equal(width * height * 4);
      expect(answer.inferenceMs).to.be.above(0);
    }
  });

  it("should give no mask that doesn't fit its own size, for a picture meant for another network", async () => {
    await bench.load(1, SELFIE);
    const answer = await bench.segment(3, 369, 209);
    if (answer.type === 'mask') expect(answer.mask.data).to.have.lengthOf(answer.mask.width * answer.mask.height);
    else expect(answer.error.code).to.equal('segmentation-failed');
    expect((await bench.segment(4, 256, 144)).type, 'the next one').to.equal('mask');
  });

  it('should say that no model is loaded', async () => {
    const answer = await bench.segment(1, 64, 36);
    expect(answer).to.deep.include({ type: 'segment-failed', error: { code: 'segmentation-failed', message: 'No model is loaded' } });
    expect(answer.buffer.byteLength).to.equal(64 * 36 * 4);
  });

  it('should name the address of a model that is not there, and keep the one in use', async () => {
    await bench.load(1, SELFIE);
    await bench.load(2, MISSING);
    const [failure] = bench.of('load-failed');
    expect(failure?.error.code).to.equal('model-load-failed');
    expect(failure?.error.message).to.match(/^model 'body-pix' could not be loaded from .*\/missing-model\/mobilenet\/quant2\/050\/model-stride16\.json: /);
    expect((await bench.segment(1, 256, 144)).type).to.equal('mask');
  });

  it('should name the address of the bundled model where it is not served', async () => {
    await bench.load(1, { ...SELFIE, assets: { ...SELFIE.assets, selfieLandscape: { json: new URL('/nowhere/selfie.json', location.href).href, weights: '' } } });
    const [failure] = bench.of('load-failed');
    expect(failure?.error).to.include({ code: 'model-load-failed' });
    expect(failure?.error.message).to.match(/'selfie' could not be loaded from .*\/nowhere\/selfie\.json: .*set asset-base \(docs\/bundlers\.md.*\)$/);
  });

  it('should warn of each variant that is not there before it takes the next', async () => {
    await bench.load(1, { ...MISSING, quality: 'high' });
    expect(bench.of('warning').map(({ warning }) => warning.code)).to.deep.equal(['model-variant-unavailable']);
    expect(bench.of('warning')[0]?.warning.message).to.match(/075\/model-stride8\.json.*trying the variant with multiplier 0\.50 instead$/);
    expect(bench.of('load-failed')[0]?.error.message).to.match(/050\/model-stride8\.json/);
  });

  /** Begins a load and waits until it asks for a file, which it does not get. @returns what tells the browser to hang up */
  async function beginHeldLoad(id: number): Promise<{ signal: AbortSignal; answer(): void }> {
    const [asked, answered] = [defer<AbortSignal>(), defer()];
    const original = fetch;
    replace(globalThis, 'fetch', async (...args: Parameters<typeof fetch>) => {
      asked.resolve(args[1]?.signal as AbortSignal);
      await answered.promise;
      return original(...args);
    });
    bench.service.handle({ type: 'load', id, request: SELFIE });
    const signal = await asked.promise;
    restoreAll();
    return { signal, answer: answered.resolve };
  }

  it('should end a load and what it fetches when a newer one comes, and free the network before', async () => {
    await bench.load(1, SELFIE);
    const before = tf.memory().numTensors;
    const { signal, answer } = await beginHeldLoad(2);
    expect(signal.aborted).to.equal(false);
    let disposed = 0;
    const dispose = GraphModel.prototype.dispose;
    replace(GraphModel.prototype, 'dispose', function countedDispose(this: GraphModel) {
      disposed += 1;
      dispose.call(this);
    });
    const loaded = bench.load(3, SELFIE);
    expect(signal.aborted).to.equal(true);
    answer();
    await loaded;
    await waitFor('the end of network 1', () => disposed === 1);
    expect(tf.memory().numTensors).to.equal(before);
    expect(bench.of('loaded').map(({ id }) => id)).to.deep.equal([1, 3]);
    expect(bench.of('load-failed')).to.deep.equal([]);
  });

  it('should end a load that is cancelled without an answer, and keep the network in use', async () => {
    await bench.load(1, SELFIE);
    const { signal, answer } = await beginHeldLoad(2);
    bench.service.handle({ type: 'cancel', id: 1 });
    expect(signal.aborted, 'another load').to.equal(false);
    bench.service.handle({ type: 'cancel', id: 2 });
    expect(signal.aborted).to.equal(true);
    answer();
    expect((await bench.segment(1, 256, 144)).type).to.equal('mask');
    expect((await bench.segment(2, 256, 256)).type, 'fetched later').to.equal('mask');
    expect(bench.of('loaded').map(({ id }) => id)).to.deep.equal([1]);
    expect(bench.of('load-failed')).to.deep.equal([]);
  });

  it('should refuse a network of the package in which one bit is another', async () => {
    const files = new FaultyFiles();
    await bench.load(1, { ...SELFIE, assets: resolveAssetUrls(files.folder('changed:.bin', 'assets/')) });
    const [failure] = bench.of('load-failed');
    expect(failure?.error.code).to.equal('model-load-failed');
    expect(failure?.error.message).to.match(/selfie-landscape\.bin is not the file that was expected: its digest is sha256-/);
  });

  (environment.shared ? it : it.skip)(`should refuse BodyPix's weights when they are too short, or not those of model-integrity (${environment.sharedReason})`, async () => {
    const files = new FaultyFiles();
    await bench.load(1, { ...MISSING, modelUrl: files.folder('short:.bin', 'shared/models/bodypix/') });
    expect(bench.of('load-failed')[0]?.error.message).to.match(/group1-shard1of1\.bin has 1209925 bytes instead of 1209926/);
    const changed = { ...MISSING, modelUrl: files.folder('changed:.bin', 'shared/models/bodypix/') };
    await bench.load(2, { ...changed, modelIntegrity: 'sha256-VcjUzUoM6FYo7XPjLsChBF4XEt2GBmKCPSZWjQlG7Q8=' });
    expect(bench.of('load-failed')[1]?.error.message).to.match(/group1-shard1of1\.bin is not the file that was expected/);
    await bench.load(3, { ...changed, modelUrl: files.folder('none', 'shared/models/bodypix/'), modelIntegrity: 'sha256-VcjUzUoM6FYo7XPjLsChBF4XEt2GBmKCPSZWjQlG7Q8=' });
    expect(bench.of('loaded').map(({ id }) => id)).to.deep.equal([3]);
  });

  it('should free every tensor when it is disposed, and when it is unloaded', async () => {
    await startBackend('wasm', SELFIE.assets);
    const before = tf.memory().numTensors;
    await bench.load(1, SELFIE);
    await bench.segment(1, 256, 144);
    await bench.segment(2, 256, 256);
    expect(tf.memory().numTensors).to.be.above(before + 50);
    bench.service.handle({ type: 'unload' });
    await waitFor('as many tensors as before', () => tf.memory().numTensors === before);
    await waitFor('word at the pipeline', () => bench.dataOf('spec').some(({ spec }) => spec === null));
    expect((await bench.segment(3, 256, 144)).type).to.equal('segment-failed');
    await bench.load(2, SELFIE);
    bench.service.handle({ type: 'dispose' });
    await waitFor('as many tensors as before', () => tf.memory().numTensors === before);
  });

  it('should not gather tensors over many pictures', async () => {
    await bench.load(1, SELFIE);
    await bench.segment(1, 256, 144);
    const before = tf.memory().numTensors;
    for (let id = 2; id < 12; id += 1) await bench.segment(id, 256, 144);
    expect(tf.memory().numTensors).to.equal(before);
  });

  (environment.shared ? it : it.skip)(`should load BodyPix and measure its stride from the file (${environment.sharedReason})`, async () => {
    for (const [id, quality, stride] of [[1, 'medium', 16], [2, 'high', 8]] as const) {
      await bench.load(id, { ...MISSING, quality, modelUrl: new URL('/shared/models/bodypix/', location.href).href });
      const spec = bench.of('loaded').find((response) => response.id === id)?.spec;
      expect(spec?.input).to.include({ kind: 'strided', stride });
      const answer = await bench.segment(10 + id, 161, 97);
      if (answer.type !== 'mask') throw new Error(answer.error.message);
      expect(answer.mask).to.include({ width: 160 / stride + 1, height: 96 / stride + 1, kind: 'logit' });
    }
  });
});
