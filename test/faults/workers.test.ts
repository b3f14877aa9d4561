import { expect } from 'chai';
import { replace } from '../helpers/spies';
import { codes, runFault } from './run-fault';

const OURS = new Set(['engine', 'engine-gl', 'segmentation', 'ticker', 'scene']);

/** As browsers refuse workers where they do not throw: by an event. */
function refuseWorkers(): void {
  const [NativeWorker] = [Worker];
  replace(globalThis, 'Worker', function RefusedWorker(url: string | URL, options?: WorkerOptions) {
    return options?.name && OURS.has(options.name) ? new NativeWorker('/missing-worker.js', { type: 'module' }) : new NativeWorker(url, options);
  });
}

describe('<virtual-background-camera> faults of workers', () => {
  runFault({
    name: 'page: workers refused',
    injected: 'the browser refuses every worker of the package, from the start',
    expected: "the page's thread does the work",
    atStart: async ({ element }) => {
      refuseWorkers();
      await element.start();
    },
    afterwards: ({ element, events }) => {
      expect(element.stats.host).to.equal('window');
      expect(codes(events.errors)).to.deep.equal([]);
      expect(codes(events.warnings), 'the files are where they belong').to.deep.equal([]);
    },
  });
});
