import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { ChoiceFilter, PageBackground } from './background-gallery-choices';
import { checkBackgrounds, checked } from './checks';
import { ControlElement } from './control-element';
import { controlStyles } from './control.styles';
import { barStyles } from './controls.styles';
import { DropWatch } from './drop-watch';
import { backgroundsIcon, closeIcon, settingsIcon } from './icons';
import { PanelPlacement } from './panel-placement';

/** What the bar is made of. An app that registers only some of them gets a bar of those. */
const TAGS = [
  'vbc-start-button', 'vbc-background-gallery', 'vbc-mirror-button', 'vbc-snapshot-button', 'vbc-camera-select', 'vbc-source-select', 'vbc-quality-select', 'vbc-progress',
] as const;

type Panel = 'backgrounds' | 'settings';

const GALLERY_PARTS = 'tile, tile-checked, thumbnail, label: tile-label, add: tile-add, remove: tile-remove, error: gallery-error';
const PROGRESS_PARTS = 'progress, label: progress-label, bytes: progress-bytes, bar: progress-bar, fill: progress-fill';
const buttonParts = (name: string): string => `button, button: ${name}, icon, label`;
const fieldParts = (name: string): string => `field, label: field-label, select, select: ${name}, segments, button: segment, icon`;

/**
 * A bar with everything a person needs: start and stop, backgrounds, mirror, picture, and a panel with camera, source and
 * quality. `<virtual-background-camera controls>` shows one over its preview.
 *
 * @summary The bar of controls.
 * @tag vbc-controls
 *
 * @slot - More controls, between the backgrounds and the mirror.
 * @slot settings - More settings, at the end of the panel.
 *
 * @csspart bar - The row of buttons.
 * @csspart button - A button in the bar; also `start-button`, `backgrounds-button`, `mirror-button`, `snapshot-button`, `settings-button`.
 * @csspart icon - An icon.
 * @csspart label - The text of a button.
 * @csspart notice - What there is to say, a polite live region.
 * @csspart panel - A panel; also `backgrounds-panel`, `settings-panel`.
 * @csspart panel-title - A panel's heading.
 * @csspart close - The button that closes a panel.
 * @csspart field - A setting in the panel: label and choice.
 * @csspart field-label - Its label.
 * @csspart select - Its `<select>`; also `camera-select`, `quality-select`.
 * @csspart segments - The row of sources.
 * @csspart segment - One of the sources.
 * @csspart tile - A background; see `<vbc-background-gallery>`, whose other parts are `tile-checked`, `thumbnail`, `tile-label`, `tile-add`, `tile-remove` and `gallery-error` here.
 * @csspart progress - The progress of a start; see `<vbc-progress>`, whose other parts are `progress-label`, `progress-bytes`, `progress-bar` and `progress-fill` here.
 *
 * @cssprop [--vbc-panel-size=24rem] - Width of the panels, where the window has room.
 * @cssprop [--vbc-control-accent] - Colour of what is chosen and of the start button.
 * @cssprop [--vbc-control-on-accent] - Text on it.
 * @cssprop [--vbc-control-surface] - Behind the bar and in the panels.
 * @cssprop [--vbc-control-background] - Buttons and choices.
 * @cssprop [--vbc-control-hover-background] - The same under the pointer.
 * @cssprop [--vbc-control-selected-background] - Pressed buttons.
 * @cssprop [--vbc-control-color] - Text and icons.
 * @cssprop [--vbc-control-quiet-color] - Labels above choices.
 * @cssprop [--vbc-control-border-color] - Lines.
 * @cssprop [--vbc-control-danger] - The stop button's icon, and what takes something away.
 * @cssprop [--vbc-control-on-danger] - Text on it.
 * @cssprop [--vbc-control-focus-color] - The ring around what has the focus.
 * @cssprop [--vbc-control-size=2.5rem] - Least width and height of targets; never below 24 px.
 * @cssprop [--vbc-control-radius=0.75rem] - Corners.
 * @cssprop [--vbc-control-gap=0.5rem] - Between controls.
 * @cssprop [--vbc-control-font] - As CSS `font`.
 * @cssprop [--vbc-overlay-background] - Buttons over the picture.
 * @cssprop [--vbc-overlay-hover-background] - The same under the pointer.
 * @cssprop [--vbc-overlay-selected-background] - Pressed buttons over the picture.
 * @cssprop [--vbc-overlay-color] - Text and icons over the picture.
 * @cssprop [--vbc-overlay-focus-color] - The focus ring over the picture.
 */
