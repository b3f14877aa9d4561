import { FALLBACK_COLOR } from '../../gl/compositor';
import type { PipelineSettings } from '../messages';
import { MASK_MAX_AGE_MS, type FrameOutcome } from '../pipeline';

/**
 * Tells when a plain colour has to cover what went out last. Browsers send a track's last picture again to whoever
 * joins, and while the GPU context is lost nothing else can be drawn: one that shows the room must go when the page
 * has come to want another background, and one that shows a person when the context stays lost for longer than a mask
 * lasts, since nobody is to be shown who may have left.
 */
export class Cover {
  #color: readonly [number, number, number] = FALLBACK_COLOR;
  #shown: FrameOutcome | 'cover' = 'not-drawn';
  /** As of now: what went out last may be older than that. */
  #isRoomWanted = false;
  #lostMs: number | null = null;

  /** The background where it is a colour; sRGB-encoded, 0…1. */
  get color(): readonly [number, number, number] {
    return this.#color;
  }

  /** @returns whether anything went out so far */
  get hasShown(): boolean {
    return this.#shown !== 'not-drawn';
  }

  noteWanted({ background }: PipelineSettings): void {
    this.#isRoomWanted = background.kind === 'none';
    const color = background.kind === 'color' ? background.color : FALLBACK_COLOR;
    if (this.#shown === 'cover' && color.join() !== this.#color.join()) this.#shown = 'curtain';
    this.#color = color;
  }

  noteLost(nowMs: number): void {
    this.#lostMs ??= nowMs;
  }

  /** What covers stays until something is drawn: the source may stand still. */
  noteRestored(): void {
    this.#lostMs = null;
  }

  noteShown(what: FrameOutcome | 'cover'): void {
    this.#shown = what;
  }

  /** Whether the room was shown and is no longer wanted: to be asked where nothing can be drawn. */
  get isDueForRoom(): boolean {
    return this.#shown === 'raw' && !this.#isRoomWanted;
  }

  /** Whether the context is lost for so long that nobody is to be seen; to be asked from time to time. */
  isDueForPerson(nowMs: number): boolean {
    const isLong = this.#lostMs !== null && nowMs - this.#lostMs > MASK_MAX_AGE_MS;
    return isLong && this.hasShown && this.#shown !== 'cover' && !this.#isRoomWanted;
  }
}

/** @param color sRGB-encoded, 0…1 */
export function fillWith(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, color: readonly [number, number, number]): void {
  context.fillStyle = `rgb(${color.map((channel) => Math.round(channel * 255)).join(' ')})`;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
}
