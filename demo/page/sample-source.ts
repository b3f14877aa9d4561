import type { VirtualBackgroundCamera, VirtualBackgroundError } from '../../src/define.ts';
import { DrawnSample, type HairStyle, type PoseName } from '../drawn-sample.ts';
import { byId } from './dom.ts';
import { onLanguage } from './language.ts';
import { isNoCamera, noCameraText } from './no-camera.ts';

const FRAME_RATE = 30;

/** The drawn person as a source: one more button of the choice of sources, and what plays where there is no camera. */
export class SampleSource {
  readonly #camera: VirtualBackgroundCamera;
  readonly #button = byId('sample', HTMLButtonElement);
  readonly #fields = byId('sample-fields', HTMLElement);
  readonly #pose = byId('pose', HTMLSelectElement);
  readonly #hair = byId('hair', HTMLSelectElement);
  readonly #note = byId('note', HTMLElement);
  /** Why it plays in place of the camera; null where a person chose it. */
  #why: VirtualBackgroundError['code'] | null = null;
  /** Those that play. The element shows the old source until the new one is open. */
  readonly #samples = new Map<unknown, DrawnSample>();

  constructor(camera: VirtualBackgroundCamera) {
    this.#camera = camera;
    for (const [control, type] of [[this.#button, 'click'], [this.#pose, 'change'], [this.#hair, 'change']] as const) {
      control.addEventListener(type, () => this.play());
    }
    camera.addController({ hostUpdated: () => this.#show() });
    camera.addEventListener('vbc-source-change', () => this.#stopOthers());
    camera.addEventListener('vbc-error', ({ detail }) => this.#handleError(detail));
    onLanguage(() => this.#showNote());
  }

  /** Options of the drawn person; those that the page does not offer change nothing. */
  set(pose: PoseName | undefined, hair: HairStyle | undefined): void {
    for (const [select, value] of [[this.#pose, pose], [this.#hair, hair]] as const) {
      if (value && [...select.options].some((option) => option.value === value)) select.value = value;
    }
  }

  /** Makes the drawn person the source, and starts the element if it is off. */
  play(): void {
    const { width, height } = this.#camera;
    const sample = new DrawnSample({ width, height, pose: this.#pose.value as PoseName, hair: this.#hair.value as HairStyle });
    const stream = sample.captureStream(FRAME_RATE);
    this.#samples.set(stream, sample);
    this.#camera.source = stream;
    // The element reports what goes wrong.
    this.#camera.start().catch(() => undefined);
  }

  get #isSource(): boolean {
    return this.#samples.has(this.#camera.source);
  }

  #stopOthers(): void {
    for (const [stream, sample] of this.#samples) {
      if (stream === this.#camera.source) continue;
      this.#samples.delete(stream);
      sample.stop();
    }
  }

  #show(): void {
    const isSource = this.#isSource;
    this.#button.setAttribute('aria-pressed', String(isSource));
    this.#fields.hidden = !isSource;
    if (isSource && this.#camera.state !== 'idle') return;
    this.#why = null;
    this.#showNote();
  }

  #showNote(): void {
    const note = this.#why ? noCameraText(this.#why) : '';
    if (this.#note.textContent !== note) this.#note.textContent = note;
  }

  #handleError({ code }: VirtualBackgroundError): void {
    if (!isNoCamera(code) || this.#camera.source !== 'camera' || this.#camera.state !== 'failed') return;
    this.play();
    this.#why = code;
    this.#showNote();
  }
}