export class CameraControls extends ControlElement implements ChoiceFilter {
  static override readonly styles: CSSResultGroup = [controlStyles, barStyles];

  /** Lies over a picture: dark buttons without a bar behind them. Inside of the camera element it does so by itself. */
  @property({ type: Boolean, reflect: true }) overlay = false;

  /** Backgrounds of the page for the gallery: addresses, or objects with `src`, `label` and `thumbnail`. */
  @property({ attribute: false }) @checked(checkBackgrounds) backgrounds: readonly (string | PageBackground)[] = [];

  /** Does not offer to show the room. */
  @property({ type: Boolean, attribute: 'no-none' }) noNone = false;

  /** Does not offer blur. */
  @property({ type: Boolean, attribute: 'no-blur' }) noBlur = false;

  /** Does not offer the built-in scenes. */
  @property({ type: Boolean, attribute: 'no-scenes' }) noScenes = false;

  /** Does not offer plain colours. */
  @property({ type: Boolean, attribute: 'no-colors' }) noColors = false;

  /** Does not let people add backgrounds of their own. */
  @property({ type: Boolean, attribute: 'no-upload' }) noUpload = false;

  /** Keeps the backgrounds that people add for their next visit: see `<vbc-background-gallery>`. */
  @property({ type: Boolean }) remember = false;

  /** Panels are filled when they are opened for the first time. */
  @state() private readonly opened = new Set<Panel>();

  readonly #placement = new PanelPlacement(this);
  readonly #drop = new DropWatch(this);

