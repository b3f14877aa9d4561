import type { DrawnAs } from '../gl/compositor';
import type { Size } from '../types';
import type { PipelineStats } from './messages';
import { MedianMeter, RateMeter } from './meter';

const REPORT_INTERVAL_MS = 500;

/** A picture that goes out. */
export interface OutputCount {
  drawn: DrawnAs;
  /** Of the host's thread. */
  compositeMs: number;
  latencyMs: number;
  maskAgeMs: number;
  /** When its frame arrived. */
  timeMs: number;
}

/** Counts and times of one pipeline. */
export class PipelineMeters {
  readonly #input = new RateMeter();
  readonly #output = new RateMeter();
  readonly #segmentation = new MedianMeter(15);
  readonly #composite = new MedianMeter();
  readonly #latency = new MedianMeter();
  readonly #maskAge = new MedianMeter();
  #droppedFrames = 0;
  #outputFrames = 0;
  #rawFrames = 0;
  #curtainFrames = 0;
  #lastReportMs = -Infinity;

  countInput(timeMs: number): void {
    this.#input.add(timeMs);
  }

  countDropped(frames: number): void {
    this.#droppedFrames += frames;
  }

  countInference(durationMs: number): void {
    this.#segmentation.add(durationMs);
  }

  countOutput({ drawn, compositeMs, latencyMs, maskAgeMs, timeMs }: OutputCount): void {
    this.#output.add(timeMs);
    this.#composite.add(compositeMs);
    if (drawn === 'person') {
      this.#latency.add(latencyMs);
      this.#maskAge.add(maskAgeMs);
    }
    this.countDrawn(drawn);
  }

  countDrawn(drawn: DrawnAs): void {
    this.#outputFrames += 1;
    if (drawn === 'raw') this.#rawFrames += 1;
    if (drawn === 'curtain') this.#curtainFrames += 1;
  }

  /** The figures, at most every half second; null in between. */
  takeStats(nowMs: number, { width, height }: Size): PipelineStats | null {
    if (nowMs - this.#lastReportMs < REPORT_INTERVAL_MS) return null;
    this.#lastReportMs = nowMs;
    return {
      width,
      height,
      inputFps: this.#input.rate(nowMs),
      outputFps: this.#output.rate(nowMs),
      segmentationMs: this.#segmentation.median,
      compositeMs: this.#composite.median,
      latencyMs: this.#latency.median,
      maskAgeMs: this.#maskAge.median,
      droppedFrames: this.#droppedFrames,
      outputFrames: this.#outputFrames,
      rawFrames: this.#rawFrames,
      curtainFrames: this.#curtainFrames,
    };
  }
}
