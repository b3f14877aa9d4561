import type { PipelineSettings } from '../../src/pipeline/messages';
import type { Size } from '../../src/types';
import { openPackage } from './baselines';
import type { BackgroundMode } from '../../src/gl/compositor';
import { LockedDriver, readAlpha, type Driver } from './drivers';
import type { Task } from './item';
import { MaskSource, spreadMask } from './masks';
import { blendPlainly } from './measures';
import { BRIGHT_BACKGROUND, PICTURE_BACKGROUND, drawBright, drawPicture } from './sheets';
import { readPixels } from './pixels';

/** One picture with its matte, and what it looks like over a background. */
export interface Shot {
  frame: number;
  image: ImageData;
  alpha: Uint8ClampedArray;
  /** The mask without any upsampling; the matte itself where a method shows none. */
  mask: Uint8ClampedArray;
  onBright(): ImageData;
  onPicture(): ImageData;
}

/** A method that is ready to be shown an item's pictures, in order. */
export interface Matter {
  /** Whether pictures in between may be left out. */
  readonly needsAll: boolean;
  present(bitmap: ImageBitmap, timeMs: number): Promise<void>;
  /** The next picture does not follow the last one. */
  reset(): void;
  shoot(frame: number): Shot;
  dispose(): void;
}

const kept = new Map<string, Promise<unknown>>();

/** Networks are loaded once a page. */
function keep<Value>(name: string, open: () => Promise<Value>): Promise<Value> {
  const found = (kept.get(name) as Promise<Value> | undefined) ?? open();
  kept.set(name, found);
  return found;
}

export async function openMatter(task: Task): Promise<Matter> {
  const { method, item, settings } = task;
  if (method.kind === 'package' || method.kind === 'same-net') {
    const person = await keep(method.id, () => openPackage(method, task.modelUrl));
    return new PlainMatter(item, async (image) => {
      const alpha = await person.segment(image);
      return { alpha, mask: alpha };
    });
  }
  const { model, quality, place = 'worker' } = method;
  const masks = await keep(`${place} ${model} ${quality}`, () => MaskSource.open({ place, model, quality, folder: task.masks, modelUrl: task.modelUrl }));
  const full: PipelineSettings = { background: BRIGHT_BACKGROUND, quality, ...settings };
  // The raw mask is the one of the whole frame, as the network gave it.
  const driver = new LockedDriver(masks, full, { isRaw: method.kind === 'raw' });
  driver.setPicture(await createImageBitmap(drawPicture(item)));
  return method.kind === 'raw' ? new RawMatter(item, driver) : new PipelineMatter(item, driver);
}

type Segment = (image: ImageData) => Promise<{ alpha: Uint8ClampedArray; mask: Uint8ClampedArray }>;

/** A matte from the picture alone, blended plainly. */
class PlainMatter implements Matter {
  readonly needsAll = false;
  readonly #segment: Segment;
  readonly #size: Size;
  readonly #bright: ImageData;
  readonly #picture: ImageData;
  #current: { image: ImageData; alpha: Uint8ClampedArray; mask: Uint8ClampedArray } | null = null;

  constructor(size: Size, segment: Segment) {
    this.#size = size;
    this.#segment = segment;
    this.#bright = drawBright(size);
    this.#picture = drawPicture(size);
  }

  async present(bitmap: ImageBitmap): Promise<void> {
    const image = readPixels(bitmap, this.#size.width, this.#size.height);
    this.#current = { image, ...(await this.#segment(image)) };
  }

  shoot(frame: number): Shot {
    if (!this.#current) throw new Error('Nothing was presented');
    const { image, alpha, mask } = this.#current;
    const over = (background: ImageData): ImageData => new ImageData(blendPlainly(image.data, background.data, alpha), image.width);
    return { frame, image, alpha, mask, onBright: () => over(this.#bright), onPicture: () => over(this.#picture) };
  }

  reset(): void {
    this.#current = null;
  }

  dispose(): void {
    this.#current = null;
  }
}

/** The network's mask of the same small picture as the pipeline's, upsampled linearly and blended plainly. */
class RawMatter extends PlainMatter {
  readonly #driver: Driver;

  constructor(size: Size, driver: Driver) {
    super(size, () => {
      const { mask } = driver;
      if (!mask) throw new Error('No mask');
      return Promise.resolve({ alpha: spreadMask(mask, size, true), mask: spreadMask(mask, size, false) });
    });
    this.#driver = driver;
  }

  override async present(bitmap: ImageBitmap, timeMs = 0): Promise<void> {
    await this.#driver.present(bitmap, timeMs);
    await super.present(bitmap);
  }

  override reset(): void {
    super.reset();
    this.#driver.reset();
  }

  override dispose(): void {
    super.dispose();
    this.#driver.dispose();
  }
}

class PipelineMatter implements Matter {
  readonly needsAll = true;
  readonly #size: Size;
  readonly #driver: Driver;
  #bitmap: ImageData | null = null;

  constructor(size: Size, driver: Driver) {
    this.#size = size;
    this.#driver = driver;
  }

  async present(bitmap: ImageBitmap, timeMs: number): Promise<void> {
    this.#bitmap = readPixels(bitmap, this.#size.width, this.#size.height);
    await this.#driver.present(bitmap, timeMs);
  }

  shoot(frame: number): Shot {
    const { mask } = this.#driver;
    if (!mask || !this.#bitmap) throw new Error('Nothing was presented');
    const read = (background: BackgroundMode) => (): ImageData => this.#driver.read(background);
    return {
      frame,
      image: this.#bitmap,
      alpha: readAlpha(this.#driver),
      mask: spreadMask(mask, this.#size, false),
      onBright: read(BRIGHT_BACKGROUND),
      onPicture: read(PICTURE_BACKGROUND),
    };
  }

  reset(): void {
    this.#driver.reset();
  }

  dispose(): void {
    this.#driver.dispose();
  }
}
