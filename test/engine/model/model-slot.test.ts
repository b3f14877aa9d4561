import { expect } from 'chai';
import { BackendMemory } from '../../../src/engine/model/backend-memory';
import { ModelSlot, mayShareContext } from '../../../src/engine/model/model-slot';
import { DEFAULT_SETTINGS, type EngineSettings } from '../../../src/engine/settings';
import { createAbortError, serializeError, toVirtualBackgroundError } from '../../../src/errors';
import type { Renderer } from '../../../src/gl/renderer';
import type { ControlRequest, ControlResponse } from '../../../src/segmentation/messages';
import type { BackendSetting } from '../../../src/types';
import { expectRejection } from '../../helpers/errors';
import { FakeModelHost } from '../../helpers/fake-model-host';
import { nextTask } from '../../helpers/wait';

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
      host: { connectSegmentation: (port) => serveNetworks(port, gpu) },
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
