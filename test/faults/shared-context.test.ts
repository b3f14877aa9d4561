/** The networks in the compositor's own GPU context, as on machines with a real GPU. */
import { expect } from 'chai';
import { SHARED_CONTEXT } from '../helpers/backends';
import { createElement } from '../helpers/element';
import { FaultyFiles } from '../helpers/faulty';
import { nextTask, waitFor } from '../helpers/wait';
import { CodedRoom } from '../support/raw-frame-detector';
import { BACKGROUND, runFault, type Stage } from './run-fault';

const codes = (errors: readonly { code: string }[]): string[] => errors.map(({ code }) => code);
const CSS_BACKGROUND = `rgb(${BACKGROUND.join(' ')})`;

async function loseAndRestore(stage: Stage): Promise<void> {
  stage.orderGl('lose');
  await waitFor('the warning', () => codes(stage.events.warnings).includes('webgl-context-lost'));
  stage.orderGl('restore');
}

/** The new context has no mask before the network was made again: so the person seen afterwards is its work. */
async function withoutMask(stage: Stage): Promise<void> {
  await stage.curtain();
}

async function expectOnGpu({ element, events }: Stage): Promise<void> {
  await waitFor('figures of the GPU', () => element.stats.backend === 'webgl');
  expect(events.errors.filter(({ code }) => code !== 'model-load-failed')).to.deep.equal([]);
}

describe('<virtual-background-camera> faults of networks in the compositor\'s GPU context', () => {
  runFault({
    name: 'lost while the network is fetched',
    injected: 'the GPU context lost and given back before the weights are there',
    expected: 'the start goes on',
    backends: SHARED_CONTEXT,
    atStart: async (stage) => {
      const files = new FaultyFiles();
      stage.element.assetBase = files.folder('held:.bin', 'assets/');
      const starting = stage.element.start();
      await waitFor('the weights', async () => (await files.requests()).some(({ path }) => path.endsWith('.bin')));
      await loseAndRestore(stage);
      await nextTask(200);
      await files.release();
      await starting;
    },
    afterwards: expectOnGpu,
  });

  runFault({
    name: 'lost after a change that failed',
    injected: 'another model whose weights are not there (404); then the context lost and given back',
    expected: 'the network that ran before is made again',
    backends: SHARED_CONTEXT,
    properties: { modelFallback: 'none' },
    inject: async (stage) => {
      const { element, events } = stage;
      Object.assign(element, { model: 'body-pix', modelUrl: '/__faults/assets/missing/' });
      await waitFor('the error', () => events.errors.length > 0);
      await loseAndRestore(stage);
    },
    meanwhile: withoutMask,
    afterwards: async (stage) => {
      await expectOnGpu(stage);
      expect(stage.element.stats.model).to.equal('selfie');
    },
  });

  runFault({
    name: 'two elements',
    injected: 'a second element, with a network in a GPU context of its own, starts and stops beside it',
    expected: 'nothing is seen of it',
    backends: SHARED_CONTEXT,
    inject: async (stage) => {
      const room = new CodedRoom({ width: 160, height: 90, frameRate: 10 });
      try {
        const other = createElement({ host: stage.host, backend: stage.backend, background: CSS_BACKGROUND, source: room.stream });
        await other.start();
        expect(other.stats.backend, 'of the other').to.equal('webgl');
        const { outputFrames } = stage.element.stats;
        await waitFor('frames of both', () => stage.element.stats.outputFrames > outputFrames + 5);
        other.stop();
      } finally {
        room.stop();
      }
    },
    afterwards: async (stage) => {
      await expectOnGpu(stage);
      expect(stage.events.errors).to.deep.equal([]);
    },
  });
});
