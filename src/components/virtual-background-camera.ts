import { html, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { Engine } from '../engine/engine';
import { DEFAULT_SETTINGS } from '../engine/settings';
import { VirtualBackgroundError } from '../errors';
import type {
  BackendSetting, BackgroundFit, BackgroundInput, DebugView, EngineState, EngineStats, HostSetting, ModelCaching,
  ModelFallback, ModelName, People, PowerPreference, ProgressDetail, QualitySetting, SourceInput, SourceSettings,
} from '../types';
import { checkBackgrounds, checked } from './controls/checks';
import { controlsSlot, type PageBackground } from './controls/controls-slot';
import { Deferred } from './deferred';
import { Localized, isForDeveloper } from './messages';
import { MovableElement } from './movable-element';
import { numberConverter } from './number-converter';
import { SettingsLink } from './settings-link';
import { statusMessages } from './status-messages';
import { SystemBlurNote } from './system-blur-note';
import { styles } from './virtual-background-camera.styles';

/** A move in the document is a removal and an insertion: the camera stays on for as long as that takes. */
const REMOVAL_GRACE_MS = 250;

/**
 * Takes the camera, puts another background behind the person and hands out the result as a MediaStream.
 *
 * Attributes and properties can change while it runs; `stream` stays the same object with the same track
 * from `start()` to `stop()` (a track that its holder stopped is replaced when `stream` is read again).
 *
 * @summary A camera with a virtual background.
 * @tag virtual-background-camera
 *
 * @fires {CustomEvent<{ state: EngineState }>} vbc-state-change - `state` changed.
 * @fires {CustomEvent<{ stream: MediaStream | null }>} vbc-stream-change - `stream` became available or null.
 * @fires {CustomEvent<{ source: SourceInput }>} vbc-source-change - Frames come from a newly opened source; the page may stop the old one.
 * @fires {CustomEvent<QualityStep>} vbc-quality-change - `quality="auto"` took a step; `detail` has `from`, `to`, `direction` and `reason`.
 * @fires {CustomEvent<ProgressDetail | null>} vbc-progress - Progress of a start, at most ten times a second: `detail` has `phase` (`camera`, `model` or `compile`), and bytes in `loaded` and, where it is known, `total`; null when the start waits for nothing more.
 * @fires {CustomEvent<{ systemBlur: boolean }>} vbc-system-blur-change - `systemBlur` changed.
 * @fires {CustomEvent<VirtualBackgroundError>} vbc-warning - Something went wrong that the element coped with; `detail` has `code` and `message`.
 * @fires {CustomEvent<VirtualBackgroundError>} vbc-error - A change or the run failed; `detail` has `code` and `message`. What could go on goes on.
 *
 * @slot controls - Controls in place of the package's own, at the lower edge of the preview; shown without `controls`, too.
 * @slot backgrounds - `<img>` elements that the gallery of the controls offers as backgrounds.
 *
 * @csspart preview - The video that shows what the stream carries.
 * @csspart status - The status line.
 * @csspart warning - The last warning, for some seconds.
 * @csspart error - The last error; for some seconds, or as long as the camera is stopped by it.
 * @csspart detail - The exact English message behind a warning or an error, where it helps the page's developer.
 * @csspart system-blur - The note that the system blurs the background, too, with its buttons.
 * @csspart controls - The `<vbc-controls>` of the attribute `controls`; its own parts are exported under their names.
 *
 * @cssprop [--vbc-object-fit=contain] - How the preview fills the element: `contain` or `cover`.
 * @cssprop [--vbc-surround=#111316] - Colour around the preview.
 * @cssprop [--vbc-status-background] - Background of the status line.
 * @cssprop [--vbc-warning-background] - Background of a warning.
 * @cssprop [--vbc-error-background] - Background of an error.
 */
export class VirtualBackgroundCamera extends MovableElement {
  static override readonly styles = styles;

  /**
   * `none`, `blur`, `blur:<radius px>`, `bokeh`, `bokeh:<radius px>` (a lens' blur: lamps become discs at quality
   * `high`, a Gaussian of the same width below), `scene:<name>`, a CSS colour, or the URL of an image or a video. The
   * property also takes a Blob, HTMLImageElement, ImageBitmap, HTMLCanvasElement, HTMLVideoElement or MediaStream.
   */
  @property() background: BackgroundInput = DEFAULT_SETTINGS.background;

  /** How a background image or video fills the frame: `cover`, `contain` or `fill`. */
  @property({ attribute: 'background-fit' }) backgroundFit: BackgroundFit = DEFAULT_SETTINGS.backgroundFit;

  /** Whom to show: `all`, or `main` for the main person alone. */
  @property() people: People = DEFAULT_SETTINGS.people;

  /** How soft the person's edge is: 0 (cut out with scissors) to 1 (as soft as the mask itself). */
  @property({ attribute: 'edge-softness', converter: numberConverter }) edgeSoftness: number = DEFAULT_SETTINGS.edgeSoftness;

  /** How much of the new background's light falls on the person's rim, 0 to 1. */
  @property({ attribute: 'light-wrap', converter: numberConverter }) lightWrap: number = DEFAULT_SETTINGS.lightWrap;

  /** How much the mask is steadied over time where the picture is still, 0 to 1. */
  @property({ attribute: 'temporal-strength', converter: numberConverter }) temporalStrength: number = DEFAULT_SETTINGS.temporalStrength;

  /** Shows a stage of the matte in place of the picture, in the stream too: `mask`, `time`, `matte`, `blocks` or `colors`. */
  @property() debug: DebugView | null = DEFAULT_SETTINGS.debug;

  /** `low`, `medium`, `high`, or `auto`: accuracy against speed. `auto` stays at `low` while data are to be saved, or the battery is low. */
  @property() quality: QualitySetting = DEFAULT_SETTINGS.quality;

  /** What finds the person: the bundled `selfie` model, or `body-pix`, which takes over from that one as soon as it has arrived. */
  @property() model: ModelName = DEFAULT_SETTINGS.model;

  /** Where BodyPix's weights lie: a model.json, or a folder in the layout of Google's own. */
  @property({ attribute: 'model-url' }) modelUrl: string | null = DEFAULT_SETTINGS.modelUrl;

  /** What stands in for BodyPix until its weights have arrived, and when they cannot be loaded: the bundled `selfie` model, or `none`, which makes the start wait for BodyPix. */
  @property({ attribute: 'model-fallback' }) modelFallback: ModelFallback = DEFAULT_SETTINGS.modelFallback;

  /** Whether model files are kept in Cache Storage for the next visit (`storage`), or left to the browser's HTTP cache (`none`). */
  @property({ attribute: 'model-cache' }) modelCache: ModelCaching = DEFAULT_SETTINGS.modelCache;

  /** Digest of BodyPix's weights, `sha256-<base64>` as in the `integrity` of scripts: other weights are refused. Several, for several variants, are separated by spaces. */
  @property({ attribute: 'model-integrity' }) modelIntegrity: string | null = DEFAULT_SETTINGS.modelIntegrity;

  /** `camera`, `screen` or the URL of a video. The property also takes a MediaStream, MediaStreamTrack or HTMLVideoElement. */
  @property({ hasChanged: () => true }) source: SourceInput = DEFAULT_SETTINGS.source;

  /** Which camera, as in `MediaDeviceInfo.deviceId`. */
  @property({ attribute: 'device-id' }) deviceId: string | null = DEFAULT_SETTINGS.deviceId;

  /** `user`, `environment`, `left` or `right`, on devices with several cameras. */
  @property({ attribute: 'facing-mode' }) facingMode: string | null = DEFAULT_SETTINGS.facingMode;

  /** Wanted width of the camera's picture, pixels; with `height` the most that goes out, unless a screen is shared. */
  @property({ converter: numberConverter }) width: number = DEFAULT_SETTINGS.width;

  /** Wanted height of the camera's picture, pixels; a portrait picture may be as high as `width` and as wide as `height`. */
  @property({ converter: numberConverter }) height: number = DEFAULT_SETTINGS.height;

  /** Wanted frames a second of the camera, and the most that go out. */
  @property({ attribute: 'frame-rate', converter: numberConverter }) frameRate: number = DEFAULT_SETTINGS.frameRate;

  /** Folder that holds copies of the package's `assets` files; default: beside the script. Read at `start()`. */
  @property({ attribute: 'asset-base' }) assetBase: string | null = DEFAULT_SETTINGS.assetBase;

  /** What runs the model: `auto`, `wasm`, or `webgl` in the compositor's own context. Read at `start()`. */
  @property() backend: BackendSetting = DEFAULT_SETTINGS.backend;

  /** Which GPU the browser is asked for on machines with two: `default`, `high-performance` or `low-power`. Read at `start()`. */
  @property({ attribute: 'power-preference' }) powerPreference: PowerPreference = DEFAULT_SETTINGS.powerPreference;

  /** Where frames are drawn: `auto`, `worker` or `window`. Read at `start()`. */
  @property() host: HostSetting = DEFAULT_SETTINGS.host;

  /**
   * Forbids `blob:` workers, for every element of the page. They are used only where the package's script lies on another
   * origin, whose scripts cannot be workers themselves; without them the page's thread does the work.
   */
  @property({ type: Boolean, attribute: 'no-blob-workers' }) noBlobWorkers: boolean = DEFAULT_SETTINGS.noBlobWorkers;

  /** Starts as soon as the element is in the page. */
  @property({ type: Boolean }) autostart = false;

  /** Shows the preview as in a mirror; the stream is never mirrored. */
  @property({ type: Boolean, reflect: true }) mirrored = false;

  /** Shows controls over the preview, as `<video controls>` does: the slot `controls`, else the package's `<vbc-controls>`. */
  @property({ type: Boolean, reflect: true }) controls = false;

  /** Backgrounds of the page for the gallery of the controls: addresses, or objects with `src`, `label` and `thumbnail`. */
  @property({ attribute: false }) @checked(checkBackgrounds) backgrounds: readonly (string | PageBackground)[] = [];

  @state() private warning: VirtualBackgroundError | null = null;
  @query('video') private readonly preview!: HTMLVideoElement;

  readonly #localized = new Localized(this);
  readonly #engine: Engine;
  readonly #settings: SettingsLink;
  readonly #blurNote: SystemBlurNote;
  #ready = new Deferred<void>();
  #wasInterrupted = false;
  #removal: ReturnType<typeof setTimeout> | undefined;
  /** Then `autostart` brings it back with the element; what the page stopped stays off. */
  #wasRemovedRunning = false;

  constructor() {
    super();
    this.#engine = new Engine({
      onStateChange: (state) => this.#handleStateChange(state),
      onStreamChange: (stream) => this.#tell('vbc-stream-change', { stream }),
      onSourceChange: () => this.#dispatch('vbc-source-change', { source: this.source }),
      onQualityStep: (step) => this.#dispatch('vbc-quality-change', step),
      onProgress: (progress) => this.#tell('vbc-progress', progress),
      onSystemBlurChange: (systemBlur) => {
        this.#blurNote.handleChange();
        this.#tell('vbc-system-blur-change', { systemBlur });
      },
      onWarning: (warning) => {
        if (isForDeveloper(warning)) console.warn(`<virtual-background-camera>: ${warning.message}`);
        else this.warning = warning;
        this.#dispatch('vbc-warning', warning);
      },
      onError: (error) => {
        this.#tell('vbc-error', error);
        // At once: what the page has named in its place goes on in the same track.
        if (error.code === 'source-ended') this.#settings.tell();
      },
    });
    this.#settings = new SettingsLink(this.#engine, this);
    this.#blurNote = new SystemBlurNote(this, this.#engine);
  }

  /**
   * The outgoing video, without audio: null before the first composited frame and after `stop()`. When its holder
   * stopped the track, reading `stream` puts a live one in its place; if the page does not within ten seconds, the camera goes off.
   */
  get stream(): MediaStream | null {
    return this.#engine.stream;
  }

  /** Resolves after the first composited frame; rejects with the error when the start fails. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** `idle`, `opening`, `loading`, `running`, `interrupted` or `failed`. */
  get state(): EngineState {
    return this.#engine.state;
  }

  /** The last error, or null. */
  get error(): VirtualBackgroundError | null {
    return this.#engine.error;
  }

  /** What the start waits for, and how far it is, as in `vbc-progress`; null when it waits for nothing. */
  get progress(): ProgressDetail | null {
    return this.#engine.progress;
  }

  /** Whether the system or the browser already blurs the camera's background by itself. */
  get systemBlur(): boolean {
    return this.#engine.systemBlur;
  }

  /**
   * What the frames come from at present: `deviceId`, `label`, `facingMode`, `width`, `height` and `frameRate`, as far as
   * the browser knows them; null while nothing is open.
   */
  get sourceSettings(): SourceSettings | null {
    return this.#engine.sourceSettings;
  }

  /** Figures of the last second or two, renewed twice a second. */
  get stats(): Readonly<EngineStats> {
    return this.#engine.stats;
  }

  /**
   * Asks for the camera and starts. Repeated calls return the same promise.
   *
   * @returns the stream, after the first composited frame
   * @throws VirtualBackgroundError
   */
  start(): Promise<MediaStream> {
    // Lit takes over changes from the first time in a document on; this runs outside of any, too.
    this.enableUpdating(true);
    this.#settings.tell();
    return this.#engine.start();
  }

  /** Turns the camera off and ends the stream, from any state. */
  stop(): void {
    this.#engine.stop();
  }

  /**
   * A still of what the stream shows now: composited, at the stream's size, never mirrored. While no person is
   * found, that is the background alone; with `background="none"` it is the room, as in the stream.
   *
   * @param type media type, as of `canvas.toBlob()`: one that the browser cannot write becomes PNG
   * @param quality 0…1, for types that lose something
   * @throws VirtualBackgroundError `snapshot-unavailable` while there is no `stream`, and while the GPU context is lost
   */
  snapshot(type: string = 'image/png', quality?: number): Promise<Blob> {
    return this.#engine.snapshot(type, quality);
  }

  // The Amazon Chime SDK would take an element passed instead of its stream for camera constraints, and open the raw
  // camera. With these members it takes it for one of its VideoTransformDevices, and sends `stream`.

  /** @internal */
  intrinsicDevice(): Promise<MediaStream> {
    return this.start();
  }

  /** @internal */
  transformStream(stream: MediaStream): Promise<MediaStream> {
    return Promise.resolve(stream);
  }

  /** @internal */
  get outputMediaStream(): MediaStream | null {
    return this.stream;
  }

  /** @internal */
  onOutputStreamDisconnect(): void {
    this.#engine.release();
  }

  /**
   * A member of `MediaTrackConstraints`, which the browser reads when somebody else takes the element for them.
   *
   * @internal
   */
  get advanced(): never {
    throw new VirtualBackgroundError('source-unsupported', 'Pass the stream of <virtual-background-camera>, not the element: as constraints it would open the camera without a background');
  }

  override connectedCallback(): void {
    super.connectedCallback();
    clearTimeout(this.#removal);
    if (this.#wasRemovedRunning) this.#autostart();
    this.#wasRemovedRunning = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#removal = setTimeout(() => {
      this.#wasRemovedRunning = this.state !== 'idle' && this.state !== 'failed';
      this.stop();
    }, REMOVAL_GRACE_MS);
  }

  override render(): TemplateResult {
    const { state, error, warning, progress, source } = this;
    const { text } = this.#localized;
    return html`
      <video part="preview" .muted=${true} autoplay playsinline disablepictureinpicture tabindex="-1" aria-label=${text.previewLabel} @pause=${({ target }: Event) => playAgain(target as HTMLVideoElement)}></video>
      ${this.#blurNote.render(text)}
      <div class="overlay">${statusMessages(text, { state, error, warning, progress, source, isBack: state === 'running' && this.#wasInterrupted })} ${controlsSlot(this)}</div>
    `;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Set to what it was: one that could not be had is asked for again, and something else may be in it.
    if (changed.has('source')) this.#settings.forget('source');
    this.#settings.tell();
  }

  protected override updated(changed: PropertyValues<this>): void {
    const stream = this.#engine.previewStream;
    if (this.preview.srcObject !== stream) this.preview.srcObject = stream;
    // Where the browser refused to play it by itself, the gesture that the source went on with allows it as well.
    if (stream && this.preview.paused) playAgain(this.preview);
    if (changed.has('autostart')) this.#autostart();
  }

  #autostart(): void {
    // The error is told by event, in `error` and on screen; nobody has to catch this promise.
    if (this.autostart && this.state === 'idle') this.start().catch(() => undefined);
  }

  #handleStateChange(state: EngineState): void {
    if (state !== 'running') this.#wasInterrupted = state === 'interrupted';
    // They are of the run that ended.
    if (state === 'opening' || state === 'idle') this.warning = null;
    if (state === 'idle' || state === 'failed') this.#resetReady(state);
    if (state === 'running') this.#ready.resolve();
    this.#tell('vbc-state-change', { state });
  }

  /** A settled or failed promise belongs to the run that ended; the next start gets a new one. */
  #resetReady(state: 'idle' | 'failed'): void {
    const { error } = this.#engine;
    if (state === 'failed' && error) this.#ready.reject(error);
    if (this.#ready.settled) this.#ready = new Deferred<void>();
  }

  /** Tells, and shows what changed. */
  #tell(type: string, detail: unknown): void {
    this.requestUpdate();
    this.#dispatch(type, detail);
  }

  #dispatch(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

/** Nobody can pause the preview but the browser, which does so when it freezes the page and leaves it at that. */
function playAgain(preview: HTMLVideoElement): void {
  void preview.play().catch(() => undefined);
}
