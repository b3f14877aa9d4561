import { contentOf, FIRST_FRAME_MS, type FrameSource } from '../capture/frame-source';
import { VirtualBackgroundError } from '../errors';
import { SILENT_MS } from '../pipeline/silence-watch';
import type { SourceInput } from '../types';

/** What counts of a look that comes late: a page whose thread was blocked has heard of no frames meanwhile. */
const MOST_PER_LOOK_MS = 1000;

export interface SourceWatchOptions {
  /** The source's picture is not to be seen from now on, or is again. */
  onHidden(isHidden: boolean): void;
  /** No picture comes from the source; or one does again. */
  onStall(isStalled: boolean): void;
  /** The stream or the element that is the source holds something else now. @returns false = not yet, ask again */
  onExchange(): boolean;
  /** The source has ended, or there is nothing in it any more. May be called again. */
  onEnded(): void;
  /** It has given no picture for {@link FIRST_FRAME_MS}. Called once. @param hasGivenFrames whether it ever did */
  onNoPicture(error: VirtualBackgroundError, hasGivenFrames: boolean): void;
}

/** Looks after an opened source. Most of what becomes of a track (stopped, disabled, taken out of its stream) fires no event. */
export class SourceWatch {
  readonly #input: SourceInput;
  readonly #source: FrameSource;
  readonly #options: SourceWatchOptions;
  #followed: MediaStreamTrack | HTMLVideoElement | null = null;
  #isSilent = false;
  #isStalled = false;
  #isHidden: boolean | null = null;
  #hasGivenFrames = false;
  #isRefused = false;
  /** How long it has been muted, paused or gone. */
  #absentMs = 0;
  /** How long a picture has been waited for. */
  #waitedMs = 0;
  #lookedMs = performance.now();

  /** @param input what was opened as `source`; both stay the caller's */
  constructor(input: SourceInput, source: FrameSource, options: SourceWatchOptions) {
    this.#input = input;
    this.#source = source;
    this.#options = options;
    source.track?.addEventListener('ended', this.#handleEnded);
  }

  /** Whether the page wants nothing of the source to be seen. */
  get isDisabled(): boolean {
    return this.#source.track?.enabled === false;
  }

  /** To be called several times a second. */
  inspect(): void {
    const now = performance.now();
    const elapsedMs = Math.min(now - this.#lookedMs, MOST_PER_LOOK_MS);
    this.#lookedMs = now;
    if (this.#follow()) return;
    const isGone = this.#isGone;
    const isAbsent = isGone || this.#isMuted || this.#isPaused;
    this.#absentMs = isAbsent ? this.#absentMs + elapsedMs : 0;
    this.#hide(this.isDisabled || this.#absentMs >= SILENT_MS);
    this.#stall(isAbsent || this.isDisabled || this.#isSilent);
    // A page that stops a track may be about to put another one in its place.
    if (isGone && (typeof this.#input === 'string' || this.#absentMs >= SILENT_MS)) return this.#options.onEnded();
    this.#wait(elapsedMs, isAbsent);
  }

  /** Frames come, or have ceased to. */
  noteSilence(isSilent: boolean): void {
    this.#isSilent = isSilent;
    if (isSilent) this.#waitedMs = Math.max(this.#waitedMs, SILENT_MS);
    else {
      this.#hasGivenFrames = true;
      this.#isRefused = false;
    }
    this.inspect();
  }

  /** The browser plays it only after a gesture, which may take any time. */
  noteRefused(): void {
    this.#isRefused = true;
  }

  release(): void {
    this.#source.track?.removeEventListener('ended', this.#handleEnded);
  }

  get #content(): MediaStreamTrack | HTMLVideoElement | null {
    return typeof this.#input === 'string' ? (this.#source.track ?? this.#source.element) : contentOf(this.#input);
  }

  /** Each content is followed once: one that cannot be used leaves this source as it is. @returns whether another takes over */
  #follow(): boolean {
    const content = this.#content;
    if (content === null || content === this.#followed || content === (this.#source.track ?? this.#source.element)) return false;
    if (content instanceof MediaStreamTrack && content.readyState === 'ended') return false;
    if (!this.#options.onExchange()) return false;
    this.#followed = content;
    return true;
  }

  get #isGone(): boolean {
    const { track } = this.#source;
    return track ? track.readyState === 'ended' || this.#content !== track : this.#content === null;
  }

  get #isMuted(): boolean {
    return this.#source.track?.muted === true;
  }

  /** A page's element that plays a stream; browsers pause it themselves when its stream ends. */
  get #isPaused(): boolean {
    return this.#source.track !== null && this.#input instanceof HTMLVideoElement && this.#input.paused && !this.#input.ended;
  }

  #hide(isHidden: boolean): void {
    if (isHidden === this.#isHidden) return;
    this.#isHidden = isHidden;
    this.#options.onHidden(isHidden);
  }

  #stall(isStalled: boolean): void {
    if (isStalled === this.#isStalled) return;
    this.#isStalled = isStalled;
    this.#options.onStall(isStalled);
  }

  #wait(elapsedMs: number, isAbsent: boolean): void {
    // The pipeline reports silence once it reads the source: until it does, frames are nobody's to give.
    const isWaiting = (isAbsent || (this.#isSilent && !this.#hasGivenFrames)) && !this.#isRefused;
    const before = this.#waitedMs;
    this.#waitedMs = isWaiting ? before + elapsedMs : 0;
    if (before >= FIRST_FRAME_MS || this.#waitedMs < FIRST_FRAME_MS) return;
    const reason = this.#isMuted ? 'its track is muted (a cover, a switch, or a call that sends none)' : this.#isPaused ? 'its video element is paused: call play() on it' : 'it sends no frames';
    this.#options.onNoPicture(new VirtualBackgroundError('source-silent', `source has given no picture for ${FIRST_FRAME_MS / 1000} seconds: ${reason}`), this.#hasGivenFrames);
  }

  readonly #handleEnded = (): void => {
    if (!this.#follow()) this.#options.onEnded();
  };
}
