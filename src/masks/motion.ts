import type { Mask } from '../types';

/** Finer masks are averaged down to this: a whole person's motion needs no more, and soft edges carry it. */
const MAX_GRID_WIDTH = 64;
const MAX_GRID_HEIGHT = 36;
/** Logits are cut off here: beyond, they tell of the network's mood and not of the outline. */
const LOGIT_REACH = 4;
const MAX_STEPS = 8;
/** In cells of the grid; a smaller step ends the search. */
const FINE_STEP = 0.01;
/** Of the curvature: keeps the step finite where the outline says nothing about a direction. */
const DAMPING = 0.01;
/** Masks further apart say nothing about the speed now, nor does one about a frame so much later. */
const MAX_INTERVAL_MS = 500;
const MAX_AGE_MS = 250;
/** Share of the picture's width or height. */
const MAX_SHIFT = 0.08;
/**
 * Share of the change's energy that the shift may leave over: fully trusted below the first, not at all above the
 * second. People bend while they move, so little would be too strict; with more, gestures drag the body along.
 */
const TRUSTED_RESIDUE = 0.35;
const WORTHLESS_RESIDUE = 0.55;
/** Below (half a pixel of 640) the person is still; from the second on the shift counts in full. */
const STILL_SHIFT = 0.0008;
const MOVING_SHIFT = 0.0016;

type Vector = readonly [number, number];
const NOWHERE: Vector = [0, 0];

/**
 * How the person as a whole moves, from one mask to the next, so that a mask that is older than its frame can be
 * carried along. One translation is fitted to the whole soft mask by least squares: Lucas and Kanade, "An
 * iterative image registration technique" (1981), with the gradients of the older mask only, as Baker and
 * Matthews showed ("Lucas-Kanade 20 years on", 2004), so that a step costs one look at each cell.
 *
 * It would rather say nothing than something wrong: a shift has to explain most of what changed (an arm that
 * moves alone, a second person, somebody who comes in do not), and has to be seen in two intervals running. Of
 * those two the smaller counts, in each direction: the prediction stops at once when the person stops or turns,
 * and never overshoots because of one odd mask.
 */
export class MaskMotion {
  /** Blurred grids of the mask before and of the latest, and room to blur in. */
  #before = new Float32Array(0);
  #after = new Float32Array(0);
  #scratch = new Float32Array(0);
  #slopesX = new Float32Array(0);
  #slopesY = new Float32Array(0);
  #gridWidth = 0;
  #gridHeight = 0;
  /** What masks have in common that can be compared. */
  #likeness = '';
  #timeMs = -Infinity;
  /** Shares of the frame's width and height a millisecond, over the last interval. */
  #measured: Vector = NOWHERE;
  #velocity: Vector = NOWHERE;

  /** Another source or another network: masks cannot be compared. */
  reset(): void {
    this.#timeMs = -Infinity;
    this.#measured = NOWHERE;
    this.#velocity = NOWHERE;
  }

