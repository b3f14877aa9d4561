import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { ControlElement } from './control-element';
import { buttonStyles, controlStyles } from './control.styles';
import { mirrorIcon } from './icons';

/**
 * Shows the preview as in a mirror, or as the others see it.
 *
 * @summary A button that mirrors the preview.
 * @tag vbc-mirror-button
 *
 * @fires {CustomEvent<{ mirrored: boolean }>} vbc-mirror-toggle - A person mirrored the preview, or back; `preventDefault()` keeps it as it was.
 *
 * @csspart button - The button.
 * @csspart icon - The icon.
 * @csspart label - The text beside the icon.
 *
 * @cssprop [--vbc-control-label=inline] - `none` leaves the icon alone; the name stays for assistive technology.
 */
export class MirrorButton extends ControlElement {
  static override readonly styles: CSSResultGroup = [controlStyles, buttonStyles];

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('button')?.focus(options);
  }

  override render(): TemplateResult {
    const { camera } = this;
    const label = this.text.mirrorLabel;
    return html`
      <button part="button" type="button" aria-pressed=${camera?.mirrored ?? false} aria-label=${label} title=${label} ?disabled=${!camera} @click=${this.#handleClick}>
        ${mirrorIcon}<span part="label" class="label" aria-hidden="true">${label}</span>
      </button>
    `;
  }

  #handleClick(): void {
    const { camera } = this;
    if (!camera) return;
    const mirrored = !camera.mirrored;
    if (this.tell('vbc-mirror-toggle', { mirrored }, { cancelable: true })) camera.mirrored = mirrored;
  }
}
