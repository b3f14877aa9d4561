import type { PictureRect } from '../gl/small-copy-pass';
import { inputSizeFor, type SegmenterSpec } from '../segmentation/network-input';
import type { Mask, People, Quality, Size } from '../types';
import { MaskMotion } from './motion';
import { MaskRegions, type PersonBox } from './regions';

/** What the network is to see next. */
export interface Look {
  /** Of the small picture, pixels. */
  size: Size;
  /** Part of the frame that it shows; null = the whole frame. */
  rect: PictureRect | null;
}

/** Room around the person, as a share of the box, so that a gesture stays within. */
const MARGIN = 0.15;
/** The detail's side against the frame's shorter one: closer, networks lose what they look at. */
const MIN_SIDE = 0.5;
/** A detail stays where it is until the person's box grows or shrinks beyond it by so much: a new one flickers. */
const SLACK = 0.35;
/** A person this near to the detail's rim may go on beyond it. */
const RIM = 0.02;
/** One look at the whole frame for so many at the person. */
const WHOLE_EVERY: Record<Quality, number> = { low: 1, medium: 8, high: 4 };
/** A look at the whole frame older than this tells nothing of what lies around the person. */
const WHOLE_MAX_AGE_MS = 1000;

/**
 * Decides where the network looks, and puts together what it saw. A network of a fixed, small input sees the
 * whole frame now and then and in between a square around the person, at up to twice the resolution. Islands,
 * holes and other people go here, on the small mask, and the person's motion is measured.
 */
export class MaskFinder {
  readonly #regions = new MaskRegions();
  readonly #detailRegions = new MaskRegions();
  readonly #motion = new MaskMotion();
  #whole: { mask: Mask; timeMs: number } | null = null;
  #box: PersonBox | null = null;
  #rect: PictureRect | null = null;
  #details = 0;
  /** The person in the box does not fit into the biggest square. */
  #isWide = false;

  /** Another source or another network: nothing known holds. */
  reset(): void {
    this.#regions.reset();
    this.#detailRegions.reset();
    this.#motion.reset();
    this.#whole = null;
    this.#box = null;
    this.#rect = null;
    this.#details = 0;
    this.#isWide = false;
  }

  /** @param timeMs when the frame arrived that is looked at */
  plan(spec: SegmenterSpec, frame: Size, quality: Quality, timeMs: number, inputScale?: number): Look {
    const whole: Look = { size: inputSizeFor(spec.input, frame, inputScale), rect: null };
    const size = spec.input.kind === 'fixed' ? spec.input.detail : undefined;
    const isDue = this.#details >= WHOLE_EVERY[quality] - 1 || timeMs - (this.#whole?.timeMs ?? -Infinity) > WHOLE_MAX_AGE_MS;
    if (!size || !this.#box || isDue) return whole;
    this.#rect = placeDetail(this.#box, frame, this.#rect);
    this.#isWide = isTooWide(this.#box, frame);
    return { size, rect: this.#rect };
  }

  /**
   * Takes what the network saw.
   *
   * @param mask edited and kept
   * @param timeMs when its frame arrived
   * @returns what the picture is to be cut out with; null = a closer look at the next frame comes first
   */
  accept(mask: Mask, { rect }: Look, people: People, timeMs: number): Mask | null {
    if (rect) return this.#acceptDetail(mask, rect, people, timeMs);
    const had = this.#details > 0 && this.#rect !== null;
    this.#box = this.#regions.apply(mask, people, timeMs);
    this.#whole = { mask, timeMs };
    this.#details = 0;
    // Without its detail the edge would be another one for a moment.
    if (had && this.#box) return null;
    this.#motion.update(mask, timeMs);
    return mask;
  }

  /** How far the person has moved at a time since the mask's frame: share of the frame's width and height. */
  shiftAt(timeMs: number): readonly [number, number] {
    return this.#motion.shiftAt(timeMs);
  }

  #acceptDetail(seen: Mask, rect: PictureRect, people: People, timeMs: number): Mask | null {
    const detail: Mask = { ...seen, geometry: within(rect) };
    const box = this.#detailRegions.apply(detail, people, timeMs);
    this.#motion.update(detail, timeMs);
    this.#details += 1;
    // Nobody there, or somebody who may go on outside: the next look is at the whole frame. Who doesn't fit into any
    // square goes on outside always; the looks at the whole frame that come anyway have to do.
    if (!box || (touchesRim(box, rect) && !this.#isWide)) this.#details = Infinity;
    else if (!this.#isWide) this.#box = box;
    return this.#whole && { ...this.#whole.mask, detail };
  }
}

/** Geometry of a mask that shows a part of the frame and nothing else. */
function within({ x, y, width, height }: PictureRect): Mask['geometry'] {
  return { scaleX: 1 / width, scaleY: 1 / height, offsetX: -x / width, offsetY: -y / height };
}

function touchesRim(box: PersonBox, { x, y, width, height }: PictureRect): boolean {
  const touches = (edge: number, rim: number, isFrameEdge: boolean): boolean => !isFrameEdge && Math.abs(edge - rim) < RIM;
  return (
    touches(box.left, x, x < 0.001) ||
    touches(box.top, y, y < 0.001) ||
    touches(box.right, x + width, x + width > 0.999) ||
    touches(box.bottom, y + height, y + height > 0.999)
  );
}

/** Along the frame's longer side: along the other one the square may be as long as the frame. */
function isTooWide({ left, top, right, bottom }: PersonBox, { width, height }: Size): boolean {
  const extent = width > height ? (right - left) * width : (bottom - top) * height;
  return extent > Math.min(width, height) * (1 - 2 * RIM);
}

/** A square of pixels around a person, inside the frame; `before` again while it still fits. */
export function placeDetail(box: PersonBox, frame: Size, before: PictureRect | null): PictureRect {
  const shorter = Math.min(frame.width, frame.height);
  const width = (box.right - box.left) * frame.width;
  const height = (box.bottom - box.top) * frame.height;
  const needed = Math.max(width, height);
  const side = Math.min(shorter, Math.max(MIN_SIDE * shorter, needed * (1 + 2 * MARGIN)));
  const center = { x: ((box.left + box.right) / 2) * frame.width, y: ((box.top + box.bottom) / 2) * frame.height };
  const x = Math.min(frame.width - side, Math.max(0, center.x - side / 2));
  const y = Math.min(frame.height - side, Math.max(0, center.y - side / 2));
  const placed = { x: x / frame.width, y: y / frame.height, width: side / frame.width, height: side / frame.height };
  // Somebody who stays at the rim would call for the whole frame after every detail.
  const frees = before !== null && touchesRim(box, before) && !touchesRim(box, placed);
  return before && !frees && stillFits(before, { center, side, needed, shorter }, frame) ? before : placed;
}

function stillFits(rect: PictureRect, wanted: { center: { x: number; y: number }; side: number; needed: number; shorter: number }, frame: Size): boolean {
  const side = rect.width * frame.width;
  const { center, needed } = wanted;
  if (side > wanted.side * (1 + SLACK) || (side < needed && side < wanted.shorter - 1)) return false;
  // Someone wider than the square is in the middle of it; others only have to be inside.
  const slack = Math.max(side - needed, side * SLACK * 0.25) / 2;
  const off = (at: number, from: number, length: number): number => Math.abs(at - Math.min(length - side / 2, Math.max(side / 2, from)));
  return off((rect.x + rect.width / 2) * frame.width, center.x, frame.width) <= slack && off((rect.y + rect.height / 2) * frame.height, center.y, frame.height) <= slack;
}
