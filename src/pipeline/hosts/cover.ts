import { FALLBACK_COLOR } from '../../gl/fallback-color';
import type { PipelineSettings } from '../messages';
import type { FrameOutcome } from '../pipeline-options';

type Color = readonly [number, number, number];

/**
 * How long a picture counts as not yet there. When the GPU dies, drawing does nothing for a moment before anybody is
 * told so: what is said to have gone out then may not have.
 */
const DOUBT_MS = 250;
/** How long a person may stay on show while the GPU context is lost: a process that died is back by then. */
export const LOST_PERSON_MS = 2000;

/**
 * Tells when a plain colour has to cover what went out last. Browsers send a track's last picture again to whoever
 * joins, and while the GPU context is lost nothing else can be drawn: one that shows the room must go when the page
 * has come to want another background, and one that shows a person when the context stays lost for
 * {@link LOST_PERSON_MS}, since nobody is to be shown who may have left.
 *
 * Times are those of `performance.now()`.
 */
export class Cover {
  #color: Color = FALLBACK_COLOR;
  #shown: FrameOutcome | 'cover' = 'not-drawn';
  #coveredWith: Color | null = null;
  /** When something else came after a picture of the room. */
  #afterRoomMs = -Infinity;
  /** As of now: what went out last may be older than that. */
  #isRoomWanted = false;
  #lostMs: number | null = null;

  /** The background where it is a colour; sRGB-encoded, 0…1. */
  get color(): Color {
    return this.#color;
  }

  /** Whether anything went out so far. */
  get hasShown(): boolean {
    return this.#shown !== 'not-drawn';
  }

  noteWanted({ background }: PipelineSettings): void {
    this.#isRoomWanted = background.kind === 'none';
    this.#color = background.kind === 'color' ? background.color : FALLBACK_COLOR;
  }

  noteLost(nowMs: number): void {
    this.#lostMs ??= nowMs;
  }

  /** What covers stays until something is drawn: the source may stand still. */
  noteRestored(): void {
    this.#lostMs = null;
  }

  noteShown(what: FrameOutcome | 'cover', nowMs: number): void {
    if (what === 'cover') this.#afterRoomMs = -Infinity;
    else if (this.#shown === 'raw' && what !== 'raw') this.#afterRoomMs = nowMs;
    this.#shown = what;
    this.#coveredWith = what === 'cover' ? this.#color : null;
  }

  /** Whether a cover is due; to be asked where nothing can be drawn. */
  isDue(nowMs: number): boolean {
    if (this.#isRoomWanted) return false;
    const mayShowRoom = this.#shown === 'raw' || nowMs - this.#afterRoomMs < DOUBT_MS;
    return mayShowRoom || this.#isStale || this.isDueForPerson(nowMs);
  }

  /** Whether the context is lost for so long that nobody is to be seen; to be asked from time to time. */
  isDueForPerson(nowMs: number): boolean {
    const isLong = this.#lostMs !== null && nowMs - this.#lostMs >= LOST_PERSON_MS;
    return isLong && this.hasShown && !this.#isRoomWanted && (this.#shown !== 'cover' || this.#isStale);
  }

  /** Another colour is wanted by now. */
  get #isStale(): boolean {
    return this.#coveredWith !== null && this.#coveredWith.join() !== this.#color.join();
  }
}

/** @param color sRGB-encoded, 0…1 */
export function fillWith(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, color: Color): void {
  context.fillStyle = `rgb(${color.map((channel) => Math.round(channel * 255)).join(' ')})`;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
}
