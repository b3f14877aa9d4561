/** How often it is checked whether the page was rendered. */
const CHECK_MS = 150;
/** Checks in a row without an animation frame after which the page counts as not rendered: less than half a second. */
const MISSED_CHECKS = 2;
/** Animation frames that follow each other within this time show that the page is rendered: out of sight, browsers give one a second at most. */
const STEADY_MS = 120;

/**
 * Knows whether the browser renders the page, which video frame callbacks depend on. `document.hidden` tells it of tabs
 * alone: a frame that is out of sight or `display: none`, and a window that is covered, get no animation frames while it is
 * false.
 */
export class RenderWatch {
  readonly #onChange: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #isRendered = !document.hidden;
  #missed = 0;
  #request: number | null = null;
  #lastMs = -Infinity;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    document.addEventListener('visibilitychange', this.#handleVisibility);
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
    this.#ask();
  }

  get isRendered(): boolean {
    return this.#isRendered;
  }

  /** Safe to call twice. */
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
      // A single one says nothing; the next has to follow at once.
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
    this.#onChange();
  }
}
