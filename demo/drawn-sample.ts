import { contextOf, createCanvas, type AnyCanvas, type Context2D } from './drawn-sample/canvas.ts';
import { drawCode } from './drawn-sample/code-pattern.ts';
import { drawFigure, figureScale } from './drawn-sample/figure.ts';
import type { HairStyle } from './drawn-sample/hair.ts';
import { poseAt, type PoseName } from './drawn-sample/pose.ts';
import { drawRoom } from './drawn-sample/room.ts';

export { CODE_COLOURS, CODE_COLUMNS, CODE_ROWS, CODE_STEP_MS, codeCell, codeColour } from './drawn-sample/code-pattern.ts';
export { HAIR_STYLES, type HairStyle } from './drawn-sample/hair.ts';
export { POSES, type PoseName } from './drawn-sample/pose.ts';

/** What is behind the figure: a furnished room, a moving colour code for leak detectors, plain grey, or nothing. */
export type SampleBackground = 'room' | 'code' | 'plain' | 'none';

export interface DrawnSampleOptions {
  /** Size of the picture in pixels; 640 × 360 unless told. */
  width?: number;
  height?: number;
  background?: SampleBackground;
  pose?: PoseName;
  hair?: HairStyle;
  /** `false` draws the background alone; its matte is 0 everywhere. */
  person?: boolean;
}

const PLAIN = '#8a8f94';

/**
 * An animated head-and-shoulders figure in a drawn room, whose matte is known exactly. Picture and matte
 * depend on the options and the time alone, so the same time gives the same pixels.
 *
 * The picture is the background with the figure over it, straight sRGB: where `alpha` is 0 it is the
 * background untouched, where `alpha` is 255 nothing of the background shows. With the background `none` it is
 * the figure alone, transparent around it.
 */
export class DrawnSample {
  readonly width: number;
  readonly height: number;
  /** The picture last drawn. An OffscreenCanvas where there is no document. */
  readonly canvas: AnyCanvas;

  readonly #options: Required<Pick<DrawnSampleOptions, 'background' | 'pose' | 'hair' | 'person'>>;
  readonly #context: Context2D;
  readonly #layer: Context2D;
  readonly #room: AnyCanvas | null;
  #figureTimeMs = Number.NaN;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #startedMs = 0;
  #playing = false;
  #tracks: MediaStreamTrack[] = [];

  constructor(options: DrawnSampleOptions = {}) {
    const { width = 640, height = 360, background = 'room', pose = 'sway', hair = 'short', person = true } = options;
    this.width = width;
    this.height = height;
    this.#options = { background, pose, hair, person };
    this.canvas = createCanvas(width, height);
    this.#context = contextOf(this.canvas, true);
    this.#layer = contextOf(createCanvas(width, height), true);
    this.#room = background === 'room' ? createCanvas(width, height) : null;
    if (this.#room) drawRoom(contextOf(this.#room, true), this);
    this.draw(0);
  }

  /** Draws the picture of a time in milliseconds onto {@link canvas}. */
  draw(timeMs: number): void {
    this.#drawBackground(timeMs);
    if (!this.#options.person) return;
    this.#drawLayer(timeMs);
    this.#context.drawImage(this.#layer.canvas, 0, 0);
  }

  /**
   * The exact matte of a time: the person's alpha, 0…255, a value a pixel, rows from the top left. The canvas
   * keeps what it shows.
   */
  alpha(timeMs: number): Uint8ClampedArray {
    const matte = new Uint8ClampedArray(this.width * this.height);
    if (!this.#options.person) return matte;
    this.#drawLayer(timeMs);
    const { data } = this.#layer.getImageData(0, 0, this.width, this.height);
    for (let index = 0; index < matte.length; index += 1) matte[index] = data[index * 4 + 3] ?? 0;
    return matte;
  }

  /** Draws the picture again and again by the clock until {@link stop}. */
  play(frameRate = 30): void {
    this.#playing = true;
    this.#animate(frameRate);
  }

  /** Ends the animation and every track that {@link captureStream} gave. */
  stop(): void {
    this.#playing = false;
    for (const track of this.#tracks) track.stop();
    this.#tracks = [];
    this.#halt();
  }

  /**
   * A stream with one video track of the animated picture. The caller owns the track; the animation ends when
   * every such track was stopped.
   *
   * @param frameRate Pictures a second.
   * @throws Error without a document: a worker's canvas has no stream.
   */
  captureStream(frameRate = 30): MediaStream {
    if (!('captureStream' in this.canvas)) {
      throw new Error('captureStream needs a page: a canvas in a worker has no stream. Call draw() there instead');
    }
    const stream = this.canvas.captureStream();
    this.#tracks.push(...stream.getVideoTracks());
    this.#animate(frameRate);
    return stream;
  }

  #animate(frameRate: number): void {
    // One that runs already goes on from where it is, at the new rate.
    if (this.#ticker === undefined) this.#startedMs = performance.now();
    this.#halt();
    this.draw(performance.now() - this.#startedMs);
    this.#ticker = setInterval(() => {
      this.#tracks = this.#tracks.filter((track) => track.readyState === 'live');
      if (!this.#playing && this.#tracks.length === 0) this.#halt();
      else this.draw(performance.now() - this.#startedMs);
    }, 1000 / frameRate);
  }

  #halt(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  #drawBackground(timeMs: number): void {
    if (this.#room) {
      this.#context.drawImage(this.#room, 0, 0);
    } else if (this.#options.background === 'code') {
      drawCode(this.#context, this, timeMs);
    } else if (this.#options.background === 'none') {
      this.#context.clearRect(0, 0, this.width, this.height);
    } else {
      this.#context.fillStyle = PLAIN;
      this.#context.fillRect(0, 0, this.width, this.height);
    }
  }

  #drawLayer(timeMs: number): void {
    if (timeMs === this.#figureTimeMs) return;
    const { pose, hair } = this.#options;
    const halfWidth = this.width / 2 / figureScale(this);
    this.#layer.clearRect(0, 0, this.width, this.height);
    drawFigure(this.#layer, this, { pose: poseAt(pose, timeMs, halfWidth), hair });
    this.#figureTimeMs = timeMs;
  }
}
