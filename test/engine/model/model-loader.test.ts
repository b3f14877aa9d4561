import { expect } from 'chai';
import { BackendMemory } from '../../../src/engine/model/backend-memory';
import { loadModel, type LoadedModel, type ModelLoaderOptions } from '../../../src/engine/model/model-loader';
import { DEFAULT_SETTINGS, type EngineSettings } from '../../../src/engine/settings';
import { VirtualBackgroundError, createAbortError } from '../../../src/errors';
import { expectRejection } from '../../helpers/errors';
import { FakeModelHost } from '../../helpers/fake-model-host';
import { nextTask } from '../../helpers/wait';

const MISSING = new VirtualBackgroundError('model-load-failed', "model 'body-pix' could not be loaded: 404");
const NO_WORKER = new VirtualBackgroundError('worker-unavailable', 'The segmentation worker could not be started');
/** What TensorFlow.js throws by itself. */
const COMPILE_ERROR = new Error('Failed to compile fragment shader.');

describe('<virtual-background-camera> loadModel()', () => {
  let gpu: FakeModelHost;
  let worker: FakeModelHost;
  let memory: BackendMemory;
  let warnings: string[];
  let abort: AbortController;
  let renderers = 0;

  beforeEach(() => {
    gpu = new FakeModelHost('webgl');
    worker = new FakeModelHost('wasm');
    // Every test has a renderer of its own, so that none recalls what another found.
    renderers += 1;
    memory = new BackendMemory(`renderer ${renderers} of the loader's test`);
    warnings = [];
    abort = new AbortController();
  });

  afterEach(() => {
    for (const model of ['body-pix', 'selfie'] as const) memory.forget(model);
  });

  function load(settings: Partial<EngineSettings> = {}, options: Partial<ModelLoaderOptions> = {}): Promise<LoadedModel> {
    const loading = loadModel({
      hosts: { worker, sharedContext: gpu },
      settings: { ...DEFAULT_SETTINGS, ...settings },
      saving: false,
      current: null,
      memory,
      signal: abort.signal,
      onWarning: ({ code }) => warnings.push(code),
      ...options,
    });
    // A test that fails on the way leaves it behind.
    loading.catch(() => undefined);
    return loading;
  }

  describe('with two places that can load', () => {
    it('should compare the same network, and load the wanted one where it is faster', async () => {
      const loading = load();
      await gpu.finish('body-pix medium', 30);
      await worker.finish('body-pix medium', 9);
      await worker.finish('body-pix high', 25);
      const model = await loading;
      expect(model).to.deep.include({ quality: 'high', place: 'worker', mediumMs: 9 });
      expect(model.spec.inferenceMs, 'of the network in use').to.equal(25);
      expect(gpu.calls, 'nothing but `medium`').to.deep.equal(['body-pix medium', 'unload', 'unload']);
      expect(gpu.loaded).to.equal(null);
      expect(memory.recall('body-pix')).to.equal('wasm');
    });

    it('should free the loser before another network is loaded', async () => {
      const loading = load();
      await gpu.finish('body-pix medium', 100);
      await worker.finish('body-pix medium', 140);
      const { answer } = await gpu.next();
      expect(worker.loaded).to.equal(null);
      answer.reject(MISSING);
      await loading;
    });

    it('should keep the GPU where WASM is only a little faster', async () => {
      const loading = load();
      await gpu.finish('body-pix medium', 30);
      await worker.finish('body-pix medium', 25);
      expect(await loading).to.deep.include({ quality: 'medium', place: 'sharedContext', mediumMs: 30 });
      expect(worker.loaded).to.equal(null);
      expect(gpu.loaded).to.equal('body-pix medium');
      expect(memory.recall('body-pix')).to.equal('webgl');
    });

    it('should not ask the processor where the GPU is fast', async () => {
      const loading = load();
      await gpu.finish('body-pix medium', 8);
      await gpu.finish('body-pix high', 20);
      expect(await loading).to.deep.include({ quality: 'high', place: 'sharedContext', mediumMs: 8 });
      expect(worker.calls).to.deep.equal(['unload']);
      expect(memory.recall('body-pix')).to.equal('webgl');
    });

    for (const quality of ['low', 'high'] as const) {
      it(`should compare at \`${quality}\` where the page asked for it`, async () => {
        const loading = load({ quality });
        await gpu.finish(`body-pix ${quality}`, 60);
        await worker.finish(`body-pix ${quality}`, 20);
        const model = await loading;
        expect(model).to.deep.include({ quality, place: 'worker' });
        expect(model.mediumMs, 'not less than `medium` takes').to.be.at.least(20);
        expect(worker.calls).to.deep.equal([`body-pix ${quality}`]);
      });
    }

    it('should load the bundled model once, whatever quality its time allows', async () => {
      const loading = load({ model: 'selfie' });
      await gpu.finish('selfie medium', 20);
      await worker.finish('selfie medium', 5);
      expect(await loading).to.deep.include({ quality: 'high', place: 'worker', mediumMs: 5 });
      expect(worker.calls).to.deep.equal(['selfie medium']);
    });

    it('should measure the smallest network alone where data or power are to be saved', async () => {
      const loading = load({}, { saving: true });
      await gpu.finish('body-pix low', 30);
      await worker.finish('body-pix low', 10);
      const model = await loading;
      expect(model).to.deep.include({ quality: 'low', place: 'worker' });
      expect(model.mediumMs, 'twice the pixels').to.be.within(20, 21);
    });

    it('should remember nothing of two different networks', async () => {
      const loading = load({ quality: 'high' });
      await gpu.finish('body-pix high', 60, 'MobileNetV1 0.75, stride 8');
      await worker.finish('body-pix high', 20, 'MobileNetV1 0.50, stride 8');
      expect((await loading).place).to.equal('sharedContext');
      expect(memory.recall('body-pix')).to.equal(null);
      expect(worker.loaded).to.equal(null);
    });
  });

  describe('with one place that cannot load', () => {
    for (const [what, error] of [['a missing file', MISSING], ['a worker that does not start', NO_WORKER]] as const) {
      it(`should keep the GPU's network after ${what}`, async () => {
        const loading = load();
        await gpu.finish('body-pix medium', 100);
        await worker.fail('body-pix medium', error);
        await gpu.finish('body-pix low', 50);
        expect(await loading).to.deep.include({ quality: 'low', place: 'sharedContext', mediumMs: 100 });
        expect(gpu.loaded).to.equal('body-pix low');
        expect(warnings).to.deep.equal([]);
        expect(memory.recall('body-pix')).to.equal('webgl');
      });
    }

    for (const [what, error] of [['a missing file', MISSING], ['a shader that does not compile', COMPILE_ERROR]] as const) {
      it(`should take the worker after ${what} on the GPU`, async () => {
        const loading = load();
        await gpu.fail('body-pix medium', error);
        await worker.finish('body-pix medium', 30);
        expect(await loading).to.deep.include({ quality: 'medium', place: 'worker', mediumMs: 30 });
        expect(gpu.calls[gpu.calls.length - 1]).to.equal('unload');
        expect(memory.recall('body-pix')).to.equal('wasm');
      });
    }

    for (const error of [MISSING, COMPILE_ERROR]) {
      it(`should keep \`medium\` where the second network fails: ${error.message}`, async () => {
        const loading = load();
        await gpu.finish('body-pix medium', 8);
        await gpu.fail('body-pix high', error);
        expect(await loading).to.deep.include({ quality: 'medium', place: 'sharedContext', mediumMs: 8 });
        expect(gpu.loaded).to.equal('body-pix medium');
      });
    }

    it('should take the GPU where the chosen worker breaks while it loads the second network', async () => {
      const loading = load();
      await gpu.finish('body-pix medium', 40);
      await worker.finish('body-pix medium', 5);
      await worker.fail('body-pix high', new VirtualBackgroundError('segmentation-failed', 'it failed 4 times in a short while'));
      await gpu.finish('body-pix medium', 41);
      expect(await loading).to.deep.include({ quality: 'medium', place: 'sharedContext', mediumMs: 41 });
      expect(worker.loaded).to.equal(null);
      expect(memory.recall('body-pix')).to.equal('webgl');
    });

    it('should fall back to the bundled model, and compare that, where neither place has BodyPix', async () => {
      const loading = load();
      await gpu.fail('body-pix medium', MISSING);
      await worker.fail('body-pix medium', MISSING);
      await gpu.finish('selfie medium', 20);
      await worker.finish('selfie medium', 5);
      expect(await loading).to.deep.include({ place: 'worker', mediumMs: 5 });
      expect(warnings).to.deep.equal(['model-fallback']);
      expect(memory.recall('body-pix')).to.equal(null);
      expect(memory.recall('selfie')).to.equal('wasm');
    });

    it('should load the bundled model on the GPU where the worker does not start', async () => {
      const loading = load();
      await gpu.fail('body-pix medium', MISSING);
      await worker.fail('body-pix medium', NO_WORKER);
      await gpu.finish('selfie medium', 5);
      expect(await loading).to.deep.include({ place: 'sharedContext' });
      expect(warnings).to.deep.equal(['model-fallback']);
    });

    it('should free both places and tell why where neither can load', async () => {
      const loading = load({ modelFallback: 'none' });
      await gpu.fail('body-pix medium', COMPILE_ERROR);
      await worker.fail('body-pix medium', MISSING);
      await expectRejection(loading, 'model-load-failed', /404/);
      expect(gpu.calls[gpu.calls.length - 1]).to.equal('unload');
      expect(worker.calls[worker.calls.length - 1]).to.equal('unload');
    });
  });

  describe('with a backend that is remembered', () => {
    for (const backend of ['webgl', 'wasm'] as const) {
      it(`should not compare: ${backend}`, async () => {
        memory.remember('body-pix', backend);
        const [first, other] = backend === 'webgl' ? [gpu, worker] : [worker, gpu];
        const loading = load();
        await first.finish('body-pix medium', 50);
        expect((await loading).spec.backend).to.equal(backend);
        expect(other.calls).to.deep.equal(['unload']);
      });

      it(`should forget it and try the other one when it fails: ${backend}`, async () => {
        memory.remember('body-pix', backend);
        const [first, other] = backend === 'webgl' ? [gpu, worker] : [worker, gpu];
        const loading = load();
        await first.fail('body-pix medium', backend === 'webgl' ? COMPILE_ERROR : NO_WORKER);
        expect((await other.next()).request.model).to.equal('body-pix');
        expect(memory.recall('body-pix')).to.equal(null);
        abort.abort(createAbortError());
        await expectRejection(loading, 'aborted', /stopped/);
      });
    }

    it('should remember the other one once that has loaded', async () => {
      memory.remember('body-pix', 'webgl');
      const loading = load();
      await gpu.fail('body-pix medium', COMPILE_ERROR);
      await worker.finish('body-pix medium', 50);
      expect(await loading).to.deep.include({ place: 'worker', mediumMs: 50 });
      expect(memory.recall('body-pix')).to.equal('wasm');
      expect(gpu.loaded).to.equal(null);
    });

    it('should compare for a model of which nothing is remembered', async () => {
      memory.remember('body-pix', 'webgl');
      const loading = load({ model: 'selfie' });
      await gpu.finish('selfie medium', 20);
      await worker.finish('selfie medium', 5);
      expect((await loading).place).to.equal('worker');
      expect(memory.recall('body-pix'), 'of the other model').to.equal('webgl');
    });

    it('should forget WASM where the run shares no GPU context, so that the next start compares', async () => {
      memory.remember('body-pix', 'wasm');
      const loading = load({ modelFallback: 'none' }, { hosts: { worker, sharedContext: null } });
      await worker.fail('body-pix medium', MISSING);
      await expectRejection(loading, 'model-load-failed', /404/);
      expect(memory.recall('body-pix')).to.equal(null);
    });
  });

  describe('where the page names the backend', () => {
    it('should use `webgl` alone, and remember nothing of it', async () => {
      const loading = load({ backend: 'webgl', modelFallback: 'none' });
      await gpu.fail('body-pix medium', MISSING);
      await expectRejection(loading, 'model-load-failed', /404/);
      expect(worker.calls).to.deep.equal(['unload']);
      expect(memory.recall('body-pix')).to.equal(null);
    });

    it('should use `wasm` alone', async () => {
      const loading = load({ backend: 'wasm' }, { hosts: { worker, sharedContext: null } });
      await worker.finish('body-pix medium', 50);
      expect((await loading).place).to.equal('worker');
      expect(memory.recall('body-pix')).to.equal(null);
    });
  });

  describe('in the middle of a run', () => {
    it('should stay in the place that is used, and not compare', async () => {
      worker.loaded = 'selfie low';
      const loading = load({ quality: 'medium' }, { current: 'worker' });
      await worker.finish('body-pix medium', 50);
      expect(await loading).to.deep.include({ place: 'worker' });
      expect(gpu.calls).to.deep.equal(['unload']);
      expect(memory.recall('body-pix'), 'nothing was compared').to.equal(null);
    });

    it('should leave alone what makes the masks when nothing else can be loaded', async () => {
      gpu.loaded = 'selfie medium';
      const loading = load({ modelFallback: 'none' }, { current: 'sharedContext' });
      await gpu.fail('body-pix medium', MISSING);
      await worker.fail('body-pix medium', MISSING);
      await expectRejection(loading, 'model-load-failed', /404/);
      expect(gpu.loaded).to.equal('selfie medium');
      expect(worker.calls).to.deep.equal(['body-pix medium', 'unload']);
    });

    it('should move to the other place when the one in use cannot load', async () => {
      gpu.loaded = 'selfie medium';
      const loading = load({}, { current: 'sharedContext' });
      await gpu.fail('body-pix medium', COMPILE_ERROR);
      await worker.finish('body-pix medium', 30);
      expect(await loading).to.deep.include({ place: 'worker' });
      expect(gpu.loaded).to.equal(null);
    });
  });

  describe('when it is ended', () => {
    for (const current of [null, 'worker', 'sharedContext'] as const) {
      it(`should free what a comparison left, not what was in use: ${current}`, async () => {
        const loading = load({}, { current });
        if (current === null) await gpu.finish('body-pix medium', 60);
        const { signal } = await (current === 'sharedContext' ? gpu : worker).next();
        // The place itself never answers.
        abort.abort(createAbortError());
        await expectRejection(loading, 'aborted', /stopped/);
        expect(signal.aborted).to.equal(true);
        expect(gpu.calls.includes('unload')).to.equal(current !== 'sharedContext');
        expect(worker.calls.includes('unload')).to.equal(current !== 'worker');
        expect(memory.recall('body-pix')).to.equal(null);
        expect(warnings).to.deep.equal([]);
      });
    }

    it('should begin nothing with a signal that is aborted', async () => {
      abort.abort(createAbortError());
      await expectRejection(load(), 'aborted', /stopped/);
      await nextTask();
      expect([...gpu.calls, ...worker.calls].filter((call) => call !== 'unload')).to.deep.equal([]);
    });

    it('should not fall back, nor forget, when the abort comes with a failure', async () => {
      memory.remember('body-pix', 'webgl');
      const loading = load();
      const { answer } = await gpu.next();
      answer.reject(MISSING);
      abort.abort(createAbortError());
      await expectRejection(loading, 'aborted', /stopped/);
      expect(memory.recall('body-pix')).to.equal('webgl');
      expect(warnings).to.deep.equal([]);
    });
  });
});
