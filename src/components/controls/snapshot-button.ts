import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { ControlElement } from './control-element';
import { buttonStyles, controlStyles } from './control.styles';
import { snapshotIcon } from './icons';

const ENDINGS: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' };
/** The browser has begun to save by then. */
const DOWNLOAD_MS = 10_000;

/**
 * Takes a picture of what the stream shows, and saves it unless the page wants it for itself.
 *
 * @summary A button that takes a picture.
 * @tag vbc-snapshot-button
 *
 * @fires {CustomEvent<{ blob: Blob }>} vbc-snapshot - A picture was taken. Cancelable: `preventDefault()` keeps it from being saved as a file.
 * @fires {CustomEvent<{ message: string }>} vbc-notice - There is something to say; unless prevented, the control shows it itself.
 *
 * @csspart button - The button.
 * @csspart icon - The icon.
 * @csspart label - The text beside the icon.
 * @csspart notice - What the control has to say, a polite live region.
 *
 * @cssprop [--vbc-control-label=inline] - `none` leaves the icon alone; the name stays for assistive technology.
 */
export class SnapshotButton extends ControlElement {
  static override readonly styles: CSSResultGroup = [controlStyles, buttonStyles];

  /** Type of the picture: `image/jpeg`, `image/png` or `image/webp`. */
  @property() type = 'image/jpeg';

  /** Quality of JPEG and WebP, 0 to 1. */
  @property({ type: Number }) quality = 0.92;

  @state() private busy = false;

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('button')?.focus(options);
  }

  override render(): TemplateResult {
    const { camera } = this;
    const label = this.text.snapshotLabel;
    return html`
      <button part="button" type="button" aria-busy=${this.busy} aria-label=${label} title=${label} ?disabled=${!camera?.stream} @click=${this.#handleClick}>
        ${snapshotIcon}<span part="label" class="label" aria-hidden="true">${label}</span>
      </button>
      ${this.noticeRegion()}
    `;
  }

  async #handleClick(): Promise<void> {
    const { camera } = this;
    if (!camera || this.busy) return;
    this.busy = true;
    try {
      const blob = await camera.snapshot(this.type, this.quality);
      if (this.tell('vbc-snapshot', { blob }, { cancelable: true })) {
        save(blob);
        this.notify(this.text.snapshotSaved);
      } else {
        this.notify(this.text.snapshotTaken);
      }
    } catch {
      // The one reason there is, no picture to take, is for the person to know.
      this.notify(this.text.snapshotFailed);
    } finally {
      this.busy = false;
    }
  }
}

function save(blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  const time = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replaceAll(':', '-').replace('T', ' ');
  link.download = `${time}.${ENDINGS[blob.type] ?? 'png'}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_MS);
}
