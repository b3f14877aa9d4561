/** How often it is checked whether the page was rendered. */
const CHECK_MS = 150;
/** Checks in a row without an animation frame: then the page is not rendered. Less than half a second. */
const MISSED_CHECKS = 2;
/** Animation frames that are no further apart mean that the page is rendered; browsers give one a second out of sight. */
const STEADY_MS = 120;

/**
 * Tells whether browsers render the page, on which video frame callbacks depend. `document.hidden` says it of tabs alone:
 * frames that are out of sight or `display: none`, and windows that are covered, get no animation frames while it is false.
 */
export class RenderWatch {
  readonly #onChange: (isRendered: boolean) => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #isRendered = !document.hidden;
  #missed = 0;
  #request: number | null = null;
  #lastMs = -Infinity;

  constructor(onChange: (isRendered: boolean) => void) {
    this.#onChange = onChange;
    document.addEventListener('visibilitychange', this.#handleVisibility);
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
    this.#ask();
  }

  get isRendered(): boolean {
    return this.#isRendered;
  }

  end(): void {
    document.removeEventListener('visibilitychange', this.#handleVisibility);
    clearInterval(this.#timer);
    if (this.#request !== null) cancelAnimationFrame(this.#request);
  }

  #check(): void {
    this.#missed = this.#request === null ? 0 : this.#missed + 1;
    if (this.#missed >= MISSED_CHECKS) this.#set(false);
    this.#ask();
  }

  #ask(): void {
    this.#request ??= requestAnimationFrame((nowMs) => {
      this.#request = null;
      const isSteady = nowMs - this.#lastMs < STEADY_MS;
      this.#lastMs = nowMs;
      if (this.#isRendered) return;
      if (isSteady && !document.hidden) this.#set(true);
      // A single one says nothing: the next must follow at once.
      else this.#ask();
    });
  }

  readonly #handleVisibility = (): void => {
    this.#missed = 0;
    this.#set(!document.hidden);
  };

  #set(isRendered: boolean): void {
    if (isRendered === this.#isRendered) return;
    this.#isRendered = isRendered;
    this.#onChange(isRendered);
  }
}
