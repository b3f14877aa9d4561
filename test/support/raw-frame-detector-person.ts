/**
 * The person of the coded room: a drawn figure that walks from side to side and carries a small code on the chest.
 * The code names the phase of the walk, and the phase the place: so the exact silhouette of an outgoing picture's own
 * frame is known from that picture alone, however late it is and although the room is hidden.
 */
import { DrawnSample } from '../../demo/drawn-sample';
import { figureScale } from '../../demo/drawn-sample/figure';
import { BODY_WIDTH } from '../../demo/drawn-sample/pose';
import type { RoomPicture } from './raw-frame-detector-code';

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

interface Size {
  width: number;
  height: number;
}

/** Phases a second: as many as a usual camera's frames, so that nearly every frame shows another one. */
export const PHASES_PER_SECOND = 30;
/**
 * Phases of the way there and back. In a picture of 16:9 the person then walks at one body width (0.64 of the picture's
 * height) a second.
 */
export const WALK_PHASES = 108;
/** The person who is still, in the middle. */
export const STILL_PHASE = WALK_PHASES;
const PHASES = WALK_PHASES + 1;

/**
 * The code: black and white blocks below the collar, in figure units (1 = height of the picture, x from the body's
 * middle, y from the picture's bottom). It is narrow, so that a late mask cuts the person's sides before it cuts the
 * code. A block is 4 pixels wide at 90 lines.
 */
const CODE = { columns: 3, rows: 4, left: -0.0675, top: -0.28, width: 0.045, height: 0.06 } as const;
const BITS = CODE.columns * CODE.rows;
/** Seven bits name the phase; the others check it. */
const PHASE_BITS = 7;
/** Brightness (mean of the channels, 0…255) beyond which a block is white or black; between them it is neither. */
const WHITE = 170;
const BLACK = 85;
/** Places of a block that are read, in shares of it: apart from its rim, which codecs and scaling mix with the next. */
const PLACES = [0.3, 0.5, 0.7] as const;

/** How far the body's middle goes to each side, in figure units: never out of the picture. */
function reachOf(size: Size): number {
  return Math.max(size.width / 2 / figureScale(size) - BODY_WIDTH / 2, 0.1);
}

/** Pixels from the picture's middle to the body's middle, whole ones: the silhouette is then the still one, moved. */
function offsetOf(size: Size, phase: number): number {
  if (phase === STILL_PHASE) return 0;
  const share = phase / WALK_PHASES;
  const there = share < 0.5 ? 4 * share - 1 : 3 - 4 * share;
  return Math.round(there * reachOf(size) * figureScale(size));
}

/** The bits of a phase's code. Those that check it are mixed as in a hash, so that a torn code names no other phase. */
function codeOf(phase: number): number {
  const mixed = Math.imul(phase + 1, 0x9e3779b1);
  return (((mixed ^ (mixed >>> 15)) >>> 4) & ((1 << (BITS - PHASE_BITS)) - 1)) << PHASE_BITS | phase;
}

const isWhite = (phase: number, block: number): boolean => ((codeOf(phase) >> block) & 1) === 1;

/** Left, top, width and height of a block, pixels. */
function blockOf(size: Size, phase: number, block: number): [number, number, number, number] {
  const scale = figureScale(size);
  const x = size.width / 2 + offsetOf(size, phase) + (CODE.left + (block % CODE.columns) * CODE.width) * scale;
  const y = size.height + (CODE.top + Math.floor(block / CODE.columns) * CODE.height) * scale;
  return [x, y, CODE.width * scale, CODE.height * scale];
}

/** The phase of a moment in milliseconds: the person goes by the clock, whatever the camera's frame rate. */
export const phaseAt = (timeMs: number): number => Math.floor((timeMs * PHASES_PER_SECOND) / 1000) % WALK_PHASES;

/** The person at one size of the picture. */
export class CodedPerson {
  readonly #size: Size;
  readonly #figure: HTMLCanvasElement | OffscreenCanvas;
  readonly #alpha: Uint8ClampedArray;
  readonly #dilated = new Map<number, Uint8Array>();

  constructor({ width, height }: Size) {
    this.#size = { width, height };
    const sample = new DrawnSample({ width, height, background: 'none', pose: 'still' });
    this.#figure = sample.canvas;
    this.#alpha = sample.alpha(0);
  }

  /** Draws the person with the code over what is there. */
  draw(context: Context, phase: number): void {
    context.drawImage(this.#figure, offsetOf(this.#size, phase), 0);
    for (let block = 0; block < BITS; block += 1) {
      context.fillStyle = isWhite(phase, block) ? '#fff' : '#000';
      context.fillRect(...blockOf(this.#size, phase, block));
    }
  }

  /** Draws the figure alone, without the code: its alpha is the exact mask of a phase. */
  drawMask(context: Context, phase: number): void {
    context.drawImage(this.#figure, offsetOf(this.#size, phase), 0);
  }

  /** Whether a pixel lies in a phase's silhouette, or no further than some pixels from it. */
  silhouette(phase: number, tolerance: number): (x: number, y: number) => boolean {
    const { width } = this.#size;
    const offset = offsetOf(this.#size, phase);
    const still = this.#dilate(tolerance);
    return (x, y) => x - offset >= 0 && x - offset < width && still[y * width + x - offset] === 1;
  }

  /** Pixels that are any part of the still person, or at most so far from one in both directions. */
  #dilate(tolerance: number): Uint8Array {
    const known = this.#dilated.get(tolerance);
    if (known) return known;
    const { width, height } = this.#size;
    const wide = new Uint8Array(width * height);
    const dilated = new Uint8Array(width * height);
    for (let index = 0; index < wide.length; index += 1) {
      if (this.#alpha[index] === 0) continue;
      const x = index % width;
      wide.fill(1, index - Math.min(x, tolerance), index + Math.min(width - x, tolerance + 1));
    }
    for (let index = 0; index < wide.length; index += 1) {
      if (wide[index] === 0) continue;
      const y = Math.floor(index / width);
      for (let row = Math.max(0, y - tolerance); row <= Math.min(height - 1, y + tolerance); row += 1) dilated[row * width + (index % width)] = 1;
    }
    this.#dilated.set(tolerance, dilated);
    return dilated;
  }
}

/** Whether all that is read of a block is white, or all is black, as the code wants it. */
function holdsBlock({ data, width, height }: RoomPicture, [left, top, blockWidth, blockHeight]: readonly number[], white: boolean): boolean {
  for (const down of PLACES) {
    for (const across of PLACES) {
      const x = Math.floor((left as number) + across * (blockWidth as number));
      const y = Math.floor((top as number) + down * (blockHeight as number));
      if (x < 0 || x >= width || y < 0 || y >= height) return false;
      const at = (y * width + x) * 4;
      const light = ((data[at] as number) + (data[at + 1] as number) + (data[at + 2] as number)) / 3;
      if (white ? light < WHITE : light > BLACK) return false;
    }
  }
  return true;
}

/**
 * The phase of the person in a picture that shows the whole frame; null where no code can be read whole. A code counts
 * only at its own phase's place, so it is proved twice.
 */
export function readPhase(picture: RoomPicture): number | null {
  for (let phase = 0; phase < PHASES; phase += 1) {
    let block = 0;
    while (block < BITS && holdsBlock(picture, blockOf(picture, phase, block), isWhite(phase, block))) block += 1;
    if (block === BITS) return phase;
  }
  return null;
}
