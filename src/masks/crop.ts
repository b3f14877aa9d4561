import type { InputSizes } from '../segmentation/network-input';
import type { Mask, PictureRect, Size } from '../types';
import type { Look } from './mask-source';
import type { PersonBox } from './regions';

/** A closer look: always at a part of the frame. */
export interface Crop extends Look {
  rect: PictureRect;
  /** The person reaches beyond it. */
  isPartial: boolean;
}

/** Room around the person, as a share of their box: who leaves it is looked for in the whole frame at once. */
const MARGIN = 0.1;
/** A crop stays where it is while there is this much room in it: a new one flickers. */
const KEPT_MARGIN = 0.05;
/** A crop's shorter side against the frame's: closer, networks lose what they look at. */
const MIN_SIDE = 0.5;
/** Less than this is not worth a change of looks; a square of a 4:3 frame has 1.15. */
const MIN_GAIN = 1.1;
/** A crop stays where it is while another would show no more than this many times as much. */
const SLACK = 1.35;
/** A person this near to a crop's rim may go on beyond it: share of the frame, or of a coarse mask's cell. */
const RIM = 0.02;
const RIM_CELLS = 0.25;
const SIDE_SLACK = 1e-3;

/**
 * The closest look at a box that keeps some room around it, or else, where that pays, at as much of its middle as there
 * is room for; null where none shows clearly more than the whole frame.
 *
 * @param previous kept while it fits
 */
export function placeCrop(box: PersonBox, frame: Size, sizes: InputSizes, previous: Crop | null): Crop | null {
  const roomy = grow(box, MARGIN);
  let best: Crop | null = null;
  for (const size of sizes.crops) {
    const crop = cropAround(roomy, frame, size);
    if ((!crop.isPartial || sizes.paysBeside) && (!best || gainOf(crop, sizes) > gainOf(best, sizes))) best = crop;
  }
  if (!best || gainOf(best, sizes) < MIN_GAIN) return null;
  const isOffered = previous !== null && sizes.crops.some(({ width, height }) => width === previous.size.width && height === previous.size.height);
  if (!isOffered || best.isPartial || previous.isPartial || !contains(previous.rect, grow(box, KEPT_MARGIN))) return best;
  return gainOf(best, sizes) <= SLACK * gainOf(previous, sizes) ? previous : best;
}

/**
 * Whether a person in a crop may go on beyond it.
 *
 * @param mask that the box was found in
 */
export function touchesRim(box: PersonBox, { x, y, width, height }: PictureRect, mask: Pick<Mask, 'width' | 'height' | 'geometry'>): boolean {
  const rimX = Math.min(RIM, RIM_CELLS / (mask.width * mask.geometry.scaleX));
  const rimY = Math.min(RIM, RIM_CELLS / (mask.height * mask.geometry.scaleY));
  return (
    (x > SIDE_SLACK && box.left - x < rimX) ||
    (y > SIDE_SLACK && box.top - y < rimY) ||
    (x + width < 1 - SIDE_SLACK && x + width - box.right < rimX) ||
    (y + height < 1 - SIDE_SLACK && y + height - box.bottom < rimY)
  );
}

/** Network pixels along a line in the frame, against a look at the whole of it; the mean of both directions. */
function gainOf({ size, rect }: Crop, { whole }: InputSizes): number {
  return Math.sqrt((size.width * size.height) / (whole.width * whole.height * rect.width * rect.height));
}

function contains({ x, y, width, height }: PictureRect, box: PersonBox): boolean {
  const slack = SIDE_SLACK;
  return box.left >= x - slack && box.top >= y - slack && box.right <= x + width + slack && box.bottom <= y + height + slack;
}

/** Within the frame. */
function grow({ left, top, right, bottom }: PersonBox, margin: number): PersonBox {
  const [width, height] = [(right - left) * margin, (bottom - top) * margin];
  return { left: Math.max(0, left - width), top: Math.max(0, top - height), right: Math.min(1, right + width), bottom: Math.min(1, bottom + height) };
}

/** The smallest crop of a small picture's shape around a box, inside the frame. */
function cropAround(box: PersonBox, frame: Size, size: Size): Crop {
  const shape = size.width / size.height;
  const least = MIN_SIDE * Math.min(frame.width, frame.height);
  const needed = { width: (box.right - box.left) * frame.width, height: (box.bottom - box.top) * frame.height };
  const wanted = Math.max(needed.height, needed.width / shape, least / Math.min(1, shape));
  const height = Math.min(wanted, frame.height, frame.width / shape);
  const extent = { width: (height * shape) / frame.width, height: height / frame.height };
  const place = (from: number, to: number, length: number): number => Math.min(1 - length, Math.max(0, (from + to) / 2 - length / 2));
  const rect = { x: place(box.left, box.right, extent.width), y: place(box.top, box.bottom, extent.height), ...extent };
  // A pixel more than there is comes of a size that is rounded to whole strides.
  return { size, rect, isPartial: wanted > height * 1.02 };
}
