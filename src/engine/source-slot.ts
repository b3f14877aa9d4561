import { openSource, type FrameSource } from '../capture/frame-source';
import { SystemBlurWatch } from '../capture/system-blur';
import { VirtualBackgroundError, createAbortError } from '../errors';
import { Latest } from './latest';
import type { EngineSettings } from './settings';

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
  /** The source ended by itself and no other is about to take its place. May be called again. */
  onEnded(): void;
  /** The source gives no frames, though it has not ended; or it does so again. */
  onStall(isStalled: boolean): void;
}

/** Looks in a row (see {@link SourceSlot.inspect}) at which there were no frames. A camera may give one a second. */
const STALLED_LOOKS = 8;

/** After so many looks a camera that has given nothing at all is opened again: a driver may hang, and browsers lose some. */
const SILENT_LOOKS = 16;
const MOST_REOPENS = 2;

/** The source of a run: the one in use, and the one that is being opened to take its place. Owns both. */
export class SourceSlot {
  readonly #options: SourceSlotOptions;
  readonly #work: Latest;
  #source: FrameSource | null = null;
  #blur: SystemBlurWatch | null = null;
  #ownsCamera = false;
  #changes = 0;
  /** What the settings name is not what is in use. */
  #hasFailed = false;
  #idleLooks = 0;
  #isStalled = false;
  /** What the source was opened with. */
  #settings: EngineSettings | null = null;
  #hasGivenFrames = false;
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
    this.#changes += 1;
    this.#reopens = 0;
    try {
      const signal = this.#work.begin(createAbortError());
      if (before && (await this.#adjustCamera(settings, before))) return;
      this.#hasFailed = true;
      await this.#open(settings, signal);
      this.#hasFailed = false;
    } finally {
      this.#changes -= 1;
    }
  }

  /** Whether the last source that was asked for could not be had (yet), so that asking again makes sense. */
  get hasFailed(): boolean {
    return this.#hasFailed && this.#changes === 0;
  }

  /** `stop()` on a track fires no event, nor does a camera that stands still: so it has to be looked at now and then. */
  inspect(): void {
    const track = this.#source?.track;
    if (track?.readyState === 'ended') this.#handleEnded();
    this.#idleLooks += 1;
    this.#setStalled(track ? track.muted || (hasSteadyFrames(track) && this.#idleLooks > STALLED_LOOKS) : false);
    const isSilent = this.#isStalled && !track?.muted && !this.#hasGivenFrames && this.#idleLooks > SILENT_LOOKS;
    if (isSilent && this.#ownsCamera && this.#changes === 0 && this.#reopens < MOST_REOPENS) void this.#reopen();
  }

  /** Frames come. */
  noteFrames(): void {
    this.#idleLooks = 0;
    this.#hasGivenFrames = true;
    if (!this.#source?.track?.muted) this.#setStalled(false);
  }

  #setStalled(isStalled: boolean): void {
    if (isStalled === this.#isStalled) return;
    this.#isStalled = isStalled;
    this.#options.onStall(isStalled);
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
    this.#source?.track?.removeEventListener('ended', this.#handleEnded);
    this.#source?.release();
    this.#source = null;
  }

  async #open(settings: EngineSettings, signal: AbortSignal): Promise<void> {
    const isPrompt = settings.source === 'camera' || settings.source === 'screen';
    const endPrompt = isPrompt ? this.#options.onPrompt() : () => undefined;
    const source = await openSource(settings.source, settings, signal).finally(endPrompt);
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
    this.#source = source;
    this.#settings = settings;
    this.#idleLooks = 0;
    this.#hasGivenFrames = false;
    source.track?.addEventListener('ended', this.#handleEnded);
    this.#ownsCamera = settings.source === 'camera';
    this.#blur = source.track && new SystemBlurWatch(source.track, () => this.#options.onSystemBlur());
    this.#setStalled(false);
    this.#options.onChange();
    this.#options.onSystemBlur();
  }

  async #reopen(): Promise<void> {
    const settings = this.#settings as EngineSettings;
    const signal = this.#work.begin(createAbortError());
    this.#reopens += 1;
    this.#changes += 1;
    // First: two tracks of a camera are one to the browser.
    this.release();
    try {
      await this.#open(settings, signal);
    } catch {
      // Gone, or in other hands by now.
      if (!signal.aborted) this.#options.onEnded();
    } finally {
      this.#changes -= 1;
    }
  }

  /** A running camera takes another size or rate without being opened again. */
  async #adjustCamera(settings: EngineSettings, before: EngineSettings): Promise<boolean> {
    const { source, deviceId, facingMode, width, height, frameRate } = settings;
    const sameDevice = source === before.source && deviceId === before.deviceId && facingMode === before.facingMode;
    const track = this.#source?.track;
    if (!sameDevice || source !== 'camera' || !track || this.#hasFailed) return false;
    try {
      await track.applyConstraints({ ...track.getConstraints(), width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate } });
    } catch (error) {
      throw new VirtualBackgroundError('camera-constraints', 'width, height or frame-rate could not be changed on the running camera', { cause: error });
    }
    return true;
  }

  readonly #handleEnded = (): void => {
    // Should the change that is under way fail, the next look comes back to this source.
    if (this.#changes === 0) this.#options.onEnded();
  };
}

/** A screen and a canvas give frames when something changes; a camera that gives none is in trouble. */
function hasSteadyFrames(track: MediaStreamTrack): boolean {
  return !track.getSettings().displaySurface && !('canvas' in track);
}
