import { createAbortError } from '../errors';
import type { Compositor } from '../gl/compositor';
import { guideSizeFor } from '../gl/frame-copies';
import type { GpuFrame } from '../gl/frame-ring';
import type { FrameCopier, Look } from '../masks/mask-source';
import type { Quality, Size, SmallPicture } from '../types';
import type { FramePlanes } from './frame-planes';
import type { GpuWork } from './gpu-work';

export interface HeldFrameOptions {
  compositor: Compositor;
  work: GpuWork;
  /** Held; released with {@link HeldFrame.release}. */
  gpu: GpuFrame;
  /** The same frame in memory, where it can be read from there. */
  planes: FramePlanes | null;
  /** Whether the network runs in the compositor's context, where nothing may wait for the GPU. */
  sharesContext: boolean;
  /** When it arrived, milliseconds, `performance.now()` clock. */
  timeMs: number;
  /** On the source's clock, microseconds; null = shown before already. */
  timestamp: number | null;
}

/** A frame that waits for its mask: on the GPU, where it will be drawn, and in memory, where that spares the GPU. */
export class HeldFrame implements FrameCopier {
  readonly gpu: GpuFrame;
  readonly timeMs: number;
  readonly timestamp: number | null;
  readonly #compositor: Compositor;
  readonly #work: GpuWork;
  readonly #planes: FramePlanes | null;
  readonly #sharesContext: boolean;
  #isReleased = false;

  constructor({ compositor, work, gpu, planes, sharesContext, timeMs, timestamp }: HeldFrameOptions) {
    this.#compositor = compositor;
    this.#work = work;
    this.gpu = gpu;
    this.#planes = planes;
    this.#sharesContext = sharesContext;
    this.timeMs = timeMs;
    this.timestamp = timestamp;
  }

  get size(): Size {
    return this.gpu.size;
  }

  read({ size, rect }: Look, into: Uint8Array): void {
    if (this.#planes) this.#planes.sample(rect, size, into);
    else this.#copy(() => this.#compositor.readInput(this.gpu, size, rect, into));
  }

  draw({ size, rect }: Look): WebGLTexture {
    return this.#copy(() => this.#compositor.drawInput(this.gpu, size, rect));
  }

  /** The small picture that guides the matte; null where the GPU is on its way out. */
  async readGuide(quality: Quality): Promise<SmallPicture | null> {
    if (!this.#planes) return this.#drawGuide(quality);
    const size = guideSizeFor(this.size, quality);
    const pixels = new Uint8Array(size.width * size.height * 4);
    this.#planes.sample(null, size, pixels);
    return { ...size, pixels };
  }

  async #drawGuide(quality: Quality): Promise<SmallPicture | null> {
    try {
      // The network's picture was read back at once as well, and a hidden page's timers are too rare to ask the GPU again.
      return await this.#copy(() => (this.#sharesContext ? this.#compositor.readGuide(this.gpu, quality) : this.#compositor.readGuideNow(this.gpu, quality)));
    } catch {
      return null;
    }
  }

  #copy<Made>(make: () => Made): Made {
    const made = this.#work.attempt('copy', this.#compositor, () => ({ copy: make() }));
    if (made === 'not-drawn') throw createAbortError();
    return made.copy;
  }

  /** Safe to call twice. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#compositor.releaseFrame(this.gpu);
  }
}
