import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { PageBackground } from './background-gallery-choices';

export type { PageBackground };

const TAG = 'vbc-controls';

/** The bar's parts and those of what is in it, for the page to style. */
const EXPORTED_PARTS = [
  'bar, button, start-button, backgrounds-button, mirror-button, snapshot-button, settings-button, icon, label, notice',
  'panel, backgrounds-panel, settings-panel, panel-title, close, field, field-label, select, camera-select, quality-select, segments, segment',
  'tile, tile-checked, thumbnail, tile-label, tile-add, tile-remove, gallery-error',
  'progress, progress-label, progress-bytes, progress-bar, progress-fill',
].join(', ');

export interface ControlsHost extends ReactiveControllerHost {
  controls: boolean;
  backgrounds: readonly (string | PageBackground)[];
}

/** The slots for controls and for backgrounds, with the package's own bar in the first when the host wants controls. */
export function controlsSlot(host: ControlsHost): TemplateResult {
  return html`
    <div class="controls"><slot name="controls">${host.controls ? bar(host) : nothing}</slot></div>
    <slot name="backgrounds" hidden></slot>
  `;
}

function bar(host: ControlsHost): TemplateResult | typeof nothing {
  if (customElements.get(TAG)) {
    return html`<vbc-controls part="controls" overlay exportparts=${EXPORTED_PARTS} .backgrounds=${host.backgrounds}></vbc-controls>`;
  }
  // An app may import the class alone and never register the bar: an unknown tag would be an empty box.
  void customElements.whenDefined(TAG).then(() => host.requestUpdate());
  return nothing;
}
