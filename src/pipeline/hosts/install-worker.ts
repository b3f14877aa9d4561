import { serializeError, toVirtualBackgroundError } from '../../errors';
import { announceWorker } from '../../open-worker';
import type { HostRequest, HostResponse } from '../messages';
import type { CreateContextService } from '../../masks/context-source';
import { WorkerPipeline } from './worker-pipeline';

/**
 * Makes a worker's global scope run one pipeline.
 *
 * @param createContextService for the worker that brings TensorFlow.js along
 */
export function installEngineWorker(scope: typeof globalThis, createContextService: CreateContextService | null = null): void {
  const reply = (response: HostResponse): void => scope.postMessage(response);
  let pipeline: WorkerPipeline | null = null;
  scope.addEventListener('message', (event: MessageEvent<HostRequest>) => {
    try {
      if (event.data.type === 'init') {
        pipeline = new WorkerPipeline(event.data, reply, createContextService);
        reply({ type: 'ready' });
      } else if (pipeline) pipeline.handle(event.data);
      else if (event.data.type === 'dispose') reply({ type: 'disposed' });
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'internal', 'The engine worker failed');
      reply({ type: 'event', event: { type: 'failed', error: serializeError(failure) } });
    }
  });
  announceWorker(scope);
}
