import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Engine } from '../engine/engine';
import { toVirtualBackgroundError } from '../errors';
import type { BackgroundInput } from '../types';
import type { Messages } from './messages';

/** What has a background that the note may change. */
export interface BlurNoteHost extends ReactiveControllerHost {
  background: BackgroundInput;
}

/**
 * Says that the system blurs the background, too, and offers to leave it to one of the two: to this element where the
 * system's blur can be switched off from here, else to the system.
 */
export class SystemBlurNote implements ReactiveController {
  readonly #host: BlurNoteHost;
  readonly #engine: Engine;
  #isDismissed = false;
  /** Taken off for the system's blur, to come back with its end: nobody asked for a picture without any. */
  #replaced: BackgroundInput | null = null;

  constructor(host: BlurNoteHost, engine: Engine) {
    this.#host = host;
    this.#engine = engine;
    host.addController(this);
  }

  hostConnected(): void {
    // Lit asks for one method at least.
  }

  /** To be called when `systemBlur` changed. */
  handleChange(): void {
    if (!this.#engine.systemBlur) {
      this.#isDismissed = false;
      if (this.#replaced !== null && this.#host.background === 'none') this.#host.background = this.#replaced;
      this.#replaced = null;
    }
    this.#host.requestUpdate();
  }

  /** The live region is there all the time: what comes into it is read out. */
  render(text: Messages): TemplateResult {
    return html`<div role="status" class="notes">${this.#isShown ? this.#note(text) : nothing}</div>`;
  }

  get #isShown(): boolean {
    return this.#engine.systemBlur && !this.#isDismissed && this.#host.background !== 'none';
  }

  #note(text: Messages): TemplateResult {
    return html`
      <div part="system-blur" class="note">
        <span>${text.systemBlurNote}</span>
        ${this.#engine.canSwitchSystemBlurOff
          ? html`<button type="button" @click=${this.#switchSystemOff}>${text.systemBlurOff}</button>`
          : html`<button type="button" @click=${this.#switchOursOff}>${text.systemBlurOnly}</button>`}
        <button type="button" @click=${this.#dismiss}>${text.systemBlurKeep}</button>
      </div>
    `;
  }

  readonly #switchSystemOff = (): void => {
    this.#engine.switchSystemBlurOff().catch((error: unknown) => {
      this.#engine.reportError(toVirtualBackgroundError(error, 'camera-constraints', "The system's blur"));
    });
  };

  readonly #switchOursOff = (): void => {
    this.#replaced = this.#host.background;
    this.#host.background = 'none';
  };

  readonly #dismiss = (): void => {
    this.#isDismissed = true;
    this.#host.requestUpdate();
  };
}
