/** Garbage in every attribute and property: taken, or refused with a clear error; what ran goes on. */
import { expect } from 'chai';
import fc from 'fast-check';
import { Engine } from '../../src/engine/engine';
import { DEFAULT_SETTINGS, attributeName, type EngineSettings } from '../../src/engine/settings';
import { VirtualBackgroundError } from '../../src/errors';
import { placesOf } from '../helpers/backends';
import { cleanUp, createElement, describeOn, itWithModel, recordEvents, trackOf } from '../helpers/element';
import { fakeCamera } from '../helpers/spies';
import { sampleStream } from '../helpers/element';
import { nextTask, waitFor } from '../helpers/wait';
import { SECONDS, SEED, Uncaught, assertFor, describe as show, garbage, words } from './fuzzing';

const KEYS = Object.keys(DEFAULT_SETTINGS) as (keyof EngineSettings)[];
/** They cost a request each, and start nothing. */
const OTHERS = ['autostart', 'mirrored'] as const;

/** Reads the camera's address from a fake one, so that garbage opens nothing real. */
function useFakeCamera(): void {
  fakeCamera(() => Promise.resolve(sampleStream()));
}

function expectClear(error: unknown): void {
  expect(error, show(error)).to.be.instanceOf(VirtualBackgroundError);
  const { code, message } = error as VirtualBackgroundError;
  expect(code, message).to.not.equal('internal');
  expect(message).to.have.length.above(10);
}

describe(`<virtual-background-camera> given garbage (seed ${SEED})`, () => {
  afterEach(cleanUp);

  it('should take it or say what is wrong, as a property while it stands still', async function () {
    this.timeout(120_000 + SECONDS * 1000);
    const uncaught = new Uncaught();
    const element = createElement();
    const { errors } = recordEvents(element);
    await assertFor(SECONDS / 5, [fc.constantFrom(...KEYS, ...OTHERS.slice(1)), garbage], async (key, { value }) => {
      errors.length = 0;
      uncaught.errors.length = 0;
      Object.assign(element, { [key]: value });
      await element.updateComplete;
      expect(uncaught.errors, `${key} = ${show(value)}`).to.deep.equal([]);
      errors.forEach(expectClear);
      expect(element.state).to.equal('idle');
      if (key in DEFAULT_SETTINGS) Object.assign(element, { [key]: DEFAULT_SETTINGS[key as keyof EngineSettings] });
      await element.updateComplete;
    });
    uncaught.stop();
  });

  it('should take it or say what is wrong, as an attribute', async function () {
    this.timeout(120_000 + SECONDS * 1000);
    const uncaught = new Uncaught();
    const element = createElement();
    const { errors } = recordEvents(element);
    const text = fc.oneof(words, fc.string({ unit: 'binary' }), fc.string(), fc.double().map(String));
    await assertFor(SECONDS / 5, [fc.constantFrom(...KEYS, ...OTHERS.slice(1)), text], async (key, value) => {
      errors.length = 0;
      uncaught.errors.length = 0;
      const name = attributeName(key);
      element.setAttribute(name, value);
      await element.updateComplete;
      expect(uncaught.errors, `${name}=${show(value)}`).to.deep.equal([]);
      errors.forEach(expectClear);
      element.removeAttribute(name);
      await element.updateComplete;
    });
    uncaught.stop();
  });

  it('should throw typed errors only, from an engine without an element', async function () {
    this.timeout(120_000 + SECONDS * 1000);
    const engine = new Engine();
    await assertFor(SECONDS / 5, [fc.constantFrom(...KEYS), garbage], (key, { value }) => {
      const before = engine.settings[key];
      try {
        engine.set({ [key]: value });
        engine.set({ [key]: DEFAULT_SETTINGS[key] });
      } catch (error) {
        expectClear(error);
        expect(engine.settings[key], 'as before').to.equal(before);
      }
    });
  });

  for (const { backend, host } of placesOf()) {
    describeOn(host, `host="${host}" backend="${backend}"`, () => {
      itWithModel('should lose nothing that runs', async function () {
        this.timeout(120_000 + SECONDS * 1000);
        useFakeCamera();
        const uncaught = new Uncaught();
        const element = createElement({ host, backend });
        const source = element.source;
        const stream = await element.start();
        const track = trackOf(stream);
        const { errors, states } = recordEvents(element);
        // A model that is another one would be loaded each time; what runs is started with host, backend and asset base.
        const keys = KEYS.filter((key) => !['model', 'modelUrl'].includes(key));
        await assertFor(SECONDS / (backend === 'wasm' ? 5 : 10), [fc.array(fc.tuple(fc.constantFrom(...keys), garbage), { minLength: 1, maxLength: 4 })], async (changes) => {
          errors.length = 0;
          uncaught.errors.length = 0;
          const told = changes.map(([key, { value }]) => `${key} = ${show(value)}`).join(', ');
          for (const [key, { value }] of changes) Object.assign(element, { [key]: value });
          await element.updateComplete;
          await nextTask(20);
          for (const [key] of changes) Object.assign(element, { [key]: DEFAULT_SETTINGS[key] });
          Object.assign(element, { source, background: '#0000ff', quality: 'low', backend, host });
          await element.updateComplete;
          expect(uncaught.errors, told).to.deep.equal([]);
          errors.forEach(expectClear);
          expect(['running', 'interrupted'], told).to.include(element.state);
          expect(element.stream, told).to.equal(stream);
          expect(trackOf(stream), told).to.equal(track);
          expect(track.readyState, told).to.equal('live');
        });
        uncaught.stop();
        await waitFor('frames again', () => element.state === 'running');
        const frames = element.stats.outputFrames;
        await waitFor('more frames', () => element.stats.outputFrames > frames);
        expect(states.filter((state) => state !== 'running' && state !== 'interrupted')).to.deep.equal([]);
      });
    });
  }
});
