import { announceWorker } from '../open-worker';
import type { ControlRequest, ControlResponse } from './messages';
import { SegmentationService } from './service';
import { ThreadChoice } from './thread-choice';
import { startWasmThreads } from './wasm-threads';

/** Makes a worker's global scope answer segmentation messages. */
export function installSegmentationWorker(scope: typeof globalThis): void {
  const reply = (response: ControlResponse): void => {
    scope.postMessage(response);
  };
  const service = new SegmentationService(reply, new ThreadChoice(startWasmThreads));
  scope.addEventListener('message', (event: MessageEvent<ControlRequest>) => {
    service.handle(event.data);
  });
  announceWorker(scope);
}