  override connectedCallback(): void {
    super.connectedCallback();
    for (const tag of TAGS) if (!customElements.get(tag)) void customElements.whenDefined(tag).then(() => this.requestUpdate());
    this.addEventListener('vbc-notice', this.#handleNotice);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('vbc-notice', this.#handleNotice);
  }

  protected override willUpdate(): void {
    // The gallery takes what is dropped on the camera, so it has to be there by then.
    if (this.#drop.isOver && !this.noUpload) this.opened.add('backgrounds');
  }

  override render(): TemplateResult {
    const { camera, text } = this;
    const has = (tag: (typeof TAGS)[number]): boolean => customElements.get(tag) !== undefined;
    return html`
      <div class="box">
        ${has('vbc-progress') ? html`<vbc-progress class="progress" exportparts=${PROGRESS_PARTS} .camera=${camera}></vbc-progress>` : nothing}
        ${this.#drop.isOver && !this.noUpload && has('vbc-background-gallery') ? html`<p class="notice" aria-hidden="true">${text.galleryDrop}</p>` : nothing}
        ${this.noticeRegion()}
        <div part="bar" class="bar" role="group" aria-label=${text.controlsLabel}>
          ${has('vbc-start-button') ? html`<vbc-start-button exportparts=${buttonParts('start-button')} .camera=${camera}></vbc-start-button>` : nothing}
          ${has('vbc-background-gallery') ? this.#panelButton('backgrounds', text.controlsBackgrounds, backgroundsIcon) : nothing}
          <span class="space"></span>
          <slot></slot>
          ${has('vbc-mirror-button') ? html`<vbc-mirror-button exportparts=${buttonParts('mirror-button')} .camera=${camera}></vbc-mirror-button>` : nothing}
          ${has('vbc-snapshot-button') ? html`<vbc-snapshot-button exportparts=${buttonParts('snapshot-button')} .camera=${camera}></vbc-snapshot-button>` : nothing}
          ${this.#panelButton('settings', text.controlsSettings, settingsIcon)}
        </div>
      </div>
      ${this.#panel(
        'backgrounds',
        text.controlsBackgrounds,
        has('vbc-background-gallery')
          ? html`
              <vbc-background-gallery
                exportparts=${GALLERY_PARTS}
                .camera=${camera}
                .backgrounds=${this.backgrounds}
                .noNone=${this.noNone}
                .noBlur=${this.noBlur}
                .noScenes=${this.noScenes}
                .noColors=${this.noColors}
                .noUpload=${this.noUpload}
                .remember=${this.remember}
              ></vbc-background-gallery>
            `
          : nothing,
      )}
      ${this.#panel(
        'settings',
        text.controlsSettings,
        html`
          ${has('vbc-source-select') ? html`<vbc-source-select exportparts=${fieldParts('source-select')} .camera=${camera}></vbc-source-select>` : nothing}
          ${has('vbc-camera-select') ? html`<vbc-camera-select exportparts=${fieldParts('camera-select')} .camera=${camera}></vbc-camera-select>` : nothing}
          ${has('vbc-quality-select') ? html`<vbc-quality-select exportparts=${fieldParts('quality-select')} .camera=${camera}></vbc-quality-select>` : nothing}
        `,
      )}
    `;
  }

  #panelButton(panel: Panel, label: string, icon: TemplateResult): TemplateResult {
    return html`
      <button part="button ${panel}-button" type="button" id="${panel}-button" popovertarget=${panel} aria-label=${label} title=${label} ?disabled=${!this.camera}>
        ${icon}<span part="label" class="label" aria-hidden="true">${label}</span>
      </button>
    `;
  }

  /** The browser closes it on Escape and at a click beside it, and has one of them open at a time. */
  #panel(panel: Panel, label: string, content: TemplateResult | typeof nothing): TemplateResult {
    return html`
      <div part="panel ${panel}-panel" class="panel" id=${panel} popover role="group" aria-labelledby="${panel}-title" @beforetoggle=${this.#handleBeforeToggle} @toggle=${this.#handleToggle}>
        <header>
          <h2 part="panel-title" id="${panel}-title">${label}</h2>
          <button part="close" type="button" popovertarget=${panel} popovertargetaction="hide" aria-label=${this.text.controlsClose} title=${this.text.controlsClose}>${closeIcon}</button>
        </header>
        <div class="content">
          ${this.opened.has(panel) ? content : nothing}
          ${panel === 'settings' ? html`<slot name="settings"></slot>` : nothing}
        </div>
      </div>
    `;
  }

  #handleBeforeToggle(event: ToggleEvent): void {
    if (event.newState !== 'open') return;
    this.opened.add((event.target as HTMLElement).id as Panel);
    this.requestUpdate();
  }

  #handleToggle(event: ToggleEvent): void {
    const panel = event.target as HTMLElement;
    const button = this.renderRoot.querySelector<HTMLElement>(`#${panel.id}-button`);
    if (event.newState === 'open' && button) {
      this.#placement.open(panel, button);
      return;
    }
    this.#placement.close(panel);
    // The browser loses the focus when it was in a shadow root inside of the panel. What a click has focused keeps it.
    const { activeElement: outer, body } = this.ownerDocument;
    const inner = this.shadowRoot?.activeElement ?? null;
    const isLost = outer === null || outer === body || panel.contains(inner);
    if (isLost && !this.renderRoot.querySelector(':popover-open')) button?.focus();
  }

  /** What the controls have to say is seen and read here, also while their panel is closed. */
  readonly #handleNotice = (event: Event): void => {
    if (event.composedPath()[0] === this || event.defaultPrevented) return;
    event.preventDefault();
    this.showNotice((event as CustomEvent<{ message: string }>).detail.message);
  };
}
