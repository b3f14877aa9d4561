import type { FrameImage, Size } from '../types';
import type { GlContext } from './gl-context';

/** A frame of the source on the GPU: sRGB-encoded, straight alpha, top row first. */
export interface GpuFrame {
  readonly texture: WebGLTexture;
  /** As shown, pixels. */
  readonly size: Size;
  /** Of the frame's own pixels, which need not be square. */
  readonly textureSize: Size;
}

/**
 * The textures in which frames wait for their masks and are shown. A frame has one or more users at a time (the
 * network, the picture on show) and its texture is used again when the last of them has let go of it, so there are
 * as many textures as frames were ever held at once.
 */
export class FrameRing {
  readonly #context: GlContext;
  readonly #free: WebGLTexture[] = [];
  readonly #users = new Map<GpuFrame, number>();

  constructor(context: GlContext) {
    this.#context = context;
  }

  /**
   * The one upload of a frame.
   *
   * @param image stays the caller's
   * @param size as shown, pixels
   * @returns held for the caller until {@link release}
   */
  upload(image: FrameImage, { width, height }: Size): GpuFrame {
    const texture = this.#free.pop() ?? this.#context.createTexture();
    let textureSize: Size;
    try {
      textureSize = this.#context.uploadImage(texture, image, textureSizeOf(image));
    } catch (error) {
      this.#free.push(texture);
      throw error;
    }
    const frame: GpuFrame = { texture, size: { width, height }, textureSize };
    this.#users.set(frame, 1);
    return frame;
  }

  /** Adds a user. */
  hold(frame: GpuFrame): GpuFrame {
    this.#users.set(frame, (this.#users.get(frame) ?? 0) + 1);
    return frame;
  }

  /** Takes a user away. */
  release(frame: GpuFrame): void {
    const users = this.#users.get(frame);
    if (users === undefined) return;
    if (users > 1) {
      this.#users.set(frame, users - 1);
      return;
    }
    this.#users.delete(frame);
    this.#free.push(frame.texture);
  }

  /** Deletes every texture, whoever uses it. Safe to call twice. */
  dispose(): void {
    for (const { texture } of this.#users.keys()) this.#context.deleteTexture(texture);
    for (const texture of this.#free.splice(0)) this.#context.deleteTexture(texture);
    this.#users.clear();
  }
}

function textureSizeOf(image: FrameImage): Size {
  if ('visibleRect' in image && image.visibleRect) return { width: image.visibleRect.width, height: image.visibleRect.height };
  if ('videoWidth' in image) return { width: image.videoWidth, height: image.videoHeight };
  const { width, height } = image as Size;
  return { width, height };
}
