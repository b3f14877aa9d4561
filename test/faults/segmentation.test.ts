import { expect } from 'chai';
import { MAX_RESTARTS } from '../../src/segmentation/segmentation-client';
import { waitFor } from '../helpers/wait';
import { runFault, runFaultOnOneHost, type Stage } from './run-fault';

const codes = (errors: readonly { code: string }[]): string[] => errors.map(({ code }) => code);

async function expectCurtainAndWarning(stage: Stage): Promise<void> {
  await stage.curtain();
  await stage.state('interrupted');
  await waitFor('the warning', () => codes(stage.events.warnings).includes('segmentation-failed'));
  expect(stage.events.errors).to.deep.equal([]);
}

describe('<virtual-background-camera> faults of the segmentation', () => {
  // The next worker may be there before the last mask is too old.
  runFault({
    name: 'segmentation: throw',
    injected: 'its worker throws',
    expected: 'a warning, and another worker; the curtain if that takes two seconds',
    inject: (stage) => stage.orderSegmentation('throw'),
    meanwhile: async (stage) => {
      await waitFor('the warning', () => codes(stage.events.warnings).includes('segmentation-failed'));
      await waitFor('the next worker', () => stage.loads > 1);
    },
    afterwards: ({ events }) => {
      expect(codes(events.warnings)).to.deep.equal(['segmentation-failed']);
      expect(events.errors).to.deep.equal([]);
    },
  });

  for (const [order, injected] of [
    ['die', 'its worker ends without a word'],
    ['hang-thread', 'its thread computes for ever'],
    ['hang-inference', 'an inference that never ends'],
  ] as const) {
    runFaultOnOneHost({
      name: `segmentation: ${order}`,
      injected,
      expected: 'a warning, the curtain, and another worker',
      inject: (stage) => stage.orderSegmentation(order),
      meanwhile: expectCurtainAndWarning,
      afterwards: ({ events }) => {
        expect(codes(events.warnings)).to.deep.equal(['segmentation-failed']);
      },
    });
  }

  runFaultOnOneHost({
    name: 'segmentation: not a number',
    injected: 'masks of NaN, for a while',
    expected: 'one warning, the curtain, then the picture',
    inject: (stage) => stage.orderSegmentation('nan'),
    meanwhile: async (stage) => {
      await expectCurtainAndWarning(stage);
      stage.orderSegmentation('well');
    },
    afterwards: ({ events }) => {
      expect(codes(events.warnings), 'told once').to.deep.equal(['segmentation-failed']);
    },
  });

  runFault({
    name: 'segmentation: slow',
    injected: 'inferences of 3 s, for a while',
    expected: 'the curtain instead of an old mask, no restart',
    // Ten fast looks, after which a worker counts as dead, are three seconds, too.
    lookMs: 1000,
    inject: (stage) => stage.orderSegmentation('slow'),
    meanwhile: async (stage) => {
      await stage.curtain();
      await stage.state('interrupted');
      stage.orderSegmentation('well');
    },
    afterwards: ({ events }) => {
      expect(events.warnings).to.deep.equal([]);
    },
  });

  runFaultOnOneHost({
    name: 'segmentation: broken again and again',
    injected: `its worker throws ${MAX_RESTARTS + 1} times`,
    expected: 'an error, and the curtain for good',
    recovers: false,
    inject: async (stage) => {
      for (let round = 1; round <= MAX_RESTARTS; round += 1) {
        stage.orderSegmentation('throw');
        await waitFor('the warning', () => stage.events.warnings.length === round);
        await waitFor('the next worker', () => stage.loads > round);
      }
      stage.orderSegmentation('throw');
      await waitFor('the error', () => stage.events.errors.length > 0);
    },
    meanwhile: async (stage) => {
      await stage.curtain();
      await stage.state('interrupted');
      expect(codes(stage.events.warnings)).to.deep.equal(Array(MAX_RESTARTS).fill('segmentation-failed'));
      expect(codes(stage.events.errors)).to.deep.equal(['segmentation-failed']);
      expect(stage.element.stream?.getTracks()[0]?.readyState).to.equal('live');
    },
  });
});
