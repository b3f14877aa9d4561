import { openWorker } from '../open-worker';
import { RenderWatch } from './render-watch';

export interface VideoFramesOptions {
  video: HTMLVideoElement;
  /**
   * A new frame is on the element.
   *
   * @param droppedFrames frames that the element had since the last call and nobody was told of
   */
  onFrame(droppedFrames: number): void;
  /** The element was given something else to show: its next frame has nothing to do with the last. */
  onNewContent?(): void;
  /** Frames a second to expect while the page is not rendered, where the browser reports none. */
  hiddenFrameRate: number;
}

/** Looks at a hidden video in one frame's interval: with a single one, frames slip through between two ticks. */
const TICKS_PER_FRAME = 2;

/**
 * Calls back for every new frame of a video element: `requestVideoFrameCallback` while the page is rendered, ticks from a
 * worker while it is not (a hidden page's own timers run once a second, and no frames are reported to it).
 */
export class VideoFrames {
  readonly #options: VideoFramesOptions;
  readonly #rendering = new RenderWatch(() => this.#handleRendering());
  #handle: number | null = null;
  /** While ticks drive; ends them. */
  #ticking: AbortController | null = null;
  #presentedFrames: number | null = null;
  #totalFrames: number | null = null;
  #lastMediaTime = -Infinity;
  #stopped = false;

  constructor(options: VideoFramesOptions) {
    this.#options = options;
    options.video.addEventListener('emptied', this.#handleEmptied);
    this.#request();
    this.#handleRendering();
    // The first frame may be on the element already; a paused one presents no other.
    if (options.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) queueMicrotask(() => this.#emit(0));
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#rendering.end();
    this.#options.video.removeEventListener('emptied', this.#handleEmptied);
    if (this.#handle !== null) this.#options.video.cancelVideoFrameCallback(this.#handle);
    this.#stopTicker();
  }

  #emit(droppedFrames: number): void {
    if (!this.#stopped && this.#options.video.videoWidth > 0) this.#options.onFrame(droppedFrames);
  }

  #request(): void {
    this.#handle = this.#options.video.requestVideoFrameCallback((_now, metadata) => {
      if (this.#stopped) return;
      this.#request();
      const before = this.#presentedFrames ?? metadata.presentedFrames - 1;
      this.#presentedFrames = metadata.presentedFrames;
      if (this.#ticking) return;
      this.#emit(Math.max(0, metadata.presentedFrames - before - 1));
    });
  }

  readonly #handleEmptied = (): void => this.#options.onNewContent?.();

  #handleRendering(): void {
    if (this.#rendering.isRendered) this.#stopTicker();
    else this.#startTicker();
  }

  #startTicker(): void {
    if (this.#ticking) return;
    this.#ticking = new AbortController();
    this.#presentedFrames = null;
    this.#totalFrames = null;
    this.#tick(this.#ticking.signal).catch(() => undefined);
  }

  /** @throws the signal's reason */
  async #tick(signal: AbortSignal): Promise<void> {
    const intervalMs = 1000 / (this.#options.hiddenFrameRate * TICKS_PER_FRAME);
    const ticker = await openWorker('ticker', { signal });
    // The page may be rendered again by the time that the worker runs.
    if (signal.aborted) ticker?.terminate();
    signal.throwIfAborted();
    if (ticker) {
      signal.addEventListener('abort', () => ticker.terminate());
      ticker.onmessage = () => this.#handleTick();
      ticker.postMessage({ intervalMs });
    } else {
      // Once a second is what browsers give a hidden page's timers, which is better than a picture that is still.
      const timer = setInterval(() => this.#handleTick(), intervalMs);
      signal.addEventListener('abort', () => clearInterval(timer));
    }
  }

  #stopTicker(): void {
    this.#ticking?.abort();
    this.#ticking = null;
  }

  #handleTick(): void {
    const { video } = this.#options;
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    if (totalVideoFrames === 0) return this.#handleUncountedTick();
    const fresh = totalVideoFrames - (this.#totalFrames ?? totalVideoFrames - 1);
    this.#totalFrames = totalVideoFrames;
    // Fewer than before: the element was given another source.
    if (fresh !== 0) this.#emit(Math.max(0, fresh - 1));
  }

  /** Where the browser doesn't count a stream's frames (Firefox): its clock moves at every look, hence the nominal rate. */
  #handleUncountedTick(): void {
    const { video, hiddenFrameRate } = this.#options;
    if (Math.abs(video.currentTime - this.#lastMediaTime) * hiddenFrameRate < 0.75) return;
    this.#lastMediaTime = video.currentTime;
    this.#emit(0);
  }
}
