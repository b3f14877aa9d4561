import type { Quality } from '../../types';

/** One rung of the ladder of `quality="auto"`. */
export interface EffortLevel {
  /** For people and events. */
  name: string;
  /** The compositor's effort at the person's edge. */
  quality: Quality;
  /** Longer side of the network's input against its nominal size, 0…1. */
  inputScale: number;
  /** Output size against the source's, 0…1. */
  outputScale: number;
}

/**
 * From the best to the cheapest. What hardly anybody sees goes first: masks of a smaller input. Then the edge's finish,
 * and last what everybody sees, the size of the picture.
 */
export const AUTO_LADDER: readonly EffortLevel[] = [
  { name: 'high', quality: 'high', inputScale: 1, outputScale: 1 },
  // What a fixed `medium` does.
  { name: 'medium', quality: 'medium', inputScale: 1, outputScale: 1 },
  // Two thirds of the network's pixels: as many masks as before in three quarters of the time.
  { name: 'medium, smaller network input', quality: 'medium', inputScale: 0.8, outputScale: 1 },
  // The edge passes are the dearest drawing at full size.
  { name: 'low', quality: 'low', inputScale: 0.8, outputScale: 1 },
  // Upload, drawing and the encoder all go with the pixels: 56 %, then 25 % of them.
  { name: 'low, output at 3/4', quality: 'low', inputScale: 0.7, outputScale: 0.75 },
  { name: 'low, output at 1/2', quality: 'low', inputScale: 0.6, outputScale: 0.5 },
];

/**
 * The rungs that change something for a network.
 *
 * @param scalableInput whether it takes inputs of any size
 */
export function ladderFor(scalableInput: boolean): readonly EffortLevel[] {
  if (scalableInput) return AUTO_LADDER;
  return AUTO_LADDER.filter((level, index) => {
    const above = AUTO_LADDER[index - 1];
    return level.quality !== above?.quality || level.outputScale !== above.outputScale;
  });
}

/** Up to here a mask for every frame leaves time over. */
const TOP_BELOW_MS = 12;
/** Above these, masks of the whole input are slower than 24 frames a second, and than 12. */
const SMALLER_INPUT_ABOVE_MS = 40;
const LOW_ABOVE_MS = 80;

/**
 * Rung of a ladder to start at. It errs on the cheap side: the way up is smooth, overload is not.
 *
 * @param mediumMs one warm inference at `medium`, full input
 * @param softwareGl whether the processor draws as well
 */
export function chooseStartRung(ladder: readonly EffortLevel[], { mediumMs, softwareGl }: { mediumMs: number; softwareGl: boolean }): number {
  const isFitting = ({ quality, inputScale }: EffortLevel): boolean => {
    if (mediumMs > LOW_ABOVE_MS) return quality === 'low';
    if (mediumMs > SMALLER_INPUT_ABOVE_MS) return inputScale < 1;
    return quality !== 'high' || (mediumMs <= TOP_BELOW_MS && !softwareGl);
  };
  return Math.max(0, ladder.findIndex(isFitting));
}

/** The network's input against the rung's own, for when it is the network that keeps frames waiting. */
const INPUT_DETAILS = [1, 0.8, 0.65] as const;

export const INPUT_DETAIL_COUNT = INPUT_DETAILS.length;

/** A rung with a smaller network input. @param detail 0 = the rung as it is, up to `INPUT_DETAIL_COUNT - 1` */
export function withInputDetail(level: EffortLevel, detail: number): EffortLevel {
  const scale = INPUT_DETAILS[detail] ?? 1;
  if (scale === 1) return level;
  return { ...level, name: `${level.name}, network input at ${Math.round(scale * 100)} %`, inputScale: level.inputScale * scale };
}

/** How many times the pixels, and so at most the time, the next finer input takes. */
export function costOfFinerInput(detail: number): number {
  return ((INPUT_DETAILS[detail - 1] ?? 1) / (INPUT_DETAILS[detail] ?? 1)) ** 2;
}
