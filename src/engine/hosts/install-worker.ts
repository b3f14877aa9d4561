import { serializeError, toVirtualBackgroundError } from '../../errors';
import type { HostRequest, HostResponse } from '../messages';
import { WorkerPipeline } from './worker-pipeline';

/** Makes a worker's global scope run one pipeline. */
export function installEngineWorker(scope: typeof globalThis): void {
  const reply = (response: HostResponse): void => scope.postMessage(response);
  let pipeline: WorkerPipeline | null = null;
  scope.addEventListener('message', (event: MessageEvent<HostRequest>) => {
    try {
      if (event.data.type === 'init') pipeline = new WorkerPipeline(event.data, reply);
      else pipeline?.handle(event.data);
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'internal', 'The engine worker failed');
      reply({ type: 'event', event: { type: 'failed', error: serializeError(failure) } });
    }
  });
}
