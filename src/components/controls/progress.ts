import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import type { ProgressDetail, ProgressPhase } from '../../types';
import type { Messages } from '../messages';
import { ControlElement } from './control-element';
import { controlStyles } from './control.styles';
import { progressStyles } from './progress.styles';

const BYTES_IN_MB = 1_000_000;
/** States in which nothing but the start is waited for, so that cancelling it takes nothing away. */
const STARTING = ['opening', 'loading'];

/**
 * Shows what a `<virtual-background-camera>` waits for and how far it is: a bar with the megabytes of a download, or one
 * without an end for the browser's question and for the first run of the model. Nothing while nothing is waited for.
 *
 * @summary Progress of a camera's start, and a button to cancel it.
 * @tag vbc-progress
 *
 * @csspart progress - The box around everything.
 * @csspart label - What is waited for.
 * @csspart bytes - How much has been downloaded.
 * @csspart bar - The bar, with the role `progressbar`.
 * @csspart fill - Its full part.
 * @csspart button - The button that cancels the start.
 */
export class CameraProgress extends ControlElement {
  static override readonly styles: CSSResultGroup = [controlStyles, progressStyles];

  override render(): TemplateResult | typeof nothing {
    const { camera, text } = this;
    const progress = camera?.progress;
    if (!camera || !progress) return nothing;
    const { loaded, total } = progress;
    const label = labelOf(text, progress.phase);
    const bytes = this.#bytesText(progress);
    const isDeterminate = loaded !== undefined && total !== undefined;
    return html`
      <div part="progress" class="progress">
        <div class="label"><span part="label">${label}</span>${bytes ? html`<span part="bytes" class="bytes">${bytes}</span>` : nothing}</div>
        <div
          part="bar"
          class=${isDeterminate ? 'determinate' : 'indeterminate'}
          role="progressbar"
          aria-label=${label}
          aria-valuemin=${ifDefined(isDeterminate ? 0 : undefined)}
          aria-valuemax=${ifDefined(isDeterminate ? total : undefined)}
          aria-valuenow=${ifDefined(isDeterminate ? loaded : undefined)}
          aria-valuetext=${ifDefined(bytes ?? undefined)}
        >
          <div part="fill" class="fill"></div>
        </div>
        ${STARTING.includes(camera.state) ? html`<button part="button" type="button" @click=${() => camera.stop()}>${text.progressCancel}</button>` : nothing}
      </div>
    `;
  }

  /** By script: a strict content security policy forbids style attributes, also those that a template writes. */
  protected override updated(): void {
    const { loaded, total } = this.camera?.progress ?? {};
    const size = loaded !== undefined && total !== undefined ? `${percent(loaded, total)}%` : '';
    this.renderRoot.querySelector<HTMLElement>('.fill')?.style.setProperty('inline-size', size);
  }

  #bytesText({ phase, loaded, total }: ProgressDetail): string | null {
    if (phase !== 'model' || loaded === undefined) return null;
    if (total === undefined) return this.text.progressBytes({ loaded: this.#megabytes(loaded) });
    return this.text.progressBytesOf({ loaded: this.#megabytes(loaded), total: this.#megabytes(total) });
  }

  #megabytes(bytes: number): string {
    const options: Intl.NumberFormatOptions = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    const megabytes = bytes / BYTES_IN_MB;
    try {
      return new Intl.NumberFormat(this.localized.lang || undefined, options).format(megabytes);
    } catch {
      // A page may write anything into `lang`.
      return new Intl.NumberFormat(undefined, options).format(megabytes);
    }
  }
}

function labelOf(text: Messages, phase: ProgressPhase): string {
  switch (phase) {
    case 'camera':
      return text.progressCamera;
    case 'model':
      return text.progressModel;
    case 'compile':
      return text.progressCompile;
  }
}

const percent = (loaded: number, total: number): number => (total > 0 ? Math.min(100, (loaded / total) * 100) : 0);
