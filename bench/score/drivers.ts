import { Compositor, type BackgroundMode } from '../../src/gl/compositor';
import type { GpuFrame } from '../../src/gl/frame-ring';
import type { Look } from '../../src/masks/mask-source';
import { MaskTracker } from '../../src/masks/tracker';
import type { PipelineSettings } from '../../src/pipeline/messages';
import { inputSizesFor } from '../../src/segmentation/network-input';
import type { Mask, Size } from '../../src/types';
import type { MaskSource } from './masks';
import { readPixels } from './pixels';

const WHITE: BackgroundMode = { kind: 'color', color: [1, 1, 1] };
const BLACK: BackgroundMode = { kind: 'color', color: [0, 0, 0] };

/** Draws an item's pictures, in order, as the product does. */
export interface Driver {
  /** The mask in use, or null before the first. */
  readonly mask: Mask | null;
  /** Draws the next picture; it stays the caller's. */
  present(image: ImageBitmap, timeMs: number): Promise<void>;
  /** The next picture does not follow the last one. */
  reset(): void;
  /** What the current picture looks like over a background. */
  read(background: BackgroundMode): ImageData;
  /** For backgrounds of kind `picture`; takes the bitmap. */
  setPicture(bitmap: ImageBitmap): void;
  dispose(): void;
}

/** The pipeline's alpha, as a viewer could measure it: the same picture over white less the same over black. */
export function readAlpha(driver: Driver): Uint8ClampedArray {
  const onWhite = driver.read(WHITE).data;
  const onBlack = driver.read(BLACK).data;
  const alpha = new Uint8ClampedArray(onWhite.length / 4);
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    alpha[pixel] = 255 - ((onWhite[pixel * 4 + 1] as number) - (onBlack[pixel * 4 + 1] as number));
  }
  return alpha;
}

/** Each picture with the mask that was made for it, as the pipeline draws it. */
export class LockedDriver implements Driver {
  mask: Mask | null = null;
  readonly #compositor = new Compositor(new OffscreenCanvas(2, 2));
  readonly #tracker = new MaskTracker((error) => {
    throw error;
  });
  readonly #masks: MaskSource;
  readonly #settings: PipelineSettings;
  readonly #isRaw: boolean;
  #frame: GpuFrame | null = null;
  #size: Size = { width: 2, height: 2 };

  /** @param isRaw the network looks at the whole frame, and nothing is done to its mask */
  constructor(masks: MaskSource, settings: PipelineSettings, { isRaw = false } = {}) {
    this.#masks = masks;
    this.#settings = settings;
    this.#isRaw = isRaw;
  }

  async present(image: ImageBitmap, timeMs: number): Promise<void> {
    const { quality, inputScale, people } = this.#settings;
    const compositor = this.#compositor;
    const size = (this.#size = { width: image.width, height: image.height });
    if (this.#frame) compositor.releaseFrame(this.#frame);
    const frame = (this.#frame = compositor.takeFrame(image, size));
    const { spec } = this.#masks;
    const segment = (look: Look): Promise<Mask> => {
      const pixels = new Uint8Array(look.size.width * look.size.height * 4);
      compositor.readInput(frame, look.size, look.rect, pixels);
      return this.#masks.segment({ ...look.size, pixels });
    };
    this.mask = this.#isRaw
      ? await segment({ size: inputSizesFor(spec.input, size, inputScale).whole, rect: null })
      : await this.#tracker.find({ spec, frame: size, timeMs, quality, people, inputScale }, segment);
    compositor.setMask(frame, this.mask, { quality, timeMs });
    compositor.render(frame, this.#settings);
  }

  read(background: BackgroundMode): ImageData {
    if (!this.#frame) throw new Error('Nothing was presented');
    this.#compositor.render(this.#frame, { ...this.#settings, background });
    return readPixels(this.#compositor.context.canvas, this.#size.width, this.#size.height);
  }

  reset(): void {
    this.mask = null;
    this.#tracker.reset();
    this.#compositor.clearMask();
  }

  setPicture(bitmap: ImageBitmap): void {
    this.#compositor.setPicture(bitmap, bitmap);
    bitmap.close();
  }

  dispose(): void {
    this.#compositor.dispose();
  }
}
