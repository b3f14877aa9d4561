import { createAbortError, deserializeError, type VirtualBackgroundError } from '../errors';
import type { DataRequest, DataResponse } from '../segmentation/messages';
import type { SegmentedPicture } from '../segmentation/network-service';
import type { SegmenterSpec } from '../segmentation/network-input';
import type { FrameCopier, Look, MaskSource } from './mask-source';

interface Pending {
  id: number;
  resolve(result: SegmentedPicture): void;
  reject(error: VirtualBackgroundError): void;
}

/** Masks from the segmentation worker: the pipeline's end of the data channel. Small pictures out, masks back. */
export class WorkerMaskSource implements MaskSource {
  onSpecChange: () => void = () => undefined;
  /** The window's, which names the worker that answers. */
  readonly #control: MessagePort;
  #port: MessagePort;
  #spec: SegmenterSpec | null = null;
  /** Comes back with each answer. */
  #buffer: ArrayBuffer | null = null;
  #pending: Pending | null = null;
  #requests = 0;

  /** @param port the source takes ownership */
  constructor(port: MessagePort) {
    this.#control = port;
    this.#port = port;
    port.onmessage = (event: MessageEvent<DataResponse>) => this.#handleResponse(event.data);
  }

  get spec(): SegmenterSpec | null {
    return this.#spec;
  }

  segment(frame: FrameCopier, look: Look): Promise<SegmentedPicture> {
    const { width, height } = look.size;
    const length = width * height * 4;
    const buffer = this.#buffer?.byteLength === length ? this.#buffer : new ArrayBuffer(length);
    this.#buffer = null;
    frame.read(look, new Uint8Array(buffer));
    const id = ++this.#requests;
    const answer = new Promise<SegmentedPicture>((resolve, reject) => {
      this.#pending = { id, resolve, reject };
    });
    this.#port.postMessage({ type: 'segment', id, buffer, width, height } satisfies DataRequest, [buffer]);
    return answer;
  }

  dispose(): void {
    this.#port.close();
    this.#control.close();
    this.#settle()?.reject(createAbortError());
  }

  /** What the previous worker still owed will not come. */
  #connect(port: MessagePort): void {
    if (this.#port !== this.#control) this.#port.close();
    this.#port = port;
    this.#spec = null;
    port.onmessage = (event: MessageEvent<DataResponse>) => this.#handleResponse(event.data);
    this.#settle()?.reject(createAbortError());
  }

  #handleResponse(response: DataResponse): void {
    if (response.type === 'connect') return this.#connect(response.port);
    if (response.type === 'spec') {
      this.#spec = response.spec;
      return this.onSpecChange();
    }
    this.#buffer = response.buffer;
    if (response.id !== this.#pending?.id) return;
    const pending = this.#settle();
    if (response.type === 'segment-failed') pending?.reject(deserializeError(response.error));
    else pending?.resolve({ mask: response.mask, inferenceMs: response.inferenceMs });
  }

  #settle(): Pending | null {
    const pending = this.#pending;
    this.#pending = null;
    return pending;
  }
}
