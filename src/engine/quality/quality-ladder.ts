import type { Quality } from '../../types';

/** One rung of the ladder of `quality="auto"`. */
export interface EffortLevel {
  /** For people and events. */
  name: string;
  /** The compositor's effort at the person's edge. */
  quality: Quality;
  /** Longer side of the network's input against its nominal size, 0…1. */
  inputScale: number;
  /** Share of one core that inference may take, 0…1: it sets how often masks come. */
  inferenceShare: number;
  /** Output size against the source's, 0…1. */
  outputScale: number;
}

/**
 * From the best to the cheapest. What nobody sees goes first: masks that come less often, then from a smaller
 * input. Then the edge's finish, and last what everybody sees, the size of the picture.
 */
export const AUTO_LADDER: readonly EffortLevel[] = [
  // Inference may nearly fill a core: a mask for every frame where the machine can.
  { name: 'high', quality: 'high', inputScale: 1, inferenceShare: 0.8, outputScale: 1 },
  { name: 'medium, many masks', quality: 'medium', inputScale: 1, inferenceShare: 0.5, outputScale: 1 },
  // What a fixed `medium` does.
  { name: 'medium', quality: 'medium', inputScale: 1, inferenceShare: 0.42, outputScale: 1 },
  // Two thirds of the network's pixels: as many masks as before in three quarters of the time.
  { name: 'medium, smaller network input', quality: 'medium', inputScale: 0.8, inferenceShare: 0.25, outputScale: 1 },
  // The edge passes are the dearest drawing at full size.
  { name: 'low', quality: 'low', inputScale: 0.8, inferenceShare: 0.2, outputScale: 1 },
  { name: 'low, few masks', quality: 'low', inputScale: 0.7, inferenceShare: 0.15, outputScale: 1 },
  // Upload, drawing and the encoder all go with the pixels: 56 %, then 25 % of them.
  { name: 'low, output at 3/4', quality: 'low', inputScale: 0.7, inferenceShare: 0.12, outputScale: 0.75 },
  { name: 'low, output at 1/2', quality: 'low', inputScale: 0.6, inferenceShare: 0.1, outputScale: 0.5 },
];

/** The first rung of quality `low`: where data or power are to be saved, it goes no higher. */
export const SAVING_RUNG = AUTO_LADDER.findIndex(({ quality }) => quality === 'low');

/** Up to here a mask for every frame leaves time over. */
const TOP_BELOW_MS = 12;
/** Up to here, on a GPU of its own, drawing and inference don't get in each other's way. */
const MANY_MASKS_BELOW_MS = 40;
/** Above these a third of a core gives few masks a second: 4, and 2. */
const SMALLER_INPUT_ABOVE_MS = 80;
const LOW_ABOVE_MS = 160;

/**
 * Rung of {@link AUTO_LADDER} to start at. It errs on the cheap side: the way up is smooth, overload is not.
 *
 * @param inferenceMs one warm inference at `medium`, full input
 * @param softwareGl whether the processor draws as well
 */
export function chooseStartRung({ inferenceMs, softwareGl }: { inferenceMs: number; softwareGl: boolean }): number {
  if (inferenceMs > LOW_ABOVE_MS) return 4;
  if (inferenceMs > SMALLER_INPUT_ABOVE_MS) return 3;
  if (softwareGl || inferenceMs > MANY_MASKS_BELOW_MS) return 2;
  return inferenceMs > TOP_BELOW_MS ? 1 : 0;
}

/** The network's input against the rung's own, for when masks come too late although frames flow. */
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
