import { openSource, type FrameSource } from '../capture/frame-source';
import { VirtualBackgroundError, createAbortError } from '../errors';
import { Latest } from './latest';
import type { EngineSettings } from './settings';

export interface SourceSlotOptions {
  signal: AbortSignal;
  /** Takes the newly opened source; it stays the slot's. May throw. */
  onOpen(source: FrameSource): void;
  /** The source before was let go. */
  onChange(): void;
  /** The source ended by itself and no other is about to take its place. May be called again. */
  onEnded(): void;
}

/** The source of a run: the one in use, and the one that is being opened to take its place. Owns both. */
export class SourceSlot {
  readonly #options: SourceSlotOptions;
  readonly #work: Latest;
  #source: FrameSource | null = null;
  #changes = 0;

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
    try {
      const signal = this.#work.begin(createAbortError());
      if (before && (await this.#adjustCamera(settings, before))) return;
      await this.#open(settings, signal);
    } finally {
      this.#changes -= 1;
    }
  }

  /** `stop()` on a track fires no event, so it has to be looked at now and then. */
  inspect(): void {
    if (this.#source?.track?.readyState === 'ended') this.#handleEnded();
  }

  release(): void {
    this.#source?.track?.removeEventListener('ended', this.#handleEnded);
    this.#source?.release();
    this.#source = null;
  }

  async #open(settings: EngineSettings, signal: AbortSignal): Promise<void> {
    const source = await openSource(settings.source, settings, signal);
    try {
      signal.throwIfAborted();
      this.#options.onOpen(source);
    } catch (error) {
      source.release();
      throw error;
    }
    this.release();
    this.#source = source;
    source.track?.addEventListener('ended', this.#handleEnded);
    this.#options.onChange();
  }

  /** A running camera takes another size or rate without being opened again. */
  async #adjustCamera(settings: EngineSettings, before: EngineSettings): Promise<boolean> {
    const { source, deviceId, facingMode, width, height, frameRate } = settings;
    const sameDevice = source === before.source && deviceId === before.deviceId && facingMode === before.facingMode;
    const track = this.#source?.track;
    if (!sameDevice || source !== 'camera' || !track) return false;
    try {
      await track.applyConstraints({ width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate } });
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
