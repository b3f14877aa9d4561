import type { VirtualBackgroundCamera, VirtualBackgroundError } from '../../src/define.ts';
import { DrawnSample, type HairStyle, type PoseName } from '../drawn-sample.ts';
import { byId } from './dom.ts';

const FRAME_RATE = 30;

/** Why there is no camera. The element says it, too; this says what plays in its place. */
const NO_CAMERA: Partial<Record<VirtualBackgroundError['code'], string>> = {
  'camera-not-found': 'This device has no camera that the browser can see. A drawn person plays instead, so that you can try everything.',
  'camera-denied': 'The camera is not allowed for this page: allow it in the address bar and choose “Camera” again. Until then a drawn person plays.',
  'camera-system-denied': 'The system does not let this browser use the camera. Until it does, a drawn person plays.',
  'camera-policy': 'This page may not use the camera where it is shown. A drawn person plays instead.',
  'camera-in-use': 'The camera is busy: close other programs that use it and choose “Camera” again. Until then a drawn person plays.',
  'insecure-context': 'Browsers give the camera only to https pages and to localhost. A drawn person plays instead.',
};

/** The drawn person as a source: one more button of the choice of sources, and what plays where there is no camera. */
export class SampleSource {
  readonly #camera: VirtualBackgroundCamera;
  readonly #button = byId('sample', HTMLButtonElement);
  readonly #fields = byId('sample-fields', HTMLElement);
  readonly #pose = byId('pose', HTMLSelectElement);
  readonly #hair = byId('hair', HTMLSelectElement);
  readonly #note = byId('note', HTMLElement);
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
  }

  /** Options of the drawn person, by name; unknown ones change nothing. */
  set(pose: string | null, hair: string | null): void {
    for (const [select, value] of [[this.#pose, pose], [this.#hair, hair]] as const) {
      if (value && [...select.options].some((option) => option.value === value)) select.value = value;
    }
  }

  /** Makes the drawn person the source, and starts the element if it stands still. */
  play(): void {
    const { width, height } = this.#camera;
    const sample = new DrawnSample({ width, height, pose: this.#pose.value as PoseName, hair: this.#hair.value as HairStyle });
    const stream = sample.captureStream(FRAME_RATE);
    this.#samples.set(stream, sample);
    this.#camera.source = stream;
    // What goes wrong is told by the element.
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
    if (!isSource) this.#note.textContent = '';
  }

  #handleError({ code }: VirtualBackgroundError): void {
    const why = NO_CAMERA[code];
    if (!why || this.#camera.source !== 'camera' || this.#camera.state !== 'failed') return;
    this.play();
    this.#note.textContent = why;
  }
}
