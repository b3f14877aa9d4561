/** Any of them may be what the browser takes for a gesture. */
const GESTURES = ['pointerdown', 'pointerup', 'keydown', 'click'] as const;

/**
 * Plays a video, and again whenever something else paused it: browsers do so with what a frozen page plays, and don't
 * take it back when the page goes on. Where the browser wants a gesture first, it is played at the next one.
 */
export class LastingPlay {
  readonly #video: HTMLVideoElement;
  readonly #onRefused: () => void;
  #hasEnded = false;

  /**
   * @param video stays the caller's
   * @param onRefused the browser wants a gesture before it plays; called once
   */
  constructor(video: HTMLVideoElement, onRefused: () => void = () => undefined) {
    this.#video = video;
    this.#onRefused = onRefused;
    video.addEventListener('pause', this.#handlePause);
  }

  /** Resolves when it plays for the first time; never, where it does not. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#video.addEventListener('playing', () => resolve(), { once: true });
      this.#play(this.#onRefused);
    });
  }

  /** To be called before one's own `pause()`. Safe to call twice. */
  end(): void {
    this.#hasEnded = true;
    for (const type of GESTURES) window.removeEventListener(type, this.#handleGesture, true);
    this.#video.removeEventListener('pause', this.#handlePause);
  }

  readonly #handlePause = (): void => {
    if (!this.#video.ended) this.#play();
  };

  #play(onRefused?: () => void): void {
    // Any other failure is the source's own end or change.
    this.#video.play().catch((error: unknown) => {
      if (!isRefusal(error) || this.#hasEnded) return;
      this.#awaitGesture();
      onRefused?.();
    });
  }

  #awaitGesture(): void {
    for (const type of GESTURES) window.addEventListener(type, this.#handleGesture, true);
  }

  readonly #handleGesture = (): void => {
    for (const type of GESTURES) window.removeEventListener(type, this.#handleGesture, true);
    // One that was none to the browser is followed by the next.
    if (!this.#hasEnded) this.#play();
  };
}

/** Whether the browser's policy for automatic playing stands against it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotAllowedError';
}
