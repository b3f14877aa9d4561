import { serializeError, toVirtualBackgroundError } from '../errors';
import type { SmallPicture } from '../types';
import type { ControlRequest, ControlResponse, DataRequest, DataResponse } from './messages';
import { NetworkService } from './network-service';
import { PixelRuntime } from './pixel-runtime';
import type { ThreadChoice } from './thread-choice';

/**
 * Networks that get their pictures as pixels, from a pipeline in another thread. Lives in segmentation.worker.ts, or in
 * the page where there can be no worker.
 */
export class SegmentationService {
  readonly #service: NetworkService<SmallPicture>;
  #port: MessagePort | null = null;

  /** @param threads left out where inference has this thread alone: in a page, which may not wait for others */
  constructor(reply: (response: ControlResponse) => void, threads?: ThreadChoice) {
    this.#service = new NetworkService(reply, new PixelRuntime(threads));
    this.#service.onSpecChange = (spec) => this.#send({ type: 'spec', spec });
  }

  handle(message: ControlRequest): void {
    if (message.type === 'connect') return this.#connect(message.port);
    this.#service.handle(message);
    if (message.type !== 'dispose') return;
    this.#port?.close();
    this.#port = null;
  }

  #connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    port.onmessage = (event: MessageEvent<DataRequest>) => void this.#segment(event.data);
    const { spec } = this.#service;
    if (spec) this.#send({ type: 'spec', spec });
  }

  async #segment({ id, buffer, width, height }: DataRequest): Promise<void> {
    try {
      const { mask, inferenceMs } = await this.#service.segment({ pixels: new Uint8Array(buffer), width, height });
      this.#send({ type: 'mask', id, mask, buffer, inferenceMs }, [buffer, mask.data.buffer]);
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'segmentation-failed', 'The person could not be found');
      this.#send({ type: 'segment-failed', id, buffer, error: serializeError(failure) }, [buffer]);
    }
  }

  #send(response: DataResponse, transfer: Transferable[] = []): void {
    this.#port?.postMessage(response, transfer);
  }
}
