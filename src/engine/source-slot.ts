import { isScreen, openSource, settingsOf, type FrameSource } from '../capture/frame-source';
import { SystemBlurWatch } from '../capture/system-blur';
import { VirtualBackgroundError, createAbortError } from '../errors';
import type { SourceSettings } from '../types';
import { Latest } from './latest';
import type { EngineSettings } from './settings';
import { SourceWatch } from './source-watch';

export interface SourceSlotOptions {
  signal: AbortSignal;
  /** Takes the newly opened source; it stays the slot's. May throw. */
  onOpen(source: FrameSource): void;
  /** The source before was let go. */
  onChange(): void;
  /** The browser is about to ask, or to open a camera. @returns is called when that is over */
  onPrompt(): () => void;
  /** The system's own blur of the camera's background went on or off. */
  onSystemBlur(): void;
  /** Another camera than the one that was asked for was opened. */
  onWarning(warning: VirtualBackgroundError): void;
  /** The source ended by itself and no other is about to take its place. May be called again. */
  onEnded(): void;
  /** What the page has put into its source is being opened. @param opened may reject as {@link SourceSlot.change} does */
  onFollow(opened: Promise<void>): void;
  /** The source gives no picture, though it has not ended; or it does so again. */
  onStall(isStalled: boolean): void;
  /** What the source shows is not to be seen from now on, or is again. */
  onHidden(isHidden: boolean): void;
  /** The source has given no picture for long. @param hasGivenFrames whether it ever did */
  onNoPicture(error: VirtualBackgroundError, hasGivenFrames: boolean): void;
}

/** A camera that has given nothing at all is opened again: a driver may hang, and browsers lose some. */
const MOST_REOPENS = 2;
/** Where one camera can be open at a time, viewers see the last picture of the old one for no longer than this … */
const FROZEN_MS = 1000;
/** … and the system may take a moment to notice that it was let go. */
const TURN_MS = 300;

/** The source of a run: the one in use, and the one that is being opened to take its place. Owns both. */
export class SourceSlot {
  readonly #options: SourceSlotOptions;
  readonly #work: Latest;
  #source: FrameSource | null = null;
  #watch: SourceWatch | null = null;
  #blur: SystemBlurWatch | null = null;
  #changes = 0;
  /** What the settings name is not what is in use. */
  #hasFailed = false;
  /** What the source was opened with; null before the first. */
  #settings: EngineSettings | null = null;
  #reopens = 0;

  constructor(options: SourceSlotOptions) {
    this.#options = options;
    this.#work = new Latest(options.signal);
  }

  /**
   * Opens what the settings say, or asks the running camera for another size.
   *
   * @param before what the settings said before; left out at the start
   * @throws VirtualBackgroundError `camera-…`, `screen-denied`, `source-…`, `insecure-context`, `aborted`
   */
  async change(settings: EngineSettings, before?: EngineSettings): Promise<void> {
    this.#reopens = 0;
    await this.#begin(async (signal) => {
      if (before && (await this.#adjustCamera(settings, before))) return;
      this.#hasFailed = true;
      await this.#open(settings, signal);
      this.#hasFailed = false;
    });
  }

  /** Whether another source is being opened. */
  get isChanging(): boolean {
    return this.#changes > 0;
  }

  /** Whether the last source that was asked for could not be had (yet), so that asking again makes sense. */
  get hasFailed(): boolean {
    return this.#hasFailed && !this.isChanging;
  }

  /** What the frames come from; null while nothing is open. */
  get current(): SourceSettings | null {
    return this.#source && settingsOf(this.#source);
  }

