import { expect } from 'chai';
import { BACKENDS } from '../helpers/backends';
import { FaultyFiles } from '../helpers/faulty';
import { rejectionOf, waitFor } from '../helpers/wait';
import { runFaultOnOneHost, type Stage } from './run-fault';

const codes = (errors: readonly { code: string }[]): string[] => errors.map(({ code }) => code);
const SLOW_MS = 10_000;

/** Frames flow while the model is awaited, and none of them is handed out. */
async function expectFailedStart(stage: Stage): Promise<void> {
  const error = await rejectionOf(stage.element.start());
  expect(error).to.include({ code: 'model-load-failed' });
  expect(stage.element).to.include({ state: 'failed', stream: null });
  expect(codes(stage.events.errors)).to.deep.equal(['model-load-failed']);
}

describe('<virtual-background-camera> faults of the model', () => {
  for (const [folder, injected] of [
    ['missing', 'no file of the model is there (404)'],
    ['truncated', 'half of its weights'],
    ['zeros', 'weights that are all 0'],
    ['shape', 'a graph of another shape'],
  ] as const) {
    runFaultOnOneHost({
      name: `model: ${folder}`,
      injected,
      expected: 'the start fails with model-load-failed, without a stream',
      properties: { assetBase: `/__faults/assets/${folder}/` },
      recovers: false,
      atStart: expectFailedStart,
    });
  }

  const damaged = (fault: string): string => new FaultyFiles().folder(`${fault}:.bin`, 'shared/models/bodypix/');
  for (const [name, injected, modelUrl, needsBodyPix] of [
    ['missing', "BodyPix's weights are not there (404)", '/__faults/assets/missing/', false],
    ['shape', "another network's graph and weights in BodyPix's place", '/__faults/assets/shape/selfie-general.json', false],
    ['short', "the last byte of BodyPix's weights is missing", damaged('short'), true],
    ['zeros', "BodyPix's weights are all 0", damaged('zeros'), true],
    ['noise', "noise in a tenth of BodyPix's weights", damaged('noise'), true],
  ] as const) {
    runFaultOnOneHost({
      name: `model: BodyPix ${name}`,
      injected,
      expected: 'a warning, and the bundled model goes on',
      needsBodyPix,
      properties: { model: 'body-pix', modelUrl },
      atStart: async ({ element }) => void (await element.start()),
      afterwards: async ({ events, element }) => {
        await waitFor('the warning', () => codes(events.warnings).includes('model-fallback'));
        expect(element.stats.model).to.equal('selfie');
      },
    });
  }

  runFaultOnOneHost({
    name: 'model: slow',
    injected: 'weights that take 10 s',
    expected: 'the curtain until then, and no stream',
    atStart: async (stage) => {
      // The test server keeps what it sent once: the second host's would be there at once.
      stage.element.assetBase = `/__faults/assets/slow/${stage.host}/`;
      const starting = stage.element.start();
      await stage.state('loading');
      await stage.curtain();
      const start = performance.now();
      await waitFor('the weights', () => stage.element.stream !== null || performance.now() - start > SLOW_MS / 2);
      expect(stage.element.stream).to.equal(null);
      await starting;
    },
  });

  runFaultOnOneHost({
    name: 'model: change to a missing one',
    backends: BACKENDS,
    injected: 'another model whose weights are not there (404), while it runs',
    expected: 'an error; what ran goes on',
    properties: { modelFallback: 'none' },
    inject: async ({ element, events }) => {
      Object.assign(element, { model: 'body-pix', modelUrl: '/__faults/assets/missing/' });
      await waitFor('the error', () => events.errors.length > 0);
    },
    afterwards: ({ events, element }) => {
      expect(codes(events.errors)).to.deep.equal(['model-load-failed']);
      expect(element.stats.model).to.equal('selfie');
    },
  });
});
