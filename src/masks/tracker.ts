import { VirtualBackgroundError } from '../errors';
import { inputSizesFor, type SegmenterSpec } from '../segmentation/network-input';
import { DEFAULT_PEOPLE, type Mask, type People, type PictureRect, type Quality, type Size } from '../types';
import { placeCrop, touchesRim, type Crop } from './crop';
import type { Look } from './mask-source';
import { MaskRegions, type PersonBox } from './regions';

export interface TrackerRequest {
  spec: SegmenterSpec;
  /** As shown, pixels. */
  frame: Size;
  /** When the frame arrived, milliseconds; a clock that only goes forward. */
  timeMs: number;
  quality: Quality;
  people?: People | undefined;
  /** See {@link inputSizesFor}. */
  inputScale?: number | undefined;
}

/** Finds people in a part of the frame, as if the part were the frame. */
export type Segment = (look: Look) => Promise<Mask>;

/** How often the whole frame is looked at for someone who has come in beside the person. */
const WHOLE_EVERY_MS: Record<Quality, number> = { low: 500, medium: 500, high: 250 };
/** Someone who has just left a crop moves too fast for the next. */
const RESTLESS_MS = 300;
/**
 * A closer look that sees less than this of the person that the whole frame shows has lost some of them, as BodyPix does
 * where people fill its picture; then closer looks are left out for a while.
 */
const LEAST_AGREEMENT = 0.93;
const DISTRUST_MS = 4000;
/** A box that is older than this says nothing about where the person is now. */
const MAX_BOX_AGE_MS = 500;
/** A side that moves outwards is looked for this much further than it would get: hands speed up. */
const LEAD = 1.5;

const WHOLE_FRAME: PictureRect = { x: 0, y: 0, width: 1, height: 1 };

/** The sides of a person's box and how fast they move, shares of the frame a millisecond. */
interface Track {
  box: PersonBox;
  speed: PersonBox;
  timeMs: number;
}

/**
 * Decides where the network looks in each frame, and makes the mask of what it saw. A closer look at the part of the
 * frame where the person is about to be shows more of the edge; the whole frame is looked at where nobody is known, now
 * and then for someone who has come in, and at once, for the very same frame, when the person has left the part.
 * Islands, holes and other people go here, on the small mask.
 *
 * What lies outside a closer look is the room, whoever may be there, unless the whole of the same frame was looked at as
 * well: so a mask is always of one frame.
 */
export class MaskTracker {
  readonly #regions = new MaskRegions();
  readonly #cropRegions = new MaskRegions();
  readonly #onWarning: (error: VirtualBackgroundError) => void;
  #track: Track | null = null;
  #crop: Crop | null = null;
  #wholeMs = -Infinity;
  /** No closer look before that. */
  #restUntilMs = -Infinity;
  /** The network for closer looks could not be fetched. */
  #isCropMissing = false;

  /** @param onWarning closer looks are left out from now on */
  constructor(onWarning: (error: VirtualBackgroundError) => void = () => undefined) {
    this.#onWarning = onWarning;
  }

  /** Another source or another network: nothing known holds. */
  reset(): void {
    this.#regions.reset();
    this.#cropRegions.reset();
    this.#track = null;
    this.#crop = null;
    this.#wholeMs = -Infinity;
    this.#restUntilMs = -Infinity;
    this.#isCropMissing = false;
  }

