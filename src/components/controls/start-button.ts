import { css, html, type CSSResultGroup, type TemplateResult } from 'lit';
import type { Messages } from '../messages';
import { ControlElement } from './control-element';
import { buttonStyles, controlStyles } from './control.styles';
import { busyIcon, cameraIcon, cameraOffIcon, fileIcon, screenIcon } from './icons';

type Kind = 'camera' | 'screen' | 'video';

const TEXTS = {
  camera: { start: 'startButton', stop: 'startButtonStop' },
  screen: { start: 'startButtonScreen', stop: 'startButtonStopScreen' },
  video: { start: 'startButtonVideo', stop: 'startButtonStopVideo' },
} as const satisfies Record<Kind, Record<'start' | 'stop', keyof Messages>>;
const ICONS = { camera: cameraIcon, screen: screenIcon, video: fileIcon };

/**
 * Starts and stops the camera; while it is being opened or the model is loading, cancels the start.
 *
 * @summary A button that starts and stops the camera.
 * @tag vbc-start-button
 *
 * @csspart button - The button; `data-state` is the camera's `state`.
 * @csspart icon - The icon.
 * @csspart label - The text beside the icon.
 *
 * @cssprop [--vbc-control-label=inline] - `none` leaves the icon alone; the name stays for assistive technology.
 */
export class StartButton extends ControlElement {
  static override readonly styles: CSSResultGroup = [
    controlStyles,
    buttonStyles,
    css`
      button {
        background: var(--_accent);
        color: var(--_on-accent);
      }

      @media (hover: hover) {
        button:not(:disabled):hover {
          background: color-mix(in oklab, var(--_accent), var(--_color) 14%);
        }
      }

      /* Calm while all is well: what stops it need not shout. */
      button:is([data-state='running'], [data-state='interrupted']) {
        background: var(--_background);
        color: inherit;
      }

      button:is([data-state='running'], [data-state='interrupted']) svg {
        color: var(--_danger);
      }

      @media (hover: hover) {
        button:is([data-state='running'], [data-state='interrupted']):hover {
          background: var(--_hover);
        }
      }

      @media (forced-colors: active) {
        button:is([data-state='running'], [data-state='interrupted']) svg {
          color: inherit;
        }
      }

      .turning {
        transform-origin: 12px 12px;
        animation: turn 0.9s linear infinite;
      }

      @keyframes turn {
        to {
          rotate: 360deg;
        }
      }
    `,
  ];

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('button')?.focus(options);
  }

  override render(): TemplateResult {
    const state = this.camera?.state ?? 'idle';
    const busy = state === 'opening' || state === 'loading';
    const off = state === 'idle' || state === 'failed';
    const kind = this.#kind;
    const label = this.text[busy ? 'startButtonCancel' : TEXTS[kind][off ? 'start' : 'stop']];
    return html`
      <button part="button" type="button" data-state=${state} aria-busy=${busy} aria-label=${label} title=${label} ?disabled=${!this.camera} @click=${this.#handleClick}>
        ${busy ? busyIcon : off || kind !== 'camera' ? ICONS[kind] : cameraOffIcon}<span part="label" class="label" aria-hidden="true">${label}</span>
      </button>
    `;
  }

  get #kind(): Kind {
    const source = this.camera?.source ?? 'camera';
    if (typeof source === 'string' && source !== 'camera') return source === 'screen' ? 'screen' : 'video';
    return source instanceof HTMLVideoElement ? 'video' : 'camera';
  }

  #handleClick(): void {
    const { camera } = this;
    if (!camera) return;
    if (camera.state !== 'idle' && camera.state !== 'failed') camera.stop();
    // Why it fails is told by the camera's event, in its `error` and on it.
    else camera.start().catch(() => undefined);
  }
}
