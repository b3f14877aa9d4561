import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { Localized, type Messages } from '../messages';
import { MovableElement } from '../movable-element';
import type { VirtualBackgroundCamera } from '../virtual-background-camera';
import { CameraLink } from './camera-link';
import { checkCamera, checked, checkFor, taken } from './checks';
import { controlStyles } from './control.styles';

/** Long enough to be read. */
const NOTICE_MS = 8000;

/**
 * What the controls have in common: a camera, texts in the language of the place, and the shared look. A control keeps no
 * state that the camera has: it sets the camera's properties and calls its methods, and shows what the camera then says.
 */
export abstract class ControlElement extends MovableElement {
  static override styles: CSSResultGroup = controlStyles;

  /** Id of the `<virtual-background-camera>`, in the same document or shadow root; inside of a camera it is not needed. */
  @property() @checked(checkFor) for: string | null = null;

  @state() private notice = '';
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  protected readonly localized = new Localized(this);
  protected readonly link = new CameraLink(this, (camera) => this.cameraChanged(camera));

  /** The camera that it controls: the one set here, else that of `for`, else the nearest around it; null while there is none. */
  @property({ attribute: false })
  get camera(): VirtualBackgroundCamera | null {
    return this.link.camera;
  }

  set camera(camera: VirtualBackgroundCamera | null) {
    this.link.explicit = taken(this, camera, this.link.explicit, checkCamera);
  }

  protected get text(): Messages {
    return this.localized.text;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#noticeTimer);
    this.notice = '';
  }

  /** Called with every other camera, and with null when there is none any more. */
  protected cameraChanged(_camera: VirtualBackgroundCamera | null): void {
    // For controls that have more to do than to render again.
  }

  /** Tells of what a person did with the control; false when the page prevented what follows. */
  protected tell(type: string, detail: unknown, options: { cancelable?: boolean } = {}): boolean {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, ...options }));
  }

  /** Says something to the person: in the bar of controls around it, if there is one, else in {@link noticeRegion}. */
  protected notify(message: string): void {
    if (this.tell('vbc-notice', { message }, { cancelable: true })) this.showNotice(message);
  }

  protected showNotice(message: string): void {
    this.notice = message;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => (this.notice = ''), NOTICE_MS);
  }

  /** Where {@link notify} speaks: a polite live region, which has to be there before its text. */
  protected noticeRegion(): TemplateResult {
    return html`<p part="notice" class="notice" role="status">${this.notice}</p>`;
  }

  /** The first picture in the right language: the table is a moment away, a flash of English would be read out. */
  protected override async scheduleUpdate(): Promise<void> {
    const { pending } = this.localized;
    if (pending && !this.hasUpdated) await pending;
    await super.scheduleUpdate();
  }
}