  /**
   * Makes the mask of one frame, by one look at it or two.
   *
   * @returns belongs to the caller
   * @throws what `segment` throws
   */
  async find(request: TrackerRequest, segment: Segment): Promise<Mask> {
    const planned = this.#plan(request, this.#predict(request.timeMs));
    // The first crop after a while is compared with the whole.
    if (planned && this.#crop && !planned.isPartial && request.timeMs - this.#wholeMs < WHOLE_EVERY_MS[request.quality]) {
      const mask = await this.#lookCloser(request, planned, segment);
      if (mask) return mask;
    }
    const whole = await this.#lookAtWhole(request, segment);
    const crop = this.#track && this.#plan(request, this.#track.box);
    return (crop && (await this.#lookCloser(request, crop, segment, whole))) ?? whole;
  }

  /** Where a closer look pays. */
  #plan({ spec, frame, quality, timeMs, inputScale }: TrackerRequest, box: PersonBox | null): Crop | null {
    // The crop of a network of fixed sizes costs more than the whole frame does.
    const isDear = spec.input.kind === 'fixed' && quality === 'low';
    if (!box || isDear || this.#isCropMissing || timeMs < this.#restUntilMs) return null;
    return placeCrop(box, frame, inputSizesFor(spec.input, frame, inputScale), this.#crop);
  }

  /** Where the person is by now, as far as the last two frames tell. */
  #predict(timeMs: number): PersonBox | null {
    const track = this.#track;
    if (!track || timeMs - track.timeMs > MAX_BOX_AGE_MS) return null;
    const elapsedMs = Math.max(0, timeMs - track.timeMs);
    const moved = (side: keyof PersonBox, outwards: 1 | -1): number => {
      const way = track.speed[side] * elapsedMs;
      return Math.min(1, Math.max(0, track.box[side] + (way * outwards > 0 ? LEAD * way : way)));
    };
    return { left: moved('left', -1), top: moved('top', -1), right: moved('right', 1), bottom: moved('bottom', 1) };
  }

  /**
   * @param whole of the same frame, where that was looked at
   * @returns null where the person may go on beyond the crop, or was lost in it, or there is no network for it
   */
  async #lookCloser({ spec, people = DEFAULT_PEOPLE, timeMs }: TrackerRequest, crop: Crop, segment: Segment, whole?: Mask): Promise<Mask | null> {
    const seen = await this.#segmentCrop(crop, segment);
    if (!seen) return null;
    const mask = placedIn(seen, crop.rect);
    const box = this.#cropRegions.apply(mask, people, timeMs);
    this.#crop = null;
    if (whole && spec.input.kind === 'strided' && areaOf(mask) < LEAST_AGREEMENT * areaOf(whole, crop.rect)) {
      this.#restUntilMs = timeMs + DISTRUST_MS;
      return null;
    }
    if (crop.isPartial) return whole ? { ...mask, around: whole } : null;
    if (!box) return null;
    if (touchesRim(box, crop.rect, mask)) {
      this.#restUntilMs = timeMs + RESTLESS_MS;
      return null;
    }
    this.#crop = crop;
    this.#note(box, timeMs);
    return mask;
  }

  async #segmentCrop(crop: Crop, segment: Segment): Promise<Mask | null> {
    try {
      return await segment(crop);
    } catch (error) {
      if (!(error instanceof VirtualBackgroundError) || error.code !== 'model-load-failed') throw error;
      this.#isCropMissing = true;
      // Not what a start fails by: the whole frame is looked at all the same.
      this.#onWarning(new VirtualBackgroundError('model-variant-unavailable', `closer looks at the person are left out: ${error.message}`, { cause: error }));
      return null;
    }
  }

  async #lookAtWhole({ spec, frame, people = DEFAULT_PEOPLE, timeMs, inputScale }: TrackerRequest, segment: Segment): Promise<Mask> {
    const mask = await segment({ size: inputSizesFor(spec.input, frame, inputScale).whole, rect: null });
    this.#wholeMs = timeMs;
    const box = this.#regions.apply(mask, people, timeMs);
    if (box) this.#note(box, timeMs);
    else this.#track = null;
    return mask;
  }

  #note(box: PersonBox, timeMs: number): void {
    const before = this.#track;
    const elapsedMs = before ? timeMs - before.timeMs : 0;
    const speedOf = (side: keyof PersonBox): number => (before && elapsedMs > 0 && elapsedMs <= MAX_BOX_AGE_MS ? (box[side] - before.box[side]) / elapsedMs : 0);
    // Two looks at one frame say nothing of speed.
    const speed = before && elapsedMs === 0 ? before.speed : { left: speedOf('left'), top: speedOf('top'), right: speedOf('right'), bottom: speedOf('bottom') };
    this.#track = { box, speed, timeMs };
  }
}

/** How much of the frame is person, as a share of it; within a part, if one is given. */
function areaOf({ data, width, height, kind, geometry }: Mask, { x, y, ...extent } = WHOLE_FRAME): number {
  const toCell = (at: number, cells: number, scale: number, offset: number): number => Math.min(cells, Math.max(0, Math.round((at * scale + offset) * cells)));
  const [left, right] = [x, x + extent.width].map((at) => toCell(at, width, geometry.scaleX, geometry.offsetX)) as [number, number];
  const [top, bottom] = [y, y + extent.height].map((at) => toCell(at, height, geometry.scaleY, geometry.offsetY)) as [number, number];
  // Probabilities, not verdicts: of a coarse network a person has few cells, and many of them are half theirs.
  let cells = 0;
  for (let row = top; row < bottom; row++) {
    for (let at = row * width + left; at < row * width + right; at++) {
      const value = data[at] as number;
      cells += kind === 'logit' ? 1 / (1 + Math.exp(-value)) : value;
    }
  }
  return cells / (width * geometry.scaleX * height * geometry.scaleY);
}

/** The mask of a part of the frame, in the frame. */
function placedIn({ geometry, ...mask }: Mask, rect: PictureRect): Mask {
  const scaleX = geometry.scaleX / rect.width;
  const scaleY = geometry.scaleY / rect.height;
  return { ...mask, rect, geometry: { scaleX, scaleY, offsetX: geometry.offsetX - rect.x * scaleX, offsetY: geometry.offsetY - rect.y * scaleY } };
}
