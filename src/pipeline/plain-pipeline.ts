import { VirtualBackgroundError } from '../errors';
import type { DrawnAs } from '../gl/compositor';
import { FALLBACK_COLOR } from '../gl/fallback-color';
import { fillWith } from './hosts/cover';
import type { PipelineSettings } from './messages';
import type { Pipeline } from './pipeline';
import { PipelineMeters } from './pipeline-meters';
import type { FrameOutcome, PipelineOptions, SourceFrame } from './pipeline-options';
import { SilenceWatch } from './silence-watch';

/** What the window host needs of a pipeline. */
export type WindowPipeline = Pick<
  Pipeline,
  'canDraw' | 'changeSource' | 'configure' | 'connectSegmentation' | 'countDropped' | 'dispose' | 'hideSource' | 'offerFrame' | 'redraw' | 'setPicture' | 'setPictureFrame'
>;

export type PlainPipelineOptions = Pick<PipelineOptions, 'maskPort' | 'settings' | 'onEvent' | 'onPicture' | 'onConceal'> & { canvas: HTMLCanvasElement };

/**
 * A frame's way where there is no WebGL2: with `background="none"` the room is wanted, for which a 2D canvas is enough. For
 * any other background nobody can be cut out, and a plain colour is drawn.
 */
export class PlainPipeline implements WindowPipeline {
  readonly canDraw = true;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #options: PlainPipelineOptions;
  readonly #meters = new PipelineMeters();
  readonly #silence: SilenceWatch;
  #settings: PipelineSettings;
  #lastDrawn: DrawnAs | null = null;

  /** @throws VirtualBackgroundError `output-unsupported` */
  constructor(options: PlainPipelineOptions) {
    const { canvas, maskPort, settings, onEvent } = options;
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new VirtualBackgroundError('output-unsupported', 'This browser gives no 2D canvas to draw pictures on');
    maskPort.close();
    this.#canvas = canvas;
    this.#context = context;
    this.#options = options;
    this.#settings = settings;
    this.#silence = new SilenceWatch({
      onConceal: () => this.#conceal(),
      onSilence: (isSilent) => onEvent({ type: 'silence', isSilent }),
    });
  }

  configure(settings: PipelineSettings): void {
    this.#settings = settings;
  }

  setPicture(bitmap: ImageBitmap | null): void {
    bitmap?.close();
  }

  setPictureFrame(): void {
    // Nobody would be seen before it.
  }

  connectSegmentation(port: MessagePort): void {
    port.close();
  }

  countDropped(frames: number): void {
    this.#meters.countDropped(frames);
  }

  changeSource(isSteady: boolean): void {
    this.#silence.expect(isSteady);
  }

  hideSource(isHidden: boolean): void {
    this.#silence.hide(isHidden);
  }

  offerFrame({ image, size, timeMs, timestamp, close }: SourceFrame): void {
    const startMs = performance.now();
    this.#meters.countInput(timeMs);
    this.#silence.noteFrame();
    try {
      const { outputScale = 1 } = this.#settings;
      const [width, height] = [toEven(size.width * outputScale), toEven(size.height * outputScale)];
      if (this.#canvas.width !== width) this.#canvas.width = width;
      if (this.#canvas.height !== height) this.#canvas.height = height;
      const drawn = this.#wanted.kind === 'none' ? 'raw' : 'curtain';
      if (drawn === 'raw') this.#context.drawImage(image, 0, 0, width, height);
      else this.#drawCurtain();
      this.#meters.countOutput({ drawn, compositeMs: performance.now() - startMs, latencyMs: 0, maskAgeMs: 0, timeMs });
      void this.#options.onPicture(drawn, timestamp);
      this.#report(drawn);
    } finally {
      close();
    }
  }

  /** After a change of settings: the room that is on the canvas may not be wanted any more. */
  redraw(): FrameOutcome {
    if (this.#lastDrawn === null || this.#wanted.kind === 'none') return 'not-drawn';
    this.#drawCurtain();
    this.#meters.countDrawn('curtain');
    this.#report('curtain');
    return 'curtain';
  }

  dispose(): void {
    this.#silence.dispose();
  }

  /** The background that is to be drawn now. */
  get #wanted(): PipelineSettings['background'] {
    return this.#silence.drawn(this.#settings).background;
  }

  #conceal(): void {
    const drawn = this.redraw();
    if (drawn === 'not-drawn') this.#options.onConceal();
    else void this.#options.onPicture(drawn, null);
  }

  #drawCurtain(): void {
    const background = this.#wanted;
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
