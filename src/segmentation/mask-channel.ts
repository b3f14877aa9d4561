import { deserializeError, type VirtualBackgroundError } from '../errors';
import type { Mask, Size } from '../types';
import type { DataRequest, DataResponse } from './messages';
import type { SegmenterSpec } from './network-input';

export interface MaskChannelCallbacks {
  /** @param id what {@link MaskChannel.request} was called with */
  onMask(mask: Mask, id: number, inferenceMs: number): void;
  onFailure(error: VirtualBackgroundError, id: number): void;
}

/** The pipeline's end of the data channel: small pictures out, masks back, one inference in flight. */
export class MaskChannel {
  /** The window's, which names the worker that answers. */
  readonly #control: MessagePort;
  #port: MessagePort;
  readonly #callbacks: MaskChannelCallbacks;
  #spec: SegmenterSpec | null = null;
  #buffer: ArrayBuffer | null = null;
  #pendingId: number | null = null;

  constructor(port: MessagePort, callbacks: MaskChannelCallbacks) {
    this.#control = port;
    this.#port = port;
    this.#callbacks = callbacks;
    port.onmessage = (event: MessageEvent<DataResponse>) => this.#handleResponse(event.data);
  }

  /** The network that answers, or null while none is loaded. */
  get spec(): SegmenterSpec | null {
    return this.#spec;
  }

  /** Whether an inference is in flight. */
  get busy(): boolean {
    return this.#pendingId !== null;
  }

  /** Sends a small picture, which `fill` writes as RGBA 0…255, top row first. */
  request(id: number, size: Size, fill: (pixels: Uint8Array) => void): void {
    const length = size.width * size.height * 4;
    const buffer = this.#buffer?.byteLength === length ? this.#buffer : new ArrayBuffer(length);
    this.#buffer = null;
    fill(new Uint8Array(buffer));
    this.#pendingId = id;
    const message: DataRequest = { type: 'segment', id, buffer, width: size.width, height: size.height };
    this.#port.postMessage(message, [buffer]);
  }

  close(): void {
    this.#port.close();
    this.#control.close();
  }

  /** What the one before still owed will not come. */
  #connect(port: MessagePort): void {
    if (this.#port !== this.#control) this.#port.close();
    this.#port = port;
    this.#spec = null;
    this.#pendingId = null;
    port.onmessage = (event: MessageEvent<DataResponse>) => this.#handleResponse(event.data);
  }

  #handleResponse(response: DataResponse): void {
    if (response.type === 'connect') return this.#connect(response.port);
    if (response.type === 'spec') {
      this.#spec = response.spec;
      return;
    }
    this.#buffer = response.buffer;
    if (response.id === this.#pendingId) this.#pendingId = null;
    if (response.type === 'mask') this.#callbacks.onMask(response.mask, response.id, response.inferenceMs);
    else this.#callbacks.onFailure(deserializeError(response.error), response.id);
  }
}
