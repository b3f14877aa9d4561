import { MaskFinder } from '../../src/masks/tracker';
import type { PipelineSettings } from '../../src/pipeline/messages';
import { Pipeline } from '../../src/pipeline/pipeline';
import { Compositor, type BackgroundMode } from '../../src/gl/compositor';
import type { DataRequest, DataResponse } from '../../src/segmentation/messages';
import { DEFAULT_PEOPLE, type Mask, type Size } from '../../src/types';
import type { MaskSource } from './masks';
import { readPixels } from './pixels';

const WHITE: BackgroundMode = { kind: 'color', color: [1, 1, 1] };
const BLACK: BackgroundMode = { kind: 'color', color: [0, 0, 0] };

/** The first picture's time in live runs: a clock that has run for a while, as a page's has. */
const START_MS = 10_000;

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

export function createDriver(masks: MaskSource, settings: PipelineSettings, maskDelayMs: number): Driver {
  return maskDelayMs > 0 ? new LiveDriver(masks, settings, maskDelayMs) : new LockedDriver(masks, settings);
}

/** Each picture with its own mask, as where the network runs in the compositor's context. */
class LockedDriver implements Driver {
  mask: Mask | null = null;
  readonly #compositor = new Compositor(new OffscreenCanvas(2, 2));
  readonly #finder = new MaskFinder();
  readonly #masks: MaskSource;
  readonly #settings: PipelineSettings;
  #size: Size = { width: 2, height: 2 };

  constructor(masks: MaskSource, settings: PipelineSettings) {
    this.#masks = masks;
    this.#settings = settings;
  }

  async present(image: ImageBitmap, timeMs: number): Promise<void> {
    this.#size = { width: image.width, height: image.height };
    this.#compositor.setFrame(image, this.#size);
    const isFirst = !this.mask;
    let found = await this.#look(timeMs);
    // A look at the whole frame is half of it where the person is looked at more closely.
    if (!found || isFirst) found = (await this.#look(timeMs)) ?? found;
    if (!found) throw new Error('Two looks made no mask');
    this.mask = found;
    this.#compositor.setMask(found, timeMs);
    this.#compositor.render(this.#settings, true);
  }

  async #look(timeMs: number): Promise<Mask | null> {
    const { quality, inputScale, people = DEFAULT_PEOPLE } = this.#settings;
    const look = this.#finder.plan(this.#masks.spec, this.#size, quality, timeMs, inputScale);
    const { size, rect } = look;
    const pixels = new Uint8Array(size.width * size.height * 4);
    if (rect) this.#compositor.readSegmenterDetail(rect, size, pixels);
    else this.#compositor.readSegmenterInput(size, pixels);
    return this.#finder.accept(await this.#masks.segment({ ...size, pixels }), look, people, timeMs);
  }

  read(background: BackgroundMode): ImageData {
    this.#compositor.render({ ...this.#settings, background }, true);
    return readPixels(this.#compositor.context.canvas, this.#size.width, this.#size.height);
  }

  reset(): void {
    this.mask = null;
    this.#finder.reset();
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

/**
 * The whole pipeline by a clock of its own: it asks for masks when it wants to, and gets each of them that much
 * later. Its clock is set by the pictures' times, so a slow machine gives the same figures as a fast one.
 */
class LiveDriver implements Driver {
  mask: Mask | null = null;
  readonly #pipeline: Pipeline;
  /** The pipeline's own end and the network's. */
  readonly #ports = new MessageChannel();
  readonly #masks: MaskSource;
  readonly #delayMs: number;
  readonly #settings: PipelineSettings;
  #picture: ImageBitmap | null = null;
  #size: Size = { width: 2, height: 2 };
  #request: { data: DataRequest; timeMs: number } | null = null;
  #arrived: (() => void) | null = null;
  #timeMs = 0;
  #person = false;
  readonly #realNow = performance.now.bind(performance);

  constructor(masks: MaskSource, settings: PipelineSettings, delayMs: number) {
    this.#masks = masks;
    this.#settings = settings;
    this.#delayMs = delayMs;
    performance.now = () => this.#timeMs;
    this.#pipeline = new Pipeline({
      canvas: new OffscreenCanvas(2, 2),
      maskPort: this.#ports.port1,
      settings,
      createTextureSegmenter: null,
      onEvent: (event) => {
        if (event.type === 'drawn') this.#person = event.as === 'person';
        if (event.type === 'warning' || event.type === 'failed') throw new Error(event.error.message);
      },
    });
    this.#ports.port2.onmessage = ({ data }: MessageEvent<DataRequest | 'all sent'>) => {
      if (data === 'all sent') this.#arrived?.();
      else this.#request = { data, timeMs: this.#timeMs };
    };
  }

  async present(image: ImageBitmap, timeMs: number): Promise<void> {
    if (!this.#request && !this.mask) await this.#begin(image, START_MS + timeMs);
    else await this.#show(image, START_MS + timeMs);
  }

  read(background: BackgroundMode): ImageData {
    this.#pipeline.configure({ ...this.#settings, background });
    if (background.kind === 'picture' && this.#picture) this.#pipeline.setPictureFrame(this.#picture, this.#picture);
    this.#pipeline.redraw();
    return readPixels(this.#pipeline.canvas, this.#size.width, this.#size.height);
  }

  reset(): void {
    throw new Error('A live run cannot leave pictures out');
  }

  setPicture(bitmap: ImageBitmap): void {
    // The pipeline keeps one only while such a background is set.
    this.#picture?.close();
    this.#picture = bitmap;
  }

  dispose(): void {
    this.#pipeline.dispose();
    this.#picture?.close();
    this.#ports.port2.close();
    performance.now = this.#realNow;
  }

  /** The first picture stands until it is cut out: how long the start takes is no matter here. */
  async #begin(image: ImageBitmap, timeMs: number): Promise<void> {
    await this.#send({ type: 'spec', spec: { ...this.#masks.spec, inferenceMs: this.#delayMs } });
    const stepMs = 1000 / 30;
    const steps = Math.ceil(this.#delayMs / stepMs) + 2;
    for (let step = steps; step >= 0; step--) await this.#show(image, timeMs - step * stepMs);
    if (!this.#person) throw new Error('The pipeline drew no person');
  }

  async #show(image: ImageBitmap, timeMs: number): Promise<void> {
    this.#size = { width: image.width, height: image.height };
    if (this.#request && timeMs >= this.#request.timeMs + this.#delayMs - 0.01) await this.#answer(this.#request.data);
    this.#timeMs = timeMs;
    this.#pipeline.configure(this.#settings);
    if (this.#pipeline.processFrame(image, this.#size, timeMs) === 'not-drawn') throw new Error('The GPU context was lost');
    this.#pipeline.requestMask();
    await this.#arrival();
  }

  async #answer({ id, buffer, width, height }: DataRequest): Promise<void> {
    this.#request = null;
    const mask = await this.#masks.segment({ width, height, pixels: new Uint8Array(buffer) });
    await this.#send({ type: 'mask', id, mask, buffer, inferenceMs: this.#delayMs });
    this.mask = mask;
  }

  /** Resolves when the pipeline has handled it. */
  async #send(message: DataResponse): Promise<void> {
    const handled = new Promise((resolve) => this.#ports.port1.addEventListener('message', resolve, { once: true }));
    this.#ports.port2.postMessage(message);
    await handled;
  }

  /** Resolves when whatever the pipeline asked for is here. */
  async #arrival(): Promise<void> {
    const arrived = new Promise<void>((resolve) => (this.#arrived = resolve));
    this.#ports.port1.postMessage('all sent');
    await arrived;
  }
}
