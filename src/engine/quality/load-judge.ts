/** Figures of the last half second, from the pipeline and the page. */
export interface LoadSample {
  /** `performance.now()` clock. */
  timeMs: number;
  /** Frames a second that came in. */
  inputFps: number;
  /** Frames a second that went out. */
  outputFps: number;
  /** Frames a second that are wanted. */
  targetFps: number;
  segmentationMs: number;
  compositeMs: number;
  /** Frames of the source that nobody drew, since the last sample: the truth about loss. */
  droppedFrames: number;
  /** The page's, 95th percentile; null = unknown. */
  eventLoopDelayMs: number | null;
}

/** 0 = none; 2 = so bad that one step won't do. */
export type Strain = 0 | 1 | 2;

interface Trouble {
  /** Drawing, or the processor as a whole, doesn't keep up. */
  strain: Strain;
  /** The frames are fine, only the page suffers. What people see is not to be given up for that. */
  pageOnly: boolean;
  /** Why there is strain, for people. */
  reason: string;
}

export interface LoadVerdict extends Trouble {
  /** Nothing is lost and time is left over. */
  roomy: boolean;
  /** It is the network that keeps frames waiting. */
  masksLate: boolean;
  /** Time of an inference against what is too long: 0… */
  maskLateness: number;
  masksReason: string;
}

/** Share of the wanted frames that is lost in half a second: two of fifteen are, one may be an accident. */
const LOSS = 0.1;
const HEAVY_LOSS = 0.35;
/** Less counts when hardly a half second of three is free of it: accidents don't repeat. */
const STEADY_LOSS = 0.05;
const STEADY_SAMPLES = 6;
const STEADY_BAD_SAMPLES = 5;
/** Of the wanted rate; below, frames are missing even if nobody counted them. */
const LOW_OUTPUT = 0.8;
/** Of the time between two frames: the encoder and the page need some, too. */
const FULL_COMPOSITE = 0.85;
const ROOMY_COMPOSITE = 0.6;
const SLOW_PAGE_MS = 100;
const ROOMY_PAGE_MS = 50;
/** Frames a second, of those that come, from which on a better picture is worth more than another frame. */
const ENOUGH_FPS = 24;
/** Of the time between two frames that are enough: drawing goes on beside it, but not all of it. */
const LATE_MASK_SHARE = 0.8;
/** Below, a source has stopped, or its page is asleep. */
const SILENT_FPS = 1;
/** A pause between samples in which something else happened: a laptop's lid, a frozen page. */
const GAP_MS = 2000;

/** Reads load out of figures. Remembers a few seconds. */
export class LoadJudge {
  #lastMs: number | null = null;
  #lastOutputFps = 0;
  #losses: number[] = [];
  /** Samples in a row in which every frame went out. */
  #fullSamples = 0;

  /** What was measured so far no longer holds. */
  reset(): void {
    this.#lastMs = null;
    this.#losses = [];
    this.#fullSamples = 0;
  }

  /** Null where a sample says nothing: the first one, and those around a pause. */
  judge(sample: LoadSample): (LoadVerdict & { elapsedMs: number }) | null {
    const { timeMs, inputFps, outputFps } = sample;
    const elapsedMs = timeMs - (this.#lastMs ?? timeMs);
    this.#lastMs = timeMs;
    if (Math.max(inputFps, outputFps) < SILENT_FPS) {
      // The first sample after a pause counts the pause as loss.
      this.reset();
      return null;
    }
    if (elapsedMs <= 0 || elapsedMs > GAP_MS) return null;
    const verdict = { ...this.#assess(sample, elapsedMs), elapsedMs };
    this.#lastOutputFps = outputFps;
    return verdict;
  }

  #assess(sample: LoadSample, elapsedMs: number): LoadVerdict {
    const { outputFps, targetFps, inputFps, compositeMs, droppedFrames, eventLoopDelayMs, segmentationMs } = sample;
    const droppedFps = (droppedFrames * 1000) / elapsedMs;
    // A camera in the dark delivers fewer frames than asked for; that is all there can be.
    const wantedFps = Math.min(targetFps, Math.max(inputFps, outputFps + droppedFps));
    // A source may deliver more than is wanted, too: that is no loss.
    const isFull = outputFps >= targetFps || droppedFps === 0;
    this.#fullSamples = isFull ? this.#fullSamples + 1 : 0;
    const enoughFps = Math.min(wantedFps, ENOUGH_FPS);
    const loss = isFull ? 0 : Math.min(1, Math.max(0, 1 - (wantedFps - droppedFps) / enoughFps));
    this.#losses = [...this.#losses, loss].slice(-STEADY_SAMPLES);
    const trouble = this.#findTrouble(sample, enoughFps, loss);
    const isRoomy = this.#fullSamples >= STEADY_SAMPLES && compositeMs <= (ROOMY_COMPOSITE * 1000) / wantedFps && (eventLoopDelayMs ?? 0) <= ROOMY_PAGE_MS;
    const maskLateness = segmentationMs / ((LATE_MASK_SHARE * 1000) / enoughFps);
    return {
      ...trouble,
      roomy: trouble.strain === 0 && isRoomy,
      masksLate: maskLateness > 1,
      maskLateness,
      masksReason: `a mask takes ${Math.round(segmentationMs)} ms, and ${Math.round(enoughFps)} frames a second wait for theirs`,
    };
  }

  #findTrouble({ outputFps, compositeMs, eventLoopDelayMs }: LoadSample, wantedFps: number, loss: number): Trouble {
    const wanted = Math.round(wantedFps);
    const frameMs = 1000 / wantedFps;
    if (loss >= LOSS || this.#isSteadyLoss()) {
      const reason = `frames are dropped: ${this.#arrived(wanted, loss)} of ${wanted} a second go out`;
      return { strain: loss >= HEAVY_LOSS ? 2 : 1, pageOnly: false, reason };
    }
    // A rate over two seconds that is rising tells of the past.
    if (outputFps < LOW_OUTPUT * wantedFps && outputFps <= this.#lastOutputFps) {
      return { strain: 1, pageOnly: false, reason: `only ${Math.round(outputFps)} of ${wanted} frames a second go out` };
    }
    if (compositeMs >= FULL_COMPOSITE * frameMs) {
      return { strain: 1, pageOnly: false, reason: `drawing takes ${Math.round(compositeMs)} of the ${Math.round(frameMs)} ms between two frames` };
    }
    if (eventLoopDelayMs !== null && eventLoopDelayMs >= SLOW_PAGE_MS) {
      return { strain: 1, pageOnly: true, reason: `the page answers ${Math.round(eventLoopDelayMs)} ms late` };
    }
    return { strain: 0, pageOnly: false, reason: '' };
  }

  #arrived(wanted: number, loss: number): number {
    const mean = this.#losses.reduce((sum, lost) => sum + lost, 0) / this.#losses.length;
    return Math.min(wanted - 1, Math.round(wanted * (1 - Math.max(loss, mean))));
  }

  #isSteadyLoss(): boolean {
    return this.#losses.filter((loss) => loss >= STEADY_LOSS).length >= STEADY_BAD_SAMPLES;
  }
}
