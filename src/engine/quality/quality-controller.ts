import { EffortDial } from './effort-dial';
import { LoadJudge, type LoadSample, type LoadVerdict } from './load-judge';
import { INPUT_DETAIL_COUNT, costOfFinerInput, withInputDetail, type EffortLevel } from './quality-ladder';
export type { LoadSample } from './load-judge';
export type { EffortLevel } from './quality-ladder';

export interface QualityStep {
  from: EffortLevel;
  to: EffortLevel;
  /** For people. */
  reason: string;
  direction: 'down' | 'up';
}

export interface QualityControllerOptions {
  /** From the best to the cheapest, at least one. */
  ladder: readonly EffortLevel[];
  /** Rung to start at. */
  start: number;
  /** Whether the network takes inputs of any size; else a smaller one is no way out. */
  scalableInput?: boolean;
}

/** A finer network input is tried when its masks, at the worst guess, take no more than this share of what is too long. */
const FRESH_MASKS = 0.75;
/** Another output size is seen by everybody, and costs the encoder a whole picture. */
const RESIZE_PATIENCE = 4;

/**
 * Chooses the level of `quality="auto"` while frames flow, from a sample every half second. It has no clock
 * and changes nothing by itself.
 *
 * Two dials, because two things can be short. Where frames are lost because one inference takes too long, the network
 * gets a smaller input on the same rung, if it can take one. Frames that are lost otherwise, drawing that fills the
 * frame's time and a page that answers late mean that there is too much work: down the ladder.
 */
export class QualityController {
  readonly #ladder: readonly EffortLevel[];
  readonly #judge = new LoadJudge();
  readonly #effort: EffortDial;
  readonly #input: EffortDial;

  constructor({ ladder, start, scalableInput = true }: QualityControllerOptions) {
    this.#ladder = ladder;
    this.#effort = new EffortDial(ladder.length, start);
    this.#input = new EffortDial(scalableInput ? INPUT_DETAIL_COUNT : 1, 0);
  }

  get level(): EffortLevel {
    return withInputDetail(this.#rung(0), this.#input.position);
  }

  /** The source or the page changed: what was learned no longer holds. The level stays. */
  reset(): void {
    this.#judge.reset();
    this.#effort.reset();
    this.#input.reset();
  }

  /** @returns the step to take now, or null */
  update(sample: LoadSample): QualityStep | null {
    const verdict = this.#judge.judge(sample);
    if (!verdict) return null;
    const { timeMs } = sample;
    const from = this.level;
    const isMasks = verdict.strain > 0 && verdict.masksLate && !this.#input.isLowest;
    const effort = this.#turnEffort(isMasks ? { ...verdict, strain: 0 } : verdict, timeMs, verdict.elapsedMs);
    const input = effort === 0 ? this.#turnInput(verdict, isMasks, timeMs) : 0;
    if (effort === 0 && input === 0) return null;
    // Each dial's step makes the other's figures stale.
    this.#effort.settle(timeMs);
    this.#input.settle(timeMs);
    const down = effort + input > 0;
    return { from, to: this.level, reason: explain(verdict, { down, effort: effort !== 0 }), direction: down ? 'down' : 'up' };
  }

  #turnEffort({ strain, pageOnly, roomy }: LoadVerdict, timeMs: number, elapsedMs: number): number {
    const level = this.#rung(0);
    const below = this.#rung(1);
    const costsMasksOnly = below.quality === level.quality && below.outputScale === level.outputScale;
    return this.#effort.turn({
      timeMs,
      elapsedMs,
      strain: pageOnly && !costsMasksOnly ? 0 : strain,
      roomy,
      patience: this.#rung(-1).outputScale === level.outputScale ? 1 : RESIZE_PATIENCE,
    });
  }

  #turnInput({ strain, maskLateness, elapsedMs }: LoadVerdict & { elapsedMs: number }, isMasks: boolean, timeMs: number): number {
    const finerLateness = maskLateness * costOfFinerInput(this.#input.position);
    return this.#input.turn({
      timeMs,
      elapsedMs,
      strain: isMasks ? strain : 0,
      roomy: strain === 0 && maskLateness > 0 && finerLateness < FRESH_MASKS,
    });
  }

  #rung(below: number): EffortLevel {
    const index = Math.min(Math.max(0, this.#effort.position + below), this.#ladder.length - 1);
    return this.#ladder[index] as EffortLevel;
  }
}

function explain(verdict: LoadVerdict, { down, effort }: { down: boolean; effort: boolean }): string {
  if (effort) return down ? (verdict.masksLate ? verdict.masksReason : verdict.reason) : 'frames flow and time is left over';
  return down ? verdict.masksReason : 'masks come early enough for a finer network input';
}

/** A fixed quality is kept, whatever happens; this tells when the machine is not up to it. Once an episode. */
export class OverloadMonitor {
  readonly #judge = new LoadJudge();
  /** Position 1 = overloaded. */
  readonly #episode = new EffortDial(2, 0);

  /** The source or the page changed: what was learned no longer holds. */
  reset(): void {
    this.#judge.reset();
    this.#episode.reset();
  }

  /** @returns why the quality is too much, at the beginning of an episode; else null */
  update(sample: LoadSample): string | null {
    const verdict = this.#judge.judge(sample);
    if (!verdict) return null;
    const { strain, masksLate, roomy, elapsedMs } = verdict;
    if (this.#episode.turn({ timeMs: sample.timeMs, elapsedMs, strain, roomy }) <= 0) return null;
    return masksLate ? verdict.masksReason : verdict.reason;
  }
}
