import { createAbortError, serializeError, toVirtualBackgroundError } from '../errors';
import type { TexturePicture } from '../segmentation/context-runtime';
import type { ControlRequest, ControlResponse } from '../segmentation/messages';
import type { NetworkService, SegmentedPicture } from '../segmentation/network-service';
import type { SegmenterSpec } from '../segmentation/network-input';
import type { FrameCopier, Look, MaskSource } from './mask-source';

/** What finds people in a GPU context. */
export type ContextService = NetworkService<TexturePicture>;

/** Makes one; brings TensorFlow.js along, so it is only called when needed. */
export type CreateContextService = (gl: WebGL2RenderingContext, reply: (response: ControlResponse) => void) => Promise<ContextService>;

/**
 * Masks from the compositor's own GPU context: small pictures go in as textures, and the window's messages come over a
 * port, as to the segmentation worker.
 */
export class ContextMaskSource implements MaskSource {
  onSpecChange: () => void = () => undefined;
  readonly #create: CreateContextService;
  readonly #gl: WebGL2RenderingContext;
  #port: MessagePort | null = null;
  /** Of the port; null before the first message. */
  #creating: Promise<ContextService> | null = null;
  #service: ContextService | null = null;
  #disposed = false;

  constructor(gl: WebGL2RenderingContext, create: CreateContextService) {
    this.#gl = gl;
    this.#create = create;
  }

  get spec(): SegmenterSpec | null {
    return this.#service?.spec ?? null;
  }

  /** Takes the window's messages from a port, which it then owns; what an earlier one had loaded is freed. */
  connect(port: MessagePort): void {
    this.#end();
    if (this.#disposed) return port.close();
    this.#port = port;
    port.onmessage = (event: MessageEvent<ControlRequest>) => this.#handle(port, event.data);
  }

  async segment(frame: FrameCopier, look: Look): Promise<SegmentedPicture> {
    if (!this.#service) throw createAbortError();
    try {
      return await this.#service.segment({ texture: frame.draw(look), ...look.size });
    } catch (error) {
      // A context that is lost says so by itself, and its networks are made again.
      throw this.#gl.isContextLost() ? createAbortError() : error;
    }
  }

  /** The context was lost and came back: everything in it is gone and made again. */
  restore(): void {
    this.#service?.renew();
  }

  dispose(): void {
    this.#disposed = true;
    this.#end();
  }

  #handle(port: MessagePort, message: ControlRequest): void {
    if (message.type === 'dispose') {
      if (port === this.#port) this.#end();
      return;
    }
    const reply = (response: ControlResponse): void => port.postMessage(response);
    this.#creating ??= this.#create(this.#gl, reply).then((service) => {
      if (port === this.#port) {
        this.#service = service;
        service.onSpecChange = () => this.onSpecChange();
      } else service.dispose();
      return service;
    });
    this.#creating.then(
      (service) => service.handle(message),
      (error: unknown) => {
        const failure = toVirtualBackgroundError(error, 'model-load-failed', 'TensorFlow.js could not be loaded');
        if (message.type === 'ping') reply({ type: 'pong', inference: 0 });
        if (message.type === 'load') reply({ type: 'load-failed', id: message.id, error: serializeError(failure) });
      },
    );
  }

  /** Frees the networks, also those that are still being made. */
  #end(): void {
    this.#port?.close();
    this.#port = null;
    this.#service?.dispose();
    this.#service = null;
    this.#creating = null;
    this.onSpecChange();
  }
}
