import { css, html, type CSSResultGroup, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { VirtualBackgroundError } from '../../errors';
import type { SourceInput } from '../../types';
import type { Messages } from '../messages';
import { isNode } from '../movable-element';
import type { VirtualBackgroundCamera } from '../virtual-background-camera';
import { ControlElement } from './control-element';
import { controlStyles, selectStyles } from './control.styles';
import { fileNameOf, setFileSource } from './file-source';
import { cameraIcon, fileIcon, screenIcon } from './icons';

type Kind = 'camera' | 'screen' | 'file';

const CHOICES = [
  ['camera', 'sourceCamera', cameraIcon],
  ['screen', 'sourceScreen', screenIcon],
  ['file', 'sourceFile', fileIcon],
] as const satisfies readonly (readonly [Kind, keyof Messages, TemplateResult])[];

/** Why a source was not taken. */
const FAILURES = /^(camera|screen|source|insecure)-/;

/** Whether there is something to come back to, be it hidden for the moment. */
const isOn = ({ state }: VirtualBackgroundCamera): boolean => state === 'running' || state === 'interrupted';

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
/** Phones have no screen to share. */
const canShareScreen = (): boolean => typeof (navigator.mediaDevices as MediaDevices | undefined)?.getDisplayMedia === 'function';

/**
 * Chooses what goes into the camera element: the camera, a shared screen, or a video file, which can also be dropped on it.
 *
 * @summary A choice of sources: camera, screen, video file.
 * @tag vbc-source-select
 *
 * @slot - More sources: buttons of the page, after the others.
 *
 * @fires {CustomEvent<{ source: 'camera' | 'screen' | 'file', file: File | null }>} vbc-source-select - A person chose a source; `preventDefault()` keeps the old one. (When its frames arrive the camera fires `vbc-source-change`.)
 * @fires {CustomEvent<{ message: string }>} vbc-notice - There is something to say; unless prevented, the control shows it itself.
 *
 * @csspart field - Label and choices.
 * @csspart label - The label.
 * @csspart segments - The row of buttons.
 * @csspart button - One of the buttons; the chosen one has `aria-pressed="true"`.
 * @csspart icon - An icon.
 * @csspart notice - What the control has to say, a polite live region.
 */
export class SourceSelect extends ControlElement {
  static override readonly styles: CSSResultGroup = [
    controlStyles,
    selectStyles,
    css`
      .segments {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem;
        border-radius: var(--_radius);
      }

      button,
      ::slotted(button) {
        flex: 1 1 auto;
        min-inline-size: 0;
        padding-inline: 0.625rem;
      }

      .text {
        overflow: hidden;
        max-inline-size: 12rem;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .segments.over {
        outline: 2px dashed var(--_accent);
        outline-offset: 3px;
      }
    `,
  ];

  /** A file is held over it. */
  @state() private over = false;
  /** What was running when a person chose another source: should that one fail, it is still what is seen. */
  #before: SourceInput | null = null;
  #watched: VirtualBackgroundCamera | null = null;

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('button')?.focus(options);
  }

  override render(): TemplateResult {
    const { camera, text } = this;
    const chosen = this.#kind;
    const fileName = camera && fileNameOf(camera);
    return html`
      <div part="field" class="field">
        <span part="label" class="field-label" id="label">${this.over ? text.sourceDrop : text.sourceLabel}</span>
        <div
          part="segments"
          class="segments ${this.over ? 'over' : ''}"
          role="group"
          aria-labelledby="label"
          @dragover=${this.#handleDragOver}
          @dragleave=${this.#handleDragLeave}
          @drop=${this.#handleDrop}
        >
          ${CHOICES.filter(([kind]) => kind !== 'screen' || canShareScreen()).map(([kind, key, icon]) => {
            const label = kind === 'file' && fileName ? text.sourceFileNamed({ name: fileName }) : text[key];
            return html`
              <button part="button" type="button" data-source=${kind} aria-pressed=${chosen === kind} title=${label} ?disabled=${!camera} @click=${() => this.#handleClick(kind)}>
                ${icon}<span class="text">${label}</span>
              </button>
            `;
          })}
          <slot></slot>
        </div>
        <input type="file" accept="video/*" hidden @change=${this.#handleFileChange} />
      </div>
      ${this.noticeRegion()}
    `;
  }

  /** Null for what only the page can set: a stream, an element, a track. */
  get #kind(): Kind | null {
    const source = this.camera?.source;
    if (typeof source !== 'string') return null;
    return source === 'camera' ? 'camera' : source === 'screen' ? 'screen' : 'file';
  }

  protected override cameraChanged(camera: VirtualBackgroundCamera | null): void {
    this.#watched?.removeEventListener('vbc-error', this.#handleError);
    this.#watched?.removeEventListener('vbc-source-change', this.#forgetBefore);
    this.#watched = camera;
    this.#before = null;
    camera?.addEventListener('vbc-error', this.#handleError);
    camera?.addEventListener('vbc-source-change', this.#forgetBefore);
  }

  readonly #forgetBefore = (): void => void (this.#before = null);

  readonly #handleError = ({ detail }: CustomEvent<VirtualBackgroundError>): void => {
    const { camera } = this;
    if (!camera || this.#before === null || !isOn(camera) || !FAILURES.test(detail.code)) return;
    camera.source = this.#before;
    this.#before = null;
  };

  #handleClick(kind: Kind): void {
    if (kind === 'file') this.renderRoot.querySelector('input')?.click();
    else this.#choose(kind);
  }

  #handleFileChange(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    // The same file may be chosen again.
    input.value = '';
    if (file) this.#choose('file', file);
  }

  #handleDragOver(event: DragEvent): void {
    if (!holdsFiles(event) || !this.camera) return;
    // Elsewhere in the camera, a dropped file becomes a background.
    event.stopPropagation();
    event.preventDefault();
    this.over = true;
  }

  #handleDragLeave(event: DragEvent): void {
    const to = event.relatedTarget;
    if (!(isNode(to) && (event.currentTarget as Node).contains(to))) this.over = false;
  }

  #handleDrop(event: DragEvent): void {
    const file = event.dataTransfer?.files[0];
    this.over = false;
    if (!file || !this.camera) return;
    event.stopPropagation();
    event.preventDefault();
    if (file.type.startsWith('video/')) this.#choose('file', file);
    else this.notify(this.text.sourceNoVideo({ name: file.name }));
  }

  #choose(source: Kind, file: File | null = null): void {
    const { camera } = this;
    if (!camera) return;
    if (!this.tell('vbc-source-select', { source, file }, { cancelable: true })) return;
    this.#before = isOn(camera) ? camera.source : null;
    if (file) setFileSource(camera, file);
    else camera.source = source;
  }
}
