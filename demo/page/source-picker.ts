import type { VirtualBackgroundCamera, VirtualBackgroundError } from '../../src/index.ts';
import { DrawnSample, type HairStyle, type PoseName } from '../drawn-sample.ts';
import type { Banners } from './banners.ts';
import { CameraList } from './camera-list.ts';
import { byId, onFileChosen, press } from './dom.ts';

/** `movie` stands for a file or an address. */
export type SourceKind = 'camera' | 'screen' | 'movie' | 'sample';

const SAMPLE_FRAME_RATE = 30;
/** The element shows the old source till the new one is open (a person may have to allow it first). */
const SAMPLE_GRACE_MS = 10_000;

const NO_CAMERA: Partial<Record<VirtualBackgroundError['code'], string>> = {
  'camera-not-found': 'This device has no camera that the browser can see. A drawn person plays instead, so that you can try everything.',
  'camera-denied': 'The camera is not allowed for this page: allow it in the address bar and choose “Camera” again. Until then a drawn person plays.',
  'camera-in-use': 'The camera is busy: close other programs that use it and choose “Camera” again. Until then a drawn person plays.',
  'insecure-context': 'Browsers give the camera only to https pages and to localhost. A drawn person plays instead.',
};

/** The choice of what goes into the element, and the drawn sample that stands in where there is no camera. */
export class SourcePicker {
  readonly #camera: VirtualBackgroundCamera;
  readonly #banners: Banners;
  readonly #onChange: () => void;
  readonly #group = byId('sources', HTMLElement);
  readonly #pose = byId('pose', HTMLSelectElement);
  readonly #hair = byId('hair', HTMLSelectElement);
  readonly #cameras: CameraList;
  readonly #movieFile = byId('movie-file', HTMLInputElement);
  #sample: DrawnSample | null = null;
  #kind: SourceKind = 'sample';
  #previous: SourceKind = 'sample';
  #movieUrl = '';
  #explained: VirtualBackgroundError['code'] | null = null;

  constructor(camera: VirtualBackgroundCamera, banners: Banners, onChange: () => void) {
    this.#camera = camera;
    this.#banners = banners;
    this.#onChange = onChange;
    this.#cameras = new CameraList(byId('devices', HTMLSelectElement), camera);
    this.#group.addEventListener('click', (event) => {
      const kind = event.target instanceof HTMLElement ? event.target.dataset['source'] : undefined;
      if (kind === 'movie') this.#movieFile.click();
      else if (kind) this.#chooseByHand(kind);
    });
    onFileChosen(this.#movieFile, (file) => this.#chooseByHand(URL.createObjectURL(file)));
    for (const select of [this.#pose, this.#hair]) select.addEventListener('change', () => this.choose('sample'));
    camera.addEventListener('vbc-error', ({ detail }) => this.#handleError(detail));
  }

  get kind(): SourceKind {
    return this.#kind;
  }

  /** Options of the drawn sample, by name; unknown ones change nothing. */
  setSample(pose: string | null, hair: string | null): void {
    for (const [select, value] of [[this.#pose, pose], [this.#hair, hair]] as const) {
      if (value && [...select.options].some((option) => option.value === value)) select.value = value;
    }
  }

  /** Starts with a camera, or with the drawn sample where there is none. */
  async chooseFirst(): Promise<void> {
    if (await this.#cameras.hasCamera()) {
      this.choose('camera');
      return;
    }
    this.#explain(navigator.mediaDevices ? 'camera-not-found' : 'insecure-context');
    this.choose('sample');
  }

  /** Whether an error of that code gets a message of its own here. */
  explains(code: VirtualBackgroundError['code']): boolean {
    return this.#explained === code;
  }

  /** Starts again with the source that is chosen. */
  restart(): void {
    this.choose(this.#kind === 'movie' ? this.#movieUrl : this.#kind);
  }

  /** Takes `camera`, `screen`, `sample`, or the address of a movie, and starts the element if it stands still. */
  choose(source: string): void {
    const kind: SourceKind = source === 'camera' || source === 'screen' || source === 'sample' ? source : 'movie';
    if (kind !== this.#kind) this.#previous = this.#kind;
    this.#kind = kind;
    this.#leaveSample();
    if (kind !== 'sample') this.#banners.clear('no-camera');
    this.#camera.source = kind === 'sample' ? this.#openSample() : source;
    this.#forgetMovie(kind === 'movie' ? source : '');
    this.#show();
    // What goes wrong is told by the element's events.
    this.#camera.start().then(() => this.#cameras.renew(), () => undefined);
  }

  /** What earlier choices led to is no longer of interest. */
  #chooseByHand(source: string): void {
    this.#banners.clear();
    this.choose(source);
  }

  #openSample(): MediaStream {
    this.#sample = new DrawnSample({
      width: this.#camera.width,
      height: this.#camera.height,
      pose: this.#pose.value as PoseName,
      hair: this.#hair.value as HairStyle,
    });
    return this.#sample.captureStream(SAMPLE_FRAME_RATE);
  }

  #leaveSample(): void {
    const left = this.#sample;
    this.#sample = null;
    if (left) setTimeout(() => left.stop(), SAMPLE_GRACE_MS);
  }

  #forgetMovie(next: string): void {
    if (this.#movieUrl.startsWith('blob:') && this.#movieUrl !== next) URL.revokeObjectURL(this.#movieUrl);
    this.#movieUrl = next;
  }

  #show(): void {
    press(this.#group, this.#group.querySelector(`[data-source="${this.#kind}"]`));
    byId('devices-field', HTMLElement).hidden = this.#kind !== 'camera';
    byId('sample-fields', HTMLElement).hidden = this.#kind !== 'sample';
    this.#onChange();
  }

  /** Without its source the element would stand still: the sample takes over, or what was there before. */
  #handleError({ code }: VirtualBackgroundError): void {
    if (this.#kind === 'camera' && NO_CAMERA[code]) {
      this.#explain(code);
      this.choose('sample');
    } else if (code === 'screen-denied' && this.#kind === 'screen') {
      this.choose(this.#previous === 'camera' ? 'camera' : 'sample');
    } else if (code === 'source-ended') {
      this.choose('sample');
    }
  }

  #explain(code: VirtualBackgroundError['code']): void {
    this.#explained = code;
    this.#banners.show('note', 'no-camera', NO_CAMERA[code] ?? '');
  }
}
