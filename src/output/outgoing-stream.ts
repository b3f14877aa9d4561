import type { Size } from '../types';
import { hearDispatched } from './track-end';

/** Settings come with the first frames; a browser that never tells them must not hold up the start. */
const SETTLE_LIMIT_MS = 1000;
const SETTLE_LOOK_MS = 20;
/**
 * How long the camera stays on for a holder who stopped the track and may come back: long enough for an app that
 * chooses its devices again or joins again, short enough that the camera's light does not puzzle the person who turned
 * the video off.
 */
export const ABANDON_MS = 10_000;

/** What the holder of a track has set on it. */
export interface HolderSettings {
  enabled: boolean;
  /** Null = none of the holder's own. */
  contentHint: string | null;
  constraints: MediaTrackConstraints;
}

/**
 * The stream that a page gets: one MediaStream for as long as a run lasts, with one video track.
 *
 * The track is a clone of the output's own. Whoever holds it may stop it or put constraints on it, as calling
 * SDKs do with what they send; the output itself goes on, and {@link renew} puts a fresh clone in its place, on which it
 * sets what the holder had set on the last one. That clone is kept ready, since a clone has no width and height before
 * it has seen a frame.
 */
export class OutgoingStream {
  readonly stream: MediaStream;
  readonly #source: MediaStreamTrack;
  /** A track that knows its size but not its rate will never know it: a canvas' in Firefox. */
  readonly #tellsRate: boolean;
  #track: MediaStreamTrack;
  #spare: MediaStreamTrack;
  /** The source's, which counts where the holder has set none. */
  #contentHint = '';
  #endedHere = false;
  #releasedMs: number | null = null;

  /**
   * @param source stays the caller's; to be ended after this
   * @param held what the holder of an earlier stream had set on its track
   */
  constructor(source: MediaStreamTrack, held: HolderSettings | null = null) {
    this.#source = source;
    const { width, frameRate } = source.getSettings();
    this.#tellsRate = !width || frameRate !== undefined;
    this.#track = this.#clone();
    this.#spare = this.#clone();
    if (held) setOn(this.#track, held);
    this.stream = new MediaStream([this.#track]);
  }

  /** What the holder has set on the track, also on one that has ended. */
  get held(): HolderSettings {
    const { enabled, contentHint } = this.#track;
    return { enabled, contentHint: contentHint === this.#contentHint ? null : contentHint, constraints: this.#track.getConstraints() };
  }

  /** Whether the track was stopped by whoever holds it: `stop()` fires no event, so this has to be looked at. */
  get released(): boolean {
    return !this.#endedHere && this.#track.readyState === 'ended';
  }

  /** Whether that was so long ago that nobody is to be waited for; to be asked from time to time. */
  isAbandoned(): boolean {
    const now = performance.now();
    this.#releasedMs = this.released ? (this.#releasedMs ?? now) : null;
    return this.#releasedMs !== null && now - this.#releasedMs >= ABANDON_MS;
  }

  /** Puts a live track in the place of one that was stopped by its holder. */
  renew(): void {
    if (!this.released) return;
    const { held } = this;
    this.stream.removeTrack(this.#track);
    this.#track = this.#spare;
    setOn(this.#track, held);
    this.stream.addTrack(this.#track);
    this.#spare = this.#clone();
  }

  /** What the picture is, for encoders, as the source says. @param contentHint as of MediaStreamTrack */
  setContentHint(contentHint: string): void {
    if (contentHint === this.#contentHint) return;
    const before = this.#contentHint;
    this.#contentHint = contentHint;
    for (const track of [this.#track, this.#spare]) {
      if (track.contentHint === before) track.contentHint = contentHint;
    }
  }

  /** Stops the track in the name of its holder. */
  release(): void {
    this.#track.stop();
  }

  /**
   * Resolves when the track tells its width, height and, where it ever does, frame rate. The Chime SDK scales a track that doesn't.
   *
   * @param drawnSize what width and height must be, null = any
   * @throws the signal's reason
   */
  async settle(drawnSize: () => Size | null, signal: AbortSignal): Promise<void> {
    const end = performance.now() + SETTLE_LIMIT_MS;
    while (![this.#track, this.#spare].every((track) => this.#isSettled(track, drawnSize())) && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_LOOK_MS));
      signal.throwIfAborted();
    }
  }

  /** Ends the track for good. Safe to call twice. */
  end(): void {
    if (this.#endedHere || this.released) return this.#spare.stop();
    this.#endedHere = true;
    this.#track.stop();
    this.#spare.stop();
  }

  /** Tells the holder of a track that {@link end} ended, for `stop()` itself is silent. */
  tellEnded(): void {
    if (this.#endedHere) this.#track.dispatchEvent(new Event('ended'));
  }

  #clone(): MediaStreamTrack {
    const clone = hearDispatched(this.#source.clone());
    clone.contentHint = this.#contentHint;
    return clone;
  }

  #isSettled(track: MediaStreamTrack, drawn: Size | null): boolean {
    const { width, height, frameRate } = track.getSettings();
    if (track.readyState === 'ended') return true;
    return Boolean(width && height && (frameRate || !this.#tellsRate)) && (!drawn || (drawn.width === width && drawn.height === height));
  }
}

function setOn(track: MediaStreamTrack, { enabled, contentHint, constraints }: HolderSettings): void {
  track.enabled = enabled;
  if (contentHint !== null) track.contentHint = contentHint;
  // Firefox takes none for a canvas, on this track as on the last one.
  if (Object.keys(constraints).length > 0) track.applyConstraints(constraints).catch(() => undefined);
}
