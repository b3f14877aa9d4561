import { VirtualBackgroundError } from '../errors';
import { FALLBACK_COLOR, type DrawnAs } from '../gl/compositor';
import { fillWith } from './hosts/cover';
import type { PipelineSettings } from './messages';
import type { FrameOutcome, PipelineOptions, SourceFrame } from './pipeline';
import { PipelineMeters } from './pipeline-meters';

export const NO_WEBGL2 = 'WebGL2 is not available: update the browser, or turn hardware acceleration on in its settings';

/**
 * A frame's way where there is no WebGL2: `background="none"` shows the room, for which a 2D canvas is enough. With any
 * other background a plain colour is drawn.
 */
export class PlainPipeline {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #options: Pick<PipelineOptions, 'onEvent' | 'onPicture'>;
  readonly #meters = new PipelineMeters();
  #settings: PipelineSettings;
  #lastDrawn: DrawnAs | null = null;

  /** @throws VirtualBackgroundError `output-unsupported` */
  constructor({ canvas, settings, onEvent, onPicture }: Pick<PipelineOptions, 'settings' | 'onEvent' | 'onPicture'> & { canvas: HTMLCanvasElement }) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new VirtualBackgroundError('output-unsupported', 'This browser gives no 2D canvas to draw pictures on');
    this.#canvas = canvas;
    this.#context = context;
    this.#settings = settings;
    this.#options = { onEvent, onPicture };
  }

  readonly hasContext = true;

  configure(settings: PipelineSettings): void {
    this.#settings = settings;
  }

  setPicture(bitmap: ImageBitmap | null): void {
    bitmap?.close();
  }

  setPictureFrame(): void {
    // Nothing is drawn with it.
  }

  connectSegmentation(port: MessagePort): void {
    port.close();
  }

  countDropped(frames: number): void {
    this.#meters.countDropped(frames);
  }

  resetSource(): void {
    // No picture depends on the one before.
  }

  offerFrame({ image, size, timeMs, timestamp, close }: SourceFrame): void {
    const startMs = performance.now();
    this.#meters.countInput(timeMs);
    try {
      const { outputScale = 1 } = this.#settings;
      const [width, height] = [toEven(size.width * outputScale), toEven(size.height * outputScale)];
      if (this.#canvas.width !== width) this.#canvas.width = width;
      if (this.#canvas.height !== height) this.#canvas.height = height;
      const drawn = this.#isRoomWanted ? 'raw' : 'curtain';
      if (drawn === 'raw') this.#context.drawImage(image, 0, 0, width, height);
      else this.#drawCurtain();
      this.#meters.countOutput({ drawn, compositeMs: performance.now() - startMs, latencyMs: 0, maskAgeMs: 0, timeMs });
      void this.#options.onPicture(drawn, timestamp);
      this.#report(drawn);
    } finally {
      close();
    }
  }

  /** After a change of settings: the room that is still on the canvas may not be wanted any more. */
  redraw(): FrameOutcome {
    if (this.#lastDrawn === null || this.#isRoomWanted) return 'not-drawn';
    this.#drawCurtain();
    this.#meters.countDrawn('curtain');
    this.#report('curtain');
    return 'curtain';
  }

  dispose(): void {
    // The canvas is its owner's.
  }

  get #isRoomWanted(): boolean {
    return this.#settings.background.kind === 'none';
  }

  #drawCurtain(): void {
    const { background } = this.#settings;
    fillWith(this.#context, background.kind === 'color' ? background.color : FALLBACK_COLOR);
  }

  #report(drawn: DrawnAs): void {
    if (drawn !== this.#lastDrawn) {
      this.#lastDrawn = drawn;
      this.#options.onEvent({ type: 'drawn', as: drawn });
    }
    const { width, height } = this.#canvas;
    const stats = this.#meters.takeStats(performance.now(), { width, height });
    if (stats) this.#options.onEvent({ type: 'stats', stats, sentMs: performance.timeOrigin + performance.now() });
  }
}

/** Video encoders want even sizes. */
const toEven = (pixels: number): number => Math.max(2, Math.round(pixels / 2) * 2);
