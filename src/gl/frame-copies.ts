import { Readback } from '../readback';
import type { PictureRect, Quality, Size, SmallPicture } from '../types';
import type { GpuFrame } from './frame-ring';
import type { GlContext, RenderTarget } from './gl-context';
import type { SmallCopyPass } from './small-copy-pass';

/** Longer side of the picture that guides the matte; the matte has its size. */
const GUIDE_LONG_SIDE: Record<Quality, number> = { low: 128, medium: 160, high: 256 };

/** Size of the small picture that guides the matte of a frame, pixels. */
export function guideSizeFor({ width, height }: Size, quality: Quality): Size {
  const scale = Math.min(1, GUIDE_LONG_SIDE[quality] / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Small copies of frames that only the GPU has: what a network sees, and what guides the matte. */
export class FrameCopies {
  readonly #context: GlContext;
  readonly #pass: SmallCopyPass;
  #input: RenderTarget | null = null;
  #guide: RenderTarget | null = null;

  constructor(context: GlContext, pass: SmallCopyPass) {
    this.#context = context;
    this.#pass = pass;
  }

  /** What a network is to see of a frame; the copies keep ownership, until the next call. */
  drawInput({ texture, size: sourceSize }: GpuFrame, size: Size, rect: PictureRect | null): RenderTarget {
    this.#input = this.#pass.draw(this.#input, { source: texture, sourceSize, size, ...(rect && { rect }) });
    return this.#input;
  }

  /**
   * The small picture that guides the matte of a frame, without waiting for the GPU.
   *
   * @throws VirtualBackgroundError where the GPU hangs or its context is lost
   */
  async readGuide(frame: GpuFrame, quality: Quality): Promise<SmallPicture> {
    const { width, height } = this.#drawGuide(frame, quality);
    const readback = new Readback(this.#context.gl, { width, height }, new Uint8Array(width * height * 4));
    return { width, height, pixels: await readback.finish() };
  }

  /** The same at once: waits for the GPU. */
  readGuideNow(frame: GpuFrame, quality: Quality): SmallPicture {
    const target = this.#drawGuide(frame, quality);
    const pixels = new Uint8Array(target.width * target.height * 4);
    this.#context.readPixels(target, pixels);
    return { width: target.width, height: target.height, pixels };
  }

  dispose(): void {
    for (const target of [this.#input, this.#guide]) if (target) this.#context.deleteTarget(target);
    this.#input = null;
    this.#guide = null;
  }

  /** Left bound for reading. */
  #drawGuide({ texture, size: sourceSize }: GpuFrame, quality: Quality): RenderTarget {
    this.#guide = this.#pass.draw(this.#guide, { source: texture, sourceSize, size: guideSizeFor(sourceSize, quality) });
    return this.#guide;
  }
}
