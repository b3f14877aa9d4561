import { createSample, timeOf } from './frames';
import type { Item } from './item';
import type { Shot } from './matters';
import { STEADY_MS, blendPlainly, centreOf, directionOf, edgeBand, measureSpill, measureTrail, spreadColors, type Trail } from './measures';
import { drawBright } from './sheets';
import { readPixels } from './pixels';

/** What is known of a drawn figure beside the scorer's columns. */
export interface DrawnFigures {
  /** Within 0.3 % of the diagonal around the rim. */
  spill: number | null;
  plainSpill: number | null;
  /** Within 1 %. */
  wideSpill: number | null;
  plainWideSpill: number | null;
  trail: Trail | null;
}

type SpillName = Exclude<keyof DrawnFigures, 'trail'>;

/** Collects what only a figure with exact alpha and colour can tell. */
export class DrawnMeasures {
  readonly #item: Item;
  readonly #figure: ReturnType<typeof createSample>;
  readonly #room: Uint8ClampedArray;
  readonly #bright: ImageData;
  readonly #spills: Record<SpillName, number[]> = { spill: [], plainSpill: [], wideSpill: [], plainWideSpill: [] };
  readonly #trails: { behind: number; front: number }[] = [];

  constructor(item: Item) {
    this.#item = item;
    this.#figure = createSample(item, 'none');
    this.#room = readPixels(createSample(item, 'room', false).canvas, item.width, item.height).data;
    this.#bright = drawBright(item);
  }

  get figures(): DrawnFigures {
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const meanSpill = (spills: number[]): number | null => (spills.length === 0 ? null : mean(spills));
    const trail = this.#trails.length === 0 ? null : {
      behind: mean(this.#trails.map(({ behind }) => behind)),
      front: mean(this.#trails.map(({ front }) => front)),
      frames: this.#trails.length,
    };
    const { spill, plainSpill, wideSpill, plainWideSpill } = this.#spills;
    return { spill: meanSpill(spill), plainSpill: meanSpill(plainSpill), wideSpill: meanSpill(wideSpill), plainWideSpill: meanSpill(plainWideSpill), trail };
  }

  measure({ frame, image, alpha, onBright }: Shot): void {
    const timeMs = timeOf(this.#item, frame);
    const reference = this.#figure.alpha(timeMs);
    this.#measureSpill(timeMs, reference, alpha, { output: onBright().data, plain: blendPlainly(image.data, this.#bright.data, alpha) });
    const direction = this.#item.drawn?.pose === 'walk' ? this.#direction(frame) : 0;
    const trail = direction !== 0 && measureTrail(reference, alpha, this.#item, direction);
    if (trail) this.#trails.push(trail);
  }

  #measureSpill(timeMs: number, reference: Uint8ClampedArray, alpha: Uint8ClampedArray, outputs: { output: Uint8ClampedArray; plain: Uint8ClampedArray }): void {
    const { width, height } = this.#item;
    const diagonal = Math.hypot(width, height);
    const own = spreadColors(this.#drawFigure(timeMs), this.#item, Math.ceil(0.015 * diagonal));
    const pictures = { alpha, own, room: this.#room, background: this.#bright.data };
    const narrow = edgeBand(reference, this.#item, 0.003 * diagonal);
    const wide = edgeBand(reference, this.#item, 0.01 * diagonal);
    const add = (name: SpillName, output: Uint8ClampedArray, band: Uint8Array): void => {
      const spill = measureSpill({ ...pictures, output }, band);
      if (spill !== null) this.#spills[name].push(spill);
    };
    add('spill', outputs.output, narrow);
    add('plainSpill', outputs.plain, narrow);
    add('wideSpill', outputs.output, wide);
    add('plainWideSpill', outputs.plain, wide);
  }

  /** The figure alone: its own colours and exact alpha. */
  #drawFigure(timeMs: number): Uint8ClampedArray {
    const { width, height } = this.#item;
    this.#figure.draw(timeMs);
    return readPixels(this.#figure.canvas, width, height).data;
  }

  #direction(frame: number): -1 | 0 | 1 {
    const pictures = Math.ceil((STEADY_MS / 1000) * this.#item.fps);
    if (frame < pictures) return 0;
    const centres = Array.from({ length: pictures + 1 }, (_, index) => centreOf(this.#figure.alpha(timeOf(this.#item, frame - pictures + index)), this.#item));
    return directionOf(centres);
  }
}
