import { expect } from 'chai';
import { resolveAssetUrls } from '../../src/assets';
import { VirtualBackgroundError } from '../../src/errors';
import type { ControlResponse, LoadRequest } from '../../src/segmentation/messages';
import type { SegmenterSpec } from '../../src/segmentation/network-input';
import { FULL_FRAME_GEOMETRY } from '../../src/segmentation/network-input';
import type { NetworkRuntime } from '../../src/segmentation/network-runtime';
import { NetworkService } from '../../src/segmentation/network-service';
import { startBackend } from '../../src/segmentation/tf-runtime';
import type { Backend, Mask, Size } from '../../src/types';
import { expectRejection } from '../helpers/errors';
import { defer, nextTask, waitFor } from '../helpers/wait';

const SELFIE: LoadRequest = { model: 'selfie', quality: 'medium', backend: 'wasm', modelUrl: null, assets: resolveAssetUrls() };
const MISSING: LoadRequest = { ...SELFIE, model: 'body-pix', modelUrl: new URL('/missing-model/', location.href).href };

interface NumberPicture extends Size {
  value: number;
}

const pictureOf = (value: number): NumberPicture => ({ width: 256, height: 144, value });

/** A runtime whose GPU context is the test: pictures are numbers. */
class FakeRuntime implements NetworkRuntime<NumberPicture> {
  isLost = false;
  starts = 0;
  disposals = 0;
  /** What the next starts wait for. */
  gate: Promise<void> = Promise.resolve();

  async start(): Promise<Backend> {
    this.starts += 1;
    await this.gate;
    await startBackend('wasm', SELFIE.assets);
    return 'wasm';
  }

  createBlank(): { picture: NumberPicture; dispose(): void } {
    return { picture: pictureOf(0), dispose: () => undefined };
  }

  segment(_segmenter: unknown, { value }: NumberPicture): Promise<Mask> {
    const size: Size = { width: 2, height: 2 };
    return Promise.resolve({ ...size, data: new Float32Array(4).fill(value), kind: 'logit', geometry: FULL_FRAME_GEOMETRY });
  }

  dispose(): void {
    this.disposals += 1;
  }
}

describe('<virtual-background-camera> NetworkService in a GPU context that comes and goes', () => {
  let runtime: FakeRuntime;
  let service: NetworkService<NumberPicture>;
  let control: ControlResponse[];
  let specs: (SegmenterSpec | null)[];

  beforeEach(() => {
    runtime = new FakeRuntime();
    [control, specs] = [[], []];
    service = new NetworkService((response) => control.push(response), runtime);
    service.onSpecChange = (spec) => specs.push(spec);
  });

  afterEach(() => service.dispose());

  /** What was answered, without progress: `loaded 1`. */
  const answers = (): string[] => control.flatMap((response) => (response.type === 'loaded' || response.type === 'load-failed' ? [`${response.type} ${response.id}`] : response.type === 'broken' ? ['broken'] : []));

  async function load(id: number, request = SELFIE): Promise<void> {
    service.handle({ type: 'load', id, request });
    await waitFor(`the end of load ${id}`, () => answers().some((answer) => answer.endsWith(` ${id}`)));
  }

  it('should make again what was loaded, and say meanwhile that there is no network', async () => {
    await load(1);
    expect(service.spec).to.include({ model: 'selfie' });
    const gate = defer();
    runtime.gate = gate.promise;
    service.renew();
    expect(service.spec).to.equal(null);
    expect(specs.map((spec) => spec?.model ?? null)).to.deep.equal(['selfie', null]);
    await expectRejection(service.segment(pictureOf(7)), 'segmentation-failed', /No model is loaded/);
    expect(runtime.disposals, 'what ran in the old context').to.equal(1);
    gate.resolve();
    await waitFor('the network', () => service.spec);
    expect(specs.map((spec) => spec?.model ?? null)).to.deep.equal(['selfie', null, 'selfie']);
    expect([...(await service.segment(pictureOf(7))).mask.data]).to.deep.equal([7, 7, 7, 7]);
    expect(answers(), 'nobody asked for it').to.deep.equal(['loaded 1']);
    expect(runtime.starts).to.equal(2);
  });

  it('should begin a load again that was under way, and answer it once', async () => {
    const gate = defer();
    runtime.gate = gate.promise;
    service.handle({ type: 'load', id: 1, request: SELFIE });
    await waitFor('the start', () => runtime.starts === 1);
    service.renew();
    await waitFor('the second start', () => runtime.starts === 2);
    gate.resolve();
    await waitFor('the network', () => service.spec);
    await nextTask(50);
    expect(answers()).to.deep.equal(['loaded 1']);
    expect(specs.filter((spec) => spec !== null)).to.have.length(1);
  });

  it('should not take what fails while the context is lost for a failure of the network', async () => {
    const gate = defer();
    runtime.gate = gate.promise;
    service.handle({ type: 'load', id: 1, request: SELFIE });
    await waitFor('the start', () => runtime.starts === 1);
    runtime.isLost = true;
    gate.reject(new Error('CONTEXT_LOST_WEBGL'));
    await nextTask(50);
    expect(answers()).to.deep.equal([]);
    runtime.isLost = false;
    runtime.gate = Promise.resolve();
    service.renew();
    await waitFor('the network', () => service.spec);
    expect(answers()).to.deep.equal(['loaded 1']);
  });

  it('should bring back the network that was in use when another could not be loaded after the loss', async () => {
    await load(1);
    const gate = defer();
    runtime.gate = gate.promise;
    service.handle({ type: 'load', id: 2, request: MISSING });
    await waitFor('the start', () => runtime.starts === 2);
    service.renew();
    expect(service.spec).to.equal(null);
    gate.resolve();
    await waitFor('the network that was in use', () => service.spec);
    expect(service.spec).to.include({ model: 'selfie' });
    expect(answers()).to.deep.equal(['loaded 1', 'load-failed 2']);
  });

  it('should report what was in use as broken when it cannot be made again', async () => {
    await load(1);
    runtime.gate = Promise.reject(new VirtualBackgroundError('model-load-failed', 'TensorFlow.js could not use the GPU context'));
    runtime.gate.catch(() => undefined);
    service.renew();
    await waitFor('the report', () => answers().length === 2);
    expect(answers()).to.deep.equal(['loaded 1', 'broken']);
    expect(control.at(-1)).to.deep.equal({ type: 'broken', error: { code: 'model-load-failed', message: 'TensorFlow.js could not use the GPU context' } });
    expect(service.spec).to.equal(null);
    runtime.gate = Promise.resolve();
    await load(2);
    expect(service.spec, 'another load').to.include({ model: 'selfie' });
  });

  it('should have nothing to make again before the first load, after an unload, and at the end', async () => {
    service.renew();
    await nextTask(20);
    expect(runtime.starts).to.equal(0);
    await load(1);
    service.handle({ type: 'unload' });
    service.renew();
    await nextTask(20);
    expect(runtime.starts).to.equal(1);
    service.dispose();
    service.renew();
    await nextTask(20);
    expect(runtime.starts).to.equal(1);
    expect(service.spec).to.equal(null);
  });
});
