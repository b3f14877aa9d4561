import { createWorker } from '../assets';

export interface VideoFramesOptions {
  video: HTMLVideoElement;
  /**
   * A new frame is on the element.
   *
   * @param droppedFrames frames that the element showed since the last call and nobody was told of
   */
  onFrame(droppedFrames: number): void;
  /** Calls a second while the page is hidden, where the browser reports no frames. */
  hiddenFrameRate: number;
}

/**
 * Calls back for every new frame of a video element: `requestVideoFrameCallback` while the page is visible,
 * ticks from a worker while it is hidden (a hidden page's own timers run once a second).
 */
export class VideoFrames {
  readonly #options: VideoFramesOptions;
  #handle: number | null = null;
  #ticker: Worker | null = null;
  #presentedFrames: number | null = null;
  #lastMediaTime = -1;
  #stopped = false;

  constructor(options: VideoFramesOptions) {
    this.#options = options;
    document.addEventListener('visibilitychange', this.#handleVisibility);
    this.#request();
    this.#handleVisibility();
    // The first frame may be on the element already; a paused one presents no other.
    if (options.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) queueMicrotask(() => this.#emit(0));
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    document.removeEventListener('visibilitychange', this.#handleVisibility);
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
      if (document.hidden) return;
      this.#emit(Math.max(0, metadata.presentedFrames - before - 1));
    });
  }

  readonly #handleVisibility = (): void => {
    if (document.hidden) this.#startTicker();
    else this.#stopTicker();
  };

  #startTicker(): void {
    if (this.#ticker) return;
    this.#presentedFrames = null;
    try {
      this.#ticker = createWorker('ticker');
    } catch {
      // Another origin's script: the hidden page falls to the browser's own rate.
      return;
    }
    this.#ticker.onmessage = () => this.#handleTick();
    this.#ticker.postMessage({ intervalMs: 1000 / this.#options.hiddenFrameRate });
  }

  #stopTicker(): void {
    this.#ticker?.terminate();
    this.#ticker = null;
  }

  #handleTick(): void {
    const { video } = this.#options;
    // A stream's clock runs on even when the page is hidden; the same time twice is the same picture.
    if (video.currentTime === this.#lastMediaTime) return;
    this.#lastMediaTime = video.currentTime;
    this.#emit(0);
  }
}