  /** What the source says of its picture, as `contentHint` of its track. */
  get contentHint(): string {
    const track = this.#source?.track;
    if (!track) return '';
    return track.contentHint || (this.#settings?.source === 'screen' || isScreen(track) ? 'detail' : '');
  }

  /** Whether the page has disabled the source's track. */
  get isDisabled(): boolean {
    return this.#watch?.isDisabled ?? false;
  }

  /** Most of what becomes of a source fires no event: so it has to be looked at several times a second. */
  inspect(): void {
    if (this.isChanging && !this.#source) return;
    if (this.#watch) this.#watch.inspect();
    else if (this.#settings) this.#options.onEnded();
  }

  /** Frames have ceased to come, or come again. */
  noteSilence(isSilent: boolean): void {
    this.#watch?.noteSilence(isSilent);
  }

  /** The browser wants a gesture before it plays the source. */
  noteRefused(): void {
    this.#watch?.noteRefused();
  }

  /** Whether the system or the browser blurs the camera's background by itself. */
  get systemBlur(): boolean {
    return this.#blur?.active ?? false;
  }

  /** Only of a camera that was opened here: a page's own track stays as the page has it. */
  get canSwitchSystemBlurOff(): boolean {
    return this.#ownsCamera && (this.#blur?.canSwitchOff ?? false);
  }

  /** @throws VirtualBackgroundError `camera-constraints` when the camera refuses */
  async switchSystemBlurOff(): Promise<void> {
    try {
      if (this.canSwitchSystemBlurOff) await this.#blur?.switchOff();
    } catch (error) {
      throw new VirtualBackgroundError('camera-constraints', "The system's background blur could not be switched off: use the system's camera settings", { cause: error });
    }
  }

  release(): void {
    this.#blur?.release();
    this.#blur = null;
    this.#watch?.release();
    this.#watch = null;
    this.#source?.release();
    this.#source = null;
  }

  get #ownsCamera(): boolean {
    return this.#source !== null && this.#settings?.source === 'camera';
  }

  /** While it lasts, the end of the source in use is not told. */
  async #begin(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#changes += 1;
    try {
      await work(this.#work.begin(createAbortError()));
    } finally {
      this.#changes -= 1;
    }
  }

  async #open(settings: EngineSettings, signal: AbortSignal): Promise<void> {
    const isPrompt = settings.source === 'camera' || settings.source === 'screen';
    const endPrompt = isPrompt ? this.#options.onPrompt() : () => undefined;
    const source = await this.#obtain(settings, signal).finally(endPrompt);
    try {
      signal.throwIfAborted();
      this.#options.onOpen(source);
      // A listener of the state may have stopped the run.
      signal.throwIfAborted();
    } catch (error) {
      source.release();
      throw error;
    }
    this.release();
    this.#use(source, settings);
  }

  #use(source: FrameSource, settings: EngineSettings): void {
    this.#source = source;
    this.#settings = settings;
    this.#options.onStall(false);
    this.#watch = new SourceWatch(settings.source, source, {
      onHidden: (isHidden) => this.#options.onHidden(isHidden),
      onStall: (isStalled) => this.#options.onStall(isStalled),
      onExchange: () => this.#follow(),
      onEnded: () => this.#handleEnded(),
      onNoPicture: (error, hasGivenFrames) => this.#handleNoPicture(error, hasGivenFrames),
    });
    this.#watch.inspect();
    this.#blur = source.track && new SystemBlurWatch(source.track, () => this.#options.onSystemBlur());
    if (source.warning) this.#options.onWarning(source.warning);
    this.#options.onChange();
    this.#options.onSystemBlur();
  }

  async #obtain(settings: EngineSettings, signal: AbortSignal): Promise<FrameSource> {
    try {
      // A running camera stays when the next one is unavailable.
      return await openSource(settings.source, { ...settings, acceptsOther: !this.#ownsCamera }, signal);
    } catch (error) {
      if (!this.#ownsCamera || settings.source !== 'camera' || !isInUse(error)) throw error;
      return this.#obtainInTurn(settings, signal);
    }
  }

  /** Many phones open one camera at a time: ours is let go first, and taken back where that was not the reason. */
  async #obtainInTurn(settings: EngineSettings, signal: AbortSignal): Promise<FrameSource> {
    const before = this.#settings as EngineSettings;
    this.release();
    const timer = setTimeout(() => this.#options.onHidden(true), FROZEN_MS);
    try {
      return await openWithPatience(settings, signal);
    } catch (error) {
      signal.throwIfAborted();
      const old = await openWithPatience(before, signal);
      this.#options.onOpen(old);
      this.#use(old, before);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #handleNoPicture(error: VirtualBackgroundError, hasGivenFrames: boolean): void {
    if (this.isChanging) return;
    const mayReopen = this.#ownsCamera && !hasGivenFrames && !this.#source?.track?.muted && this.#reopens < MOST_REOPENS;
    if (!mayReopen) return this.#options.onNoPicture(error, hasGivenFrames);
    this.#reopens += 1;
    void this.#begin(async (signal) => {
      const settings = this.#settings as EngineSettings;
      // First: two tracks of a camera are one to the browser. Where it is gone by now, the next look says so.
      this.release();
      await this.#open(settings, signal);
    }).catch(() => undefined);
  }

  /** The page has put something else into the stream or the element that is the source. */
  #follow(): boolean {
    if (this.isChanging) return false;
    const settings = this.#settings as EngineSettings;
    this.#options.onFollow(this.#begin((signal) => this.#open(settings, signal)));
    return true;
  }

  /** A running camera takes another size or rate without being opened again. */
  async #adjustCamera(settings: EngineSettings, before: EngineSettings): Promise<boolean> {
    const { source, deviceId, facingMode, width, height, frameRate } = settings;
    const sameDevice = source === before.source && deviceId === before.deviceId && facingMode === before.facingMode;
    const track = this.#source?.track;
    if (!sameDevice || source !== 'camera' || track?.readyState !== 'live' || this.#hasFailed) return false;
    try {
      await track.applyConstraints({ ...track.getConstraints(), width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate } });
    } catch (error) {
      throw new VirtualBackgroundError('camera-constraints', 'width, height or frame-rate could not be changed on the running camera', { cause: error });
    }
    return true;
  }

  #handleEnded(): void {
    // Should the change that is under way fail, the next look comes back to this source.
    if (!this.isChanging) this.#options.onEnded();
  }
}

const isInUse = (error: unknown): boolean => error instanceof VirtualBackgroundError && error.code === 'camera-in-use';

async function openWithPatience(settings: EngineSettings, signal: AbortSignal): Promise<FrameSource> {
  try {
    return await openSource(settings.source, settings, signal);
  } catch (error) {
    if (!isInUse(error)) throw error;
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    signal.throwIfAborted();
    return openSource(settings.source, settings, signal);
  }
}
