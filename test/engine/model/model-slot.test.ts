import { expect } from 'chai';
import { BackendMemory } from '../../../src/engine/model/backend-memory';
import { ModelSlot, mayShareContext } from '../../../src/engine/model/model-slot';
import { DEFAULT_SETTINGS, type EngineSettings } from '../../../src/engine/settings';
import { createAbortError } from '../../../src/errors';
import type { Renderer } from '../../../src/gl/renderer';
import type { BackendSetting } from '../../../src/types';
import { expectRejection } from '../../helpers/errors';
import { FakeModelHost } from '../../helpers/fake-model-host';

const GPU: Renderer = { name: 'ANGLE (a real GPU)', software: false };
const SOFTWARE: Renderer = { name: 'ANGLE (SwiftShader)', software: true };

let renderers = 0;

function createMemory(): BackendMemory {
  renderers += 1;
  return new BackendMemory(`renderer ${renderers} of the slot's test`);
}

describe('<virtual-background-camera> mayShareContext()', () => {
  const CASES: [BackendSetting, Renderer | null, boolean][] = [
    ['auto', GPU, true],
    ['auto', SOFTWARE, false],
    ['auto', null, false],
    ['webgl', SOFTWARE, true],
    ['wasm', GPU, false],
  ];
  for (const [backend, renderer, expected] of CASES) {
    it(`should be ${expected} for backend="${backend}" on ${renderer?.name ?? 'no WebGL2'}`, () => {
      expect(mayShareContext({ backend, model: 'body-pix' }, renderer, createMemory())).to.equal(expected);
    });
  }

  it('should be false where WASM is remembered for this model', () => {
    const memory = createMemory();
    memory.remember('body-pix', 'wasm');
    expect(mayShareContext({ backend: 'auto', model: 'body-pix' }, GPU, memory)).to.equal(false);
    expect(mayShareContext({ backend: 'auto', model: 'selfie' }, GPU, memory), 'another model').to.equal(true);
    memory.forget('body-pix');
    expect(mayShareContext({ backend: 'auto', model: 'body-pix' }, GPU, memory), 'forgotten').to.equal(true);
    memory.remember('body-pix', 'webgl');
    expect(mayShareContext({ backend: 'auto', model: 'body-pix' }, GPU, memory)).to.equal(true);
  });
});

describe('<virtual-background-camera> ModelSlot', () => {
  let gpu: FakeModelHost;
  let abort: AbortController;
  let memory: BackendMemory;
  let slot: ModelSlot;

  beforeEach(() => {
    gpu = new FakeModelHost('webgl');
    abort = new AbortController();
    memory = createMemory();
    const { port1, port2 } = new MessageChannel();
    port1.close();
    slot = new ModelSlot({
      signal: abort.signal,
      maskPort: port2,
      host: {
        loadModel: (request, { signal }) => gpu.load(request, signal as AbortSignal),
        unloadModel: () => gpu.unload(),
      },
      sharesContext: true,
      memory,
      onProgress: () => undefined,
      onWarning: () => undefined,
      onCrash: () => undefined,
    });
  });

  afterEach(() => {
    abort.abort(createAbortError());
    slot.dispose();
  });

  const settings = (changed: Partial<EngineSettings> = {}): EngineSettings => ({ ...DEFAULT_SETTINGS, ...changed });

  it('should have the model and the time of `medium`', async () => {
    const loading = slot.load(settings(), false);
    await gpu.finish('body-pix medium', 8);
    await gpu.finish('body-pix high', 20);
    await loading;
    expect(slot.model).to.deep.include({ quality: 'high', place: 'sharedContext', mediumMs: 8 });
    expect(gpu.loaded).to.equal('body-pix high');
  });

  it('should free what a superseded load left before the next one begins', async () => {
    const first = slot.load(settings(), false);
    await gpu.finish('body-pix medium', 8);
    const { request } = await gpu.next();
    expect(request.quality).to.equal('high');
    const second = slot.load(settings({ model: 'selfie' }), false);
    await expectRejection(first, 'aborted', /superseded/);
    await gpu.finish('selfie medium', 5);
    await second;
    expect(gpu.calls).to.deep.equal(['body-pix medium', 'body-pix high', 'unload', 'selfie medium']);
    expect(slot.model?.spec.model).to.equal('selfie');
  });

  it('should read the backend at its first load only', async () => {
    const first = slot.load(settings({ backend: 'webgl', quality: 'low' }), false);
    await gpu.finish('body-pix low', 90);
    await first;
    const second = slot.load(settings({ backend: 'wasm', quality: 'medium' }), false);
    await gpu.finish('body-pix medium', 180);
    await second;
    expect(slot.model).to.deep.include({ quality: 'medium', place: 'sharedContext' });
  });

  it('should keep the model when the next one fails', async () => {
    const first = slot.load(settings({ backend: 'webgl', quality: 'low' }), false);
    await gpu.finish('body-pix low', 90);
    await first;
    const before = slot.model;
    const second = slot.load(settings({ quality: 'high', modelFallback: 'none' }), false);
    await gpu.fail('body-pix high', new Error('out of memory'));
    await expectRejection(second, 'model-load-failed', /out of memory/);
    expect(slot.model).to.equal(before);
    expect(gpu.calls, 'still in use').to.not.include('unload');
  });

  it('should forget a place in which the network stopped working', async () => {
    slot.forgetPlace();
    const loading = slot.load(settings({ model: 'selfie' }), false);
    await gpu.finish('selfie medium', 5);
    await loading;
    expect(memory.recall('selfie')).to.equal('webgl');
    slot.forgetPlace();
    expect(memory.recall('selfie')).to.equal(null);
  });

  it('should end with its run, also where the host does not answer', async () => {
    const loading = slot.load(settings(), false);
    await gpu.next();
    abort.abort(createAbortError());
    slot.dispose();
    await expectRejection(loading, 'aborted', /stopped/);
    await expectRejection(slot.load(settings(), false), 'aborted', /stopped/);
    expect(gpu.calls, 'the host frees its context itself').to.deep.equal(['body-pix medium']);
  });
});
