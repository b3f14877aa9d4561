import { expect } from 'chai';
import { BackendMemory } from '../../../src/engine/model/backend-memory';
import { ModelSlot, firstModel, mayShareContext } from '../../../src/engine/model/model-slot';
import { DEFAULT_SETTINGS, type EngineSettings } from '../../../src/engine/settings';
import { VirtualBackgroundError, createAbortError, serializeError, toVirtualBackgroundError } from '../../../src/errors';
import type { Renderer } from '../../../src/gl/renderer';
import type { ControlRequest, ControlResponse } from '../../../src/segmentation/messages';
import type { BackendSetting } from '../../../src/types';
import { expectRejection } from '../../helpers/errors';
import { FakeModelHost } from '../../helpers/fake-model-host';
import { nextTask, waitFor } from '../../helpers/wait';

const GPU: Renderer = { name: 'ANGLE (a real GPU)', software: false };
const SOFTWARE: Renderer = { name: 'ANGLE (SwiftShader)', software: true };

let renderers = 0;

function createMemory(): BackendMemory {
  renderers += 1;
  return new BackendMemory(`renderer ${renderers} of the slot's test`);
}

/** The drawing thread's end of the port: does what the window asks with the networks of a fake host. */
function serveNetworks(port: MessagePort, host: FakeModelHost): void {
  const loads = new Map<number, AbortController>();
  const reply = (response: ControlResponse): void => port.postMessage(response);
  /** A load that was cancelled is not answered. */
  const finish = (id: number, response: ControlResponse): void => {
    if (loads.delete(id)) reply(response);
  };
  port.onmessage = ({ data: message }: MessageEvent<ControlRequest>) => {
    switch (message.type) {
      case 'load': {
        const { id, request } = message;
        const load = new AbortController();
        loads.set(id, load);
        host.load(request, load.signal).then(
          (spec) => finish(id, { type: 'loaded', id, spec }),
          (error: unknown) => finish(id, { type: 'load-failed', id, error: serializeError(toVirtualBackgroundError(error, 'model-load-failed', 'The network could not be loaded')) }),
        );
        return;
      }
      case 'cancel':
        loads.get(message.id)?.abort();
        loads.delete(message.id);
        return;
      case 'unload':
        return host.unload();
      case 'ping':
        return reply({ type: 'pong', inference: 0 });
      case 'dispose':
        for (const load of loads.values()) load.abort();
        loads.clear();
        return port.close();
      case 'connect':
        throw new Error('A network in the GPU context needs no data channel');
    }
  };
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

describe('<virtual-background-camera> firstModel()', () => {
  it('should be the bundled network unless the page forbids that in its place', () => {
    expect(firstModel({ model: 'body-pix', modelFallback: 'selfie' })).to.equal('selfie');
    expect(firstModel({ model: 'selfie', modelFallback: 'selfie' })).to.equal('selfie');
    expect(firstModel({ model: 'body-pix', modelFallback: 'none' })).to.equal('body-pix');
    expect(firstModel({ model: 'selfie', modelFallback: 'none' })).to.equal('selfie');
  });
});

describe('<virtual-background-camera> ModelSlot', () => {
  let gpu: FakeModelHost;
  let abort: AbortController;
  let memory: BackendMemory;
  let slot: ModelSlot;
  /** What the slot told, in order: the models that took over, the warnings and the errors. */
  let told: string[];

  beforeEach(() => {
    gpu = new FakeModelHost('webgl');
    abort = new AbortController();
    memory = createMemory();
    told = [];
    const { port1, port2 } = new MessageChannel();
    port1.close();
    slot = new ModelSlot({
      signal: abort.signal,
      maskPort: port2,
      host: { connectSegmentation: (port) => serveNetworks(port, gpu) },
      sharesContext: true,
      memory,
      onProgress: () => undefined,
      onWarning: ({ code }) => told.push(code),
      onChange: () => told.push(slot.model?.spec.model ?? 'none'),
      onCrash: ({ code }) => told.push(code),
    });
  });

  afterEach(() => {
    abort.abort(createAbortError());
    slot.dispose();
  });

  /** BodyPix without a stand-in, unless told otherwise. */
  const settings = (changed: Partial<EngineSettings> = {}): EngineSettings => ({ ...DEFAULT_SETTINGS, modelFallback: 'none', ...changed });

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
    const { request, signal } = await gpu.next();
    expect(request.quality).to.equal('high');
    const second = slot.load(settings({ model: 'selfie' }), false);
    await expectRejection(first, 'aborted', /superseded/);
    await gpu.finish('selfie medium', 5);
    expect(signal.aborted, 'what it fetches is ended').to.equal(true);
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
    await nextTask(20);
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

  describe('with the bundled network as a stand-in', () => {
    const MISSING = new VirtualBackgroundError('model-load-failed', "model 'body-pix' could not be loaded: 404");
    const load = (changed: Partial<EngineSettings> = {}): Promise<void> => slot.load(settings({ modelFallback: 'selfie', backend: 'webgl', quality: 'medium', ...changed }), false);

    it('should start with it, and let BodyPix take over in the same place', async () => {
      const loading = load();
      await gpu.finish('selfie medium', 5);
      await loading;
      expect(slot.model?.spec.model).to.equal('selfie');
      await gpu.finish('body-pix medium', 8);
      await waitFor('BodyPix', () => slot.model?.spec.model === 'body-pix');
      expect(told).to.deep.equal(['selfie', 'body-pix']);
      expect(gpu.calls, 'no moment without a network').to.deep.equal(['selfie medium', 'body-pix medium']);
    });

    it('should go on with it, with a warning, where BodyPix is unavailable', async () => {
      const loading = load();
      await gpu.finish('selfie medium', 5);
      await loading;
      await gpu.fail('body-pix medium', MISSING);
      await gpu.finish('selfie medium', 5);
      await waitFor('the end of the load', () => told.length > 2);
      expect(told).to.deep.equal(['selfie', 'model-fallback', 'selfie']);
      expect(gpu.calls).to.not.include('unload');
    });

    it('should wait for BodyPix where the bundled network is missing', async () => {
      const loading = load();
      await gpu.fail('selfie medium', MISSING);
      await gpu.finish('body-pix medium', 8);
      await loading;
      expect(told).to.deep.equal(['body-pix']);
    });

    it('should load no BodyPix that the page no longer wants', async () => {
      const loading = load();
      await gpu.finish('selfie medium', 5);
      await loading;
      const { request, signal } = await gpu.next();
      expect(request.model).to.equal('body-pix');
      const change = load({ model: 'selfie' });
      await gpu.finish('selfie medium', 5);
      await change;
      expect(signal.aborted, 'what it fetches is ended').to.equal(true);
      expect(told, 'that is no failure').to.deep.equal(['selfie', 'selfie']);
    });

    it('should load what was changed during the start once, as it is then', async () => {
      const first = load();
      await gpu.next();
      const second = load({ quality: 'low' });
      await expectRejection(first, 'aborted', /superseded/);
      await gpu.finish('selfie low', 5);
      await second;
      await gpu.finish('body-pix low', 8);
      await waitFor('BodyPix', () => slot.model?.spec.model === 'body-pix');
      expect(gpu.calls.filter((call) => call.startsWith('body-pix'))).to.deep.equal(['body-pix low']);
    });
  });

  it('should end with its run, also where the host does not answer', async () => {
    const loading = slot.load(settings(), false);
    const { signal } = await gpu.next();
    abort.abort(createAbortError());
    slot.dispose();
    await expectRejection(loading, 'aborted', /stopped/);
    await expectRejection(slot.load(settings(), false), 'aborted', /stopped/);
    await nextTask(20);
    expect(signal.aborted, 'what it fetches is ended').to.equal(true);
    expect(gpu.calls, 'the host frees its context itself').to.deep.equal(['body-pix medium']);
  });
});
