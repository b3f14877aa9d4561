import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { EngineState } from '../../types';
import type { VirtualBackgroundCamera } from '../virtual-background-camera';
import { CameraDevices } from './camera-devices';
import { ControlElement } from './control-element';
import { controlStyles, selectStyles } from './control.styles';
import { chevronIcon } from './icons';

/**
 * Chooses among the machine's cameras. Their names appear once the page may use one. When the camera in use is unplugged
 * and there is another, that one takes over.
 *
 * @summary A choice of cameras.
 * @tag vbc-camera-select
 *
 * @fires {CustomEvent<{ deviceId: string | null }>} vbc-camera-select - A person chose a camera; null: the browser's default. `preventDefault()` keeps the old one.
 * @fires {CustomEvent<{ message: string }>} vbc-notice - There is something to say; unless prevented, the control shows it itself.
 *
 * @csspart field - Label and choice.
 * @csspart label - The label.
 * @csspart select - The `<select>`.
 * @csspart icon - The arrow in it.
 * @csspart notice - What the control has to say, a polite live region.
 */
export class CameraSelect extends ControlElement {
  static override readonly styles: CSSResultGroup = [controlStyles, selectStyles];

  readonly #devices = new CameraDevices(this, (lost) => {
    this.#lost = lost;
    this.#replaceLost();
  });
  /** Unplugged since the camera was last running. */
  #lost: ReadonlySet<string> = new Set();
  #lastState: EngineState = 'idle';

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('select')?.focus(options);
  }

  override render(): TemplateResult {
    const { camera, text } = this;
    const { cameras, hasCamera } = this.#devices;
    const chosen = this.#chosen;
    // A camera's name is in no language of ours, so that the label says what is chosen here.
    return html`
      <label part="field" class="field">
        <span part="label" class="field-label">${text.cameraLabel}</span>
        <span class="select">
          <select part="select" .value=${live(chosen)} ?disabled=${!camera || !hasCamera || camera.source !== 'camera'} @change=${this.#handleChange}>
            <option value="" .selected=${live(!chosen)}>${hasCamera ? text.cameraDefault : text.cameraNone}</option>
            ${cameras.map(
              ({ deviceId, label }, index) =>
                html`<option value=${deviceId} .selected=${live(deviceId === chosen)}>${label || text.cameraNumbered({ number: index + 1 })}</option>`,
            )}
          </select>
          ${chevronIcon}
        </span>
      </label>
      ${this.noticeRegion()}
    `;
  }

  /** The id of the camera that is asked for, or of the one in use where that is not there; empty = the browser's default. */
  get #chosen(): string {
    const { camera } = this;
    if (!camera?.deviceId) return '';
    const listed = (id: string | null | undefined): string | undefined => this.#devices.cameras.find(({ deviceId }) => deviceId === id)?.deviceId;
    return listed(camera.deviceId) ?? listed(camera.sourceSettings?.deviceId) ?? '';
  }

  protected override cameraChanged(camera: VirtualBackgroundCamera | null): void {
    this.#lastState = camera?.state ?? 'idle';
  }

  protected override updated(): void {
    const state = this.camera?.state ?? 'idle';
    if (state === this.#lastState) return;
    this.#lastState = state;
    // The first camera that is allowed brings the names of all.
    if (state === 'running') void this.#devices.renew();
    if (state === 'failed' || state === 'interrupted') this.#replaceLost();
    // What was unplugged before this start has been dealt with.
    if (state === 'opening') this.#lost = new Set();
  }

  #handleChange(event: Event): void {
    const { camera } = this;
    if (!camera) return;
    const deviceId = (event.target as HTMLSelectElement).value || null;
    if (this.tell('vbc-camera-select', { deviceId }, { cancelable: true })) camera.deviceId = deviceId;
    this.requestUpdate();
  }

  /** The track's end and the new list of devices come in any order. */
  #replaceLost(): void {
    const { camera } = this;
    if (!camera || this.#lost.size === 0 || camera.source !== 'camera') return;
    const isOff = camera.state === 'idle' || camera.state === 'failed';
    if (isOff && camera.deviceId && this.#lost.has(camera.deviceId)) camera.deviceId = null;
    // Another end than by unplugging is a person's own wish: a revoked permission, say.
    if (!['failed', 'interrupted'].includes(camera.state) || camera.error?.code !== 'source-ended') return;
    const next = this.#devices.cameras[0];
    if (!next) return;
    this.#lost = new Set();
    camera.deviceId = next.deviceId;
    const name = next.label || this.text.cameraNumbered({ number: 1 });
    camera.start().then(() => this.notify(this.text.cameraReplaced({ camera: name })), () => undefined);
  }
}
