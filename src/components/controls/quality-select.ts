import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { QUALITY_SETTINGS, type Quality, type QualitySetting } from '../../types';
import type { Messages } from '../messages';
import { ControlElement } from './control-element';
import { controlStyles, selectStyles } from './control.styles';
import { chevronIcon } from './icons';

const NAMES = { auto: 'qualityAuto', low: 'qualityLow', medium: 'qualityMedium', high: 'qualityHigh' } as const satisfies Record<QualitySetting, keyof Messages>;

/**
 * Chooses the quality: automatic, low, medium or high. While `auto` is chosen it says which level that is at present.
 *
 * @summary A choice of quality.
 * @tag vbc-quality-select
 *
 * @fires {CustomEvent<{ quality: QualitySetting }>} vbc-quality-select - A person chose a quality; `preventDefault()` keeps the old one. (What `auto` does by itself is the camera's `vbc-quality-change`.)
 *
 * @csspart field - Label and choice.
 * @csspart label - The label.
 * @csspart select - The `<select>`.
 * @csspart icon - The arrow in it.
 */
export class QualitySelect extends ControlElement {
  static override readonly styles: CSSResultGroup = [controlStyles, selectStyles];

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('select')?.focus(options);
  }

  override render(): TemplateResult {
    const { camera, text } = this;
    const chosen = camera?.quality ?? 'auto';
    return html`
      <label part="field" class="field">
        <span part="label" class="field-label">${text.qualityLabel}</span>
        <span class="select">
          <select part="select" .value=${live(chosen)} ?disabled=${!camera} @change=${this.#handleChange}>
            ${QUALITY_SETTINGS.map(
              (quality) => html`<option value=${quality} .selected=${live(quality === chosen)}>${quality === 'auto' ? this.#autoText : text[NAMES[quality]]}</option>`,
            )}
          </select>
          ${chevronIcon}
        </span>
      </label>
    `;
  }

  get #autoText(): string {
    const { camera, text } = this;
    const now: Quality | null = camera?.quality === 'auto' && camera.state === 'running' ? camera.stats.quality : null;
    return now ? text.qualityAutoNow({ quality: text[NAMES[now]].toLocaleLowerCase(this.localized.lang || undefined) }) : text.qualityAuto;
  }

  #handleChange(event: Event): void {
    const { camera } = this;
    if (!camera) return;
    const quality = (event.target as HTMLSelectElement).value as QualitySetting;
    if (this.tell('vbc-quality-select', { quality }, { cancelable: true })) camera.quality = quality;
    this.requestUpdate();
  }
}
