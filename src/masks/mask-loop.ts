import { VirtualBackgroundError, createAbortError, toVirtualBackgroundError } from '../errors';
import type { SegmenterSpec } from '../segmentation/network-input';
import type { Mask, People, Quality } from '../types';
import type { FrameCopier, MaskSource } from './mask-source';
import { MaskTracker } from './tracker';

export interface MaskSettings {
  quality: Quality;
  people?: People | undefined;
  /** Longer side of the network's input against its nominal size, 0…1. */
  inputScale?: number | undefined;
}

export interface MaskLoopOptions {
  /** The first that has a network makes the masks. */
  sources: readonly MaskSource[];
  /** Another network answers, or none. */
  onSpecChange(): void;
  /** An inference took this long. */
  onInference(durationMs: number): void;
  /** Masks go on, without what failed. */
  onWarning(error: VirtualBackgroundError): void;
}

/**
 * The way of a mask, the same wherever networks run: from a frame that waits to the mask that was made for it. One frame
 * at a time, since a mask that is asked for while another is made would only come later.
 */
export class MaskLoop {
  readonly #options: MaskLoopOptions;
  readonly #tracker: MaskTracker;
  /** What the tracker knows is of this network. */
  #spec: SegmenterSpec | null = null;
  /** Counts what makes a mask worthless: other sources, other networks. */
  #epoch = 0;
  #isBusy = false;
  #lastFailure = '';

  constructor(options: MaskLoopOptions) {
    this.#options = options;
    this.#tracker = new MaskTracker((error) => this.#warn(error));
    for (const source of options.sources) source.onSpecChange = () => options.onSpecChange();
  }

  /** Whether a mask is being made. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** The network that makes the masks; null while none is loaded. */
  get spec(): SegmenterSpec | null {
    return this.#source?.spec ?? null;
  }

  /** Frames come from elsewhere: nothing that is known of people holds, and the mask on its way is dropped. */
  reset(): void {
    this.#epoch += 1;
    this.#tracker.reset();
  }

  /**
   * Makes the mask of a frame.
   *
   * @returns null where it could not be made, or is of no use any more; belongs to the caller
   */
  async find(frame: FrameCopier, settings: MaskSettings): Promise<Mask | null> {
    const source = this.#source;
    const spec = source?.spec;
    if (this.#isBusy || !source || !spec) return null;
    this.#isBusy = true;
    if (spec !== this.#spec) this.reset();
    this.#spec = spec;
    const epoch = this.#epoch;
    try {
      return await this.#tracker.find({ spec, frame: frame.size, timeMs: frame.timeMs, ...settings }, async (look) => {
        if (epoch !== this.#epoch) throw createAbortError();
        const { mask, inferenceMs } = await source.segment(frame, look);
        if (epoch !== this.#epoch) throw createAbortError();
        // A network that met another's picture size; what lies there must not be taken for its mask.
        if (mask.data.length !== mask.width * mask.height) throw new VirtualBackgroundError('segmentation-failed', 'The mask has another number of values than its size says');
        this.#options.onInference(inferenceMs);
        this.#lastFailure = '';
        return mask;
      });
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'segmentation-failed', 'The person could not be found');
      // A picture that was made for another network is no failure at all.
      if (epoch === this.#epoch && failure.code !== 'aborted' && source.spec === spec) this.#warn(failure);
      return null;
    } finally {
      this.#isBusy = false;
    }
  }

  dispose(): void {
    this.#epoch += 1;
    for (const source of this.#options.sources) source.dispose();
  }

  get #source(): MaskSource | undefined {
    return this.#options.sources.find(({ spec }) => spec !== null);
  }

  /** Once, not for every frame. */
  #warn(error: VirtualBackgroundError): void {
    if (error.message === this.#lastFailure) return;
    this.#lastFailure = error.message;
    this.#options.onWarning(error);
  }
}
