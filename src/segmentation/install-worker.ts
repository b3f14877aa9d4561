import type { ControlRequest } from './messages';
import { SegmentationService } from './service';

/** Makes a worker's global scope answer segmentation messages. */
export function installSegmentationWorker(scope: typeof globalThis): void {
  const service = new SegmentationService((response) => {
    scope.postMessage(response);
  });
  scope.addEventListener('message', (event: MessageEvent<ControlRequest>) => {
    service.handle(event.data);
  });
}
