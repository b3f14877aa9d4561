import type { InputSizes } from '../segmentation/network-input';
import type { PictureRect, Size } from '../types';
import type { Look } from './mask-source';
import type { PersonBox } from './regions';

/** A closer look: always at a part of the frame. */
export interface Crop extends Look {
  rect: PictureRect;
}

/** Room around the person, as a share of their box, so that a gesture stays within. */
const MARGIN = 0.15;
/** A crop stays where it is while there is this much room in it: a new one flickers. */
const KEPT_MARGIN = 0.05;
/** A crop's shorter side against the frame's: closer, networks lose what they look at. */
const MIN_SIDE = 0.5;
/** Pixels of the network for each of the frame, against a look at the whole: less is not worth a change of looks. */
const MIN_GAIN = 1.2;
/** A crop stays where it is while another would show no more than this many times as much. */
const SLACK = 1.35;
/** A person this near to a crop's rim, as a share of the frame, may go on beyond it. */
const RIM = 0.02;
const SIDE_SLACK = 1e-3;

/**
 * The closest look at a box that keeps some room around it, or null where none shows clearly more than the whole frame.
 *
 * @param previous kept while it fits
 */
export function placeCrop(box: PersonBox, frame: Size, sizes: InputSizes, previous: Crop | null): Crop | null {
  const roomy = grow(box, MARGIN);
  let best: Crop | null = null;
  for (const size of sizes.crops) {
    const rect = rectAround(roomy, frame, size);
    if (rect && (!best || gainOf({ size, rect }, frame, sizes) > gainOf(best, frame, sizes))) best = { size, rect };
  }
  if (!best || gainOf(best, frame, sizes) < MIN_GAIN) return null;
  const isOffered = previous !== null && sizes.crops.some(({ width, height }) => width === previous.size.width && height === previous.size.height);
  if (!isOffered || !contains(previous.rect, grow(box, KEPT_MARGIN))) return best;
  const isWorth = gainOf(best, frame, sizes) <= SLACK * gainOf(previous, frame, sizes);
  // Someone who stays at the rim would call for the whole frame after every look.
  return isWorth && !touchesRim(box, previous.rect) ? previous : best;
}

/** Whether a person in a crop may go on beyond it. */
export function touchesRim(box: PersonBox, { x, y, width, height }: PictureRect): boolean {
  return (
    (x > SIDE_SLACK && box.left - x < RIM) ||
    (y > SIDE_SLACK && box.top - y < RIM) ||
    (x + width < 1 - SIDE_SLACK && x + width - box.right < RIM) ||
    (y + height < 1 - SIDE_SLACK && y + height - box.bottom < RIM)
  );
}

/** Network pixels along a line in the frame, against a look at the whole of it. */
function gainOf({ size, rect }: Crop, frame: Size, { whole }: InputSizes): number {
  return (size.width / (rect.width * frame.width)) / (whole.width / frame.width);
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

/** The smallest rectangle of a small picture's shape around a box, inside the frame; null where none fits. */
function rectAround(box: PersonBox, frame: Size, size: Size): PictureRect | null {
  const shape = size.width / size.height;
  const least = MIN_SIDE * Math.min(frame.width, frame.height);
  const needed = { width: (box.right - box.left) * frame.width, height: (box.bottom - box.top) * frame.height };
  const height = Math.max(needed.height, needed.width / shape, least / Math.min(1, shape));
  const width = height * shape;
  // A pixel more than there is comes of a size that is rounded to whole strides.
  if (width > frame.width * 1.02 || height > frame.height * 1.02) return null;
  const extent = { width: Math.min(1, width / frame.width), height: Math.min(1, height / frame.height) };
  const place = (from: number, to: number, length: number): number => Math.min(1 - length, Math.max(0, (from + to) / 2 - length / 2));
  return { x: place(box.left, box.right, extent.width), y: place(box.top, box.bottom, extent.height), ...extent };
}
