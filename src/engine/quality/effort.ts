import type { ModelName, Quality, QualitySetting } from '../../types';
import type { PipelineSettings, PipelineStats } from '../../pipeline/messages';
import type { LoadedModel } from '../model/model-loader';
import { OverloadMonitor, QualityController, type QualityStep } from './quality-controller';
import { chooseStartRung, ladderFor } from './quality-ladder';

export interface EffortCallbacks {
  /** `quality="auto"` took a step. */
  onStep(step: QualityStep): void;
  /** A fixed quality is more than the machine can do; it is kept. */
  onOverload(reason: string): void;
}

export interface EffortOptions {
  quality: QualitySetting;
  model: LoadedModel | null;
  softwareGl: boolean;
  /** Whether data or power are to be saved: then `auto` stays on the lower rungs. */
  saving?: boolean;
}

/** How hard the pipeline works: what a fixed quality says, or what the controller finds for `auto`. */
export class Effort {
  readonly #callbacks: EffortCallbacks;
  #fixed: Quality = 'medium';
  #controller: QualityController | null = null;
  readonly #monitor = new OverloadMonitor();
  #controlledModel: ModelName | null = null;
  #saving = false;
  #droppedFrames = 0;

  constructor(callbacks: EffortCallbacks) {
    this.#callbacks = callbacks;
  }

  get settings(): Omit<PipelineSettings, 'background'> {
    if (!this.#controller) return { quality: this.#fixed };
    const { quality, inputScale, outputScale } = this.#controller.level;
    return { quality, inputScale, outputScale };
  }

  /** For people. */
  get levelName(): string {
    return this.#controller?.level.name ?? this.#fixed;
  }

  /** Another quality, or another network. */
  configure({ quality, model, softwareGl, saving = false }: EffortOptions): void {
    this.#monitor.reset();
    if (quality !== 'auto') {
      this.#fixed = quality;
      this.#controller = null;
      this.#controlledModel = null;
    } else if (model && (model.spec.model !== this.#controlledModel || saving !== this.#saving)) {
      // Another level of the same network is no reason to forget what was learned.
      this.#controlledModel = model.spec.model;
      this.#saving = saving;
      const scalableInput = model.spec.input.kind === 'strided';
      // Where data or power are to be saved, it goes no higher than `low`.
      const ladder = ladderFor(scalableInput).filter((level) => !saving || level.quality === 'low');
      const start = chooseStartRung(ladder, { mediumMs: model.mediumMs, softwareGl });
      this.#controller = new QualityController({ ladder, start, scalableInput });
    }
  }

  /** Another source, or the page was away: what was measured no longer holds. */
  reset(): void {
    this.#monitor.reset();
    this.#controller?.reset();
  }

  /**
   * Takes the pipeline's figures of the last half second.
   *
   * @param eventLoopDelayMs how late the page's thread was, null = unknown
   * @returns whether {@link settings} changed
   */
  update(stats: PipelineStats, targetFps: number, eventLoopDelayMs: number | null): boolean {
    const droppedFrames = Math.max(0, stats.droppedFrames - this.#droppedFrames);
    this.#droppedFrames = stats.droppedFrames;
    const sample = { ...stats, timeMs: performance.now(), droppedFrames, targetFps, eventLoopDelayMs };
    if (!this.#controller) {
      const reason = this.#monitor.update(sample);
      if (reason) this.#callbacks.onOverload(reason);
      return false;
    }
    const step = this.#controller.update(sample);
    if (step) this.#callbacks.onStep(step);
    return step !== null;
  }
}
