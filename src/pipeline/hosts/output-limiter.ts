import type { Size } from '../../types';
import type { PipelineSettings } from '../messages';

/** A source may be so much faster than the limit: cameras' clocks differ, and one frame left out now and then is seen. */
const RATE_TOLERANCE = 1.1;
/** Frames may come so much of an interval before their time. */
const JITTER = 0.25;

/**
 * Keeps what goes out within the limits of the settings: a larger source is drawn smaller, a faster one with
 * frames left out. Width and height are of the landscape picture; a portrait one may be as long and as narrow.
 */
export class OutputLimiter {
  #settings: PipelineSettings;
  #size: Size | null = null;
  #dueUs = -Infinity;

  constructor(settings: PipelineSettings) {
    this.#settings = settings;
  }

  /** Takes over changed settings. @returns what the pipeline has to be told */
  configure(settings: PipelineSettings): PipelineSettings {
    this.#settings = settings;
    return this.#limited();
  }

  /** To be asked for every frame. @returns what the pipeline has to be told before it draws the frame, or null */
  fit(size: Size): PipelineSettings | null {
    if (this.#size?.width === size.width && this.#size.height === size.height) return null;
    const { width, height } = size;
    this.#size = { width, height };
    return this.#limited();
  }

  /** Whether a frame is to be drawn. @param timestampUs on the source's clock, microseconds */
  admits(timestampUs: number): boolean {
    const { limit } = this.#settings;
    if (!limit) return true;
    const intervalUs = 1_000_000 / (limit.frameRate * RATE_TOLERANCE);
    // A clock that was set back.
    if (this.#dueUs - timestampUs > 2 * intervalUs) this.#dueUs = -Infinity;
    if (timestampUs < this.#dueUs - JITTER * intervalUs) return false;
    this.#dueUs = Math.max(this.#dueUs, timestampUs - intervalUs) + intervalUs;
    return true;
  }

  /** The next frame comes from another source, with a clock of its own. */
  resetSource(): void {
    this.#dueUs = -Infinity;
  }

  #limited(): PipelineSettings {
    const { limit, outputScale = 1 } = this.#settings;
    const scale = limit && this.#size ? scaleWithin(this.#size, limit) : 1;
    return scale === 1 ? this.#settings : { ...this.#settings, outputScale: outputScale * scale };
  }
}

/** How much smaller a picture has to be drawn, 0…1. */
export function scaleWithin({ width, height }: Size, limit: Size): number {
  const [longer, shorter] = [Math.max(width, height), Math.min(width, height)];
  return Math.min(1, Math.max(limit.width, limit.height) / longer, Math.min(limit.width, limit.height) / shorter);
}