  /**
   * Reads the mask and keeps nothing of it.
   *
   * @param timeMs when the mask's frame arrived
   */
  update(mask: Mask, timeMs: number): void {
    this.#prepare(mask);
    const elapsedMs = timeMs - this.#timeMs;
    // The same frame again, or a clock that was set back.
    if (elapsedMs <= 0) this.reset();
    [this.#before, this.#after] = [this.#after, this.#before];
    this.#sample(mask);
    blur(this.#after, this.#scratch, this.#gridWidth, this.#gridHeight);
    this.#timeMs = timeMs;
    const measured = elapsedMs > 0 && elapsedMs <= MAX_INTERVAL_MS ? this.#measure(mask, elapsedMs) : NOWHERE;
    this.#velocity = [smallerOf(measured[0], this.#measured[0]), smallerOf(measured[1], this.#measured[1])];
    this.#measured = measured;
  }

  /**
   * How far the person has moved since the latest mask, as shares of the frame's width and height (positive =
   * to the right, down); exactly 0 while they are still or nothing is known.
   *
   * @param timeMs when the frame to be cut out arrived
   */
  shiftAt(timeMs: number): Vector {
    const ageMs = Math.min(MAX_AGE_MS, Math.max(0, timeMs - this.#timeMs));
    const [x, y] = this.#velocity;
    // A velocity of 0 must not meet an infinite age.
    return [x === 0 ? 0 : clamp(x * ageMs, MAX_SHIFT), y === 0 ? 0 : clamp(y * ageMs, MAX_SHIFT)];
  }

  #prepare({ width, height, kind, geometry }: Mask): void {
    const { scaleX, scaleY, offsetX, offsetY } = geometry;
    const likeness = [width, height, kind, scaleX, scaleY, offsetX, offsetY].join();
    if (likeness === this.#likeness) return;
    this.#likeness = likeness;
    this.reset();
    this.#gridWidth = Math.floor(width / Math.ceil(width / MAX_GRID_WIDTH));
    this.#gridHeight = Math.floor(height / Math.ceil(height / MAX_GRID_HEIGHT));
    const cells = this.#gridWidth * this.#gridHeight;
    this.#before = new Float32Array(cells);
    this.#after = new Float32Array(cells);
    this.#scratch = new Float32Array(cells);
    this.#slopesX = new Float32Array(cells);
    this.#slopesY = new Float32Array(cells);
  }

  /** Soft verdicts 0…1, averaged. A straight ramp over the logits does for the sigmoid, at a tenth of its price. */
  #sample({ data, width, height, kind }: Mask): void {
    const grid = this.#after;
    const stepX = Math.ceil(width / MAX_GRID_WIDTH);
    const stepY = Math.ceil(height / MAX_GRID_HEIGHT);
    const isLogit = kind === 'logit';
    const low = isLogit ? -LOGIT_REACH : 0;
    const high = isLogit ? LOGIT_REACH : 1;
    const scale = 1 / ((high - low) * stepX * stepY);
    grid.fill(0);
    for (let y = 0; y < this.#gridHeight * stepY; y++) {
      const row = Math.floor(y / stepY) * this.#gridWidth;
      for (let x = 0, at = y * width; x < this.#gridWidth; x++) {
        let sum = 0;
        for (const end = at + stepX; at < end; at++) {
          const value = data[at] as number;
          // Written so that what is no number counts as room.
          if (value > low) sum += (value < high ? value : high) - low;
        }
        grid[row + x] = (grid[row + x] as number) + sum * scale;
      }
    }
  }

  /** @returns velocity in shares of the frame a millisecond */
  #measure({ width, height, geometry }: Mask, elapsedMs: number): Vector {
    const [x, y] = this.#fit();
    const shiftX = (x * Math.ceil(width / MAX_GRID_WIDTH)) / width / geometry.scaleX;
    const shiftY = (y * Math.ceil(height / MAX_GRID_HEIGHT)) / height / geometry.scaleY;
    const length = Math.hypot(shiftX, shiftY);
    // A verdict that flips from mask to mask would jerk the edge; it fades instead.
    const moving = fade(length, STILL_SHIFT, MOVING_SHIFT);
    return moving === 0 ? NOWHERE : [(shiftX * moving) / elapsedMs, (shiftY * moving) / elapsedMs];
  }

  /** The shift, in cells of the grid, from the older grid to the latest; less where it is in doubt. */
  #fit(): Vector {
    const { xx, xy, yy } = this.#findSlopes();
    const damping = DAMPING * (xx + yy);
    const determinant = (xx + damping) * (yy + damping) - xy * xy;
    if (!(determinant > 0)) return NOWHERE;
    let [x, y] = [0, 0];
    let { energy, alongX, alongY } = this.#compare(x, y);
    const whole = energy;
    if (!(whole > 0)) return NOWHERE;
    for (let step = 0; step < MAX_STEPS; step++) {
      const stepX = ((yy + damping) * alongX - xy * alongY) / determinant;
      const stepY = ((xx + damping) * alongY - xy * alongX) / determinant;
      x += stepX;
      y += stepY;
      // The search has lost the person: what is left to compare would fit by chance.
      if (Math.abs(x) > this.#gridWidth / 4 || Math.abs(y) > this.#gridHeight / 4) return NOWHERE;
      ({ energy, alongX, alongY } = this.#compare(x, y));
      if (Math.hypot(stepX, stepY) < FINE_STEP) break;
    }
    const trust = fade(energy / whole, WORTHLESS_RESIDUE, TRUSTED_RESIDUE);
    return [x * trust, y * trust];
  }

  /** Central differences of the older grid, and their products over the whole of it. */
  #findSlopes(): { xx: number; xy: number; yy: number } {
    const [grid, width, height] = [this.#before, this.#gridWidth, this.#gridHeight];
    let [xx, xy, yy] = [0, 0, 0];
    for (let y = 1; y < height - 1; y++) {
      for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
        const slopeX = ((grid[at + 1] as number) - (grid[at - 1] as number)) / 2;
        const slopeY = ((grid[at + width] as number) - (grid[at - width] as number)) / 2;
        this.#slopesX[at] = slopeX;
        this.#slopesY[at] = slopeY;
        xx += slopeX * slopeX;
        xy += slopeX * slopeY;
        yy += slopeY * slopeY;
      }
    }
    return { xx, xy, yy };
  }

  /**
   * What a shift leaves unexplained, and where along the slopes it lies. What would come from beyond the picture
   * is taken as the picture's border, which is what a body does that the border cuts.
   */
  #compare(shiftX: number, shiftY: number): { energy: number; alongX: number; alongY: number } {
    const [before, after, width, height] = [this.#before, this.#after, this.#gridWidth, this.#gridHeight];
    const wholeX = Math.floor(shiftX);
    const wholeY = Math.floor(shiftY);
    const [partX, partY] = [shiftX - wholeX, shiftY - wholeY];
    let [energy, alongX, alongY] = [0, 0, 0];
    for (let y = 1; y < height - 1; y++) {
      const upper = within(y + wholeY, height) * width;
      const lower = within(y + wholeY + 1, height) * width;
      for (let x = 1; x < width - 1; x++) {
        const left = within(x + wholeX, width);
        const right = within(x + wholeX + 1, width);
        const above = (after[upper + left] as number) * (1 - partX) + (after[upper + right] as number) * partX;
        const below = (after[lower + left] as number) * (1 - partX) + (after[lower + right] as number) * partX;
        const at = y * width + x;
        const rest = (before[at] as number) - above * (1 - partY) - below * partY;
        energy += rest * rest;
        alongX += rest * (this.#slopesX[at] as number);
        alongY += rest * (this.#slopesY[at] as number);
      }
    }
    return { energy, alongX, alongY };
  }
}

/** Weights 1 2 1 both ways: a coarse mask's edge is then wider than what it moves in one interval. */
function blur(grid: Float32Array, scratch: Float32Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const before = x > 0 ? at - 1 : at;
      const after = x + 1 < width ? at + 1 : at;
      scratch[at] = ((grid[before] as number) + 2 * (grid[at] as number) + (grid[after] as number)) / 4;
    }
  }
  for (let y = 0; y < height; y++) {
    const above = y > 0 ? -width : 0;
    const below = y + 1 < height ? width : 0;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      grid[at] = ((scratch[at + above] as number) + 2 * (scratch[at] as number) + (scratch[at + below] as number)) / 4;
    }
  }
}

/** The one nearer to 0; 0 when they point different ways. */
function smallerOf(a: number, b: number): number {
  if (a * b <= 0) return 0;
  return Math.abs(a) < Math.abs(b) ? a : b;
}

function within(index: number, length: number): number {
  return index < 0 ? 0 : index < length ? index : length - 1;
}

function clamp(value: number, reach: number): number {
  return Math.min(reach, Math.max(-reach, value));
}

/** 0 at and before `none`, 1 at and beyond `full`, straight in between; either may be the greater. */
function fade(value: number, none: number, full: number): number {
  return Math.min(1, Math.max(0, (value - none) / (full - none)));
}
