import type { BackgroundMode, DrawnAs } from '../gl/compositor';
import type { HostKind } from '../types';
import { MASK_MAX_AGE_MS } from './pipeline';

/** From a new picture on, until browsers no longer have the one before to send again. */
const LAG_MS = 250;

/**
 * Keeps a last picture from being seen that shows the room, when the page has come to want another background and the
 * GPU context was lost before it could be drawn; and, when it stays lost for longer than a mask lasts, one that shows a
 * person who may have left. The worker host covers it with a frame of one colour; a canvas without its context gives no
 * picture at all, so there the track itself is made blank.
 */
export class RoomCover {
  readonly #isNeeded: boolean;
  readonly #setBlank: (isBlank: boolean) => void;
  /** Whether the track's last picture is one of the room; what is drawn gets there a moment later. */
  #showsRoom = false;
  #isLost = false;
  #isLostForLong = false;
  #isRoomWanted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HostKind, setBlank: (isBlank: boolean) => void) {
    this.#isNeeded = host === 'window';
    this.#setBlank = setBlank;
  }

  /** What the next picture will show. */
  noteWanted(background: BackgroundMode['kind']): void {
    this.#isRoomWanted = background === 'none';
    this.#update();
  }

  noteLost(): void {
    this.#isLost = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isLostForLong = true;
      this.#update();
    }, MASK_MAX_AGE_MS);
    this.#update();
  }

  /** What is drawn next may take its time: the source may stand still. */
  noteRestored(): void {
    clearTimeout(this.#timer);
  }

  noteDrawn(as: DrawnAs): void {
    clearTimeout(this.#timer);
    if (as === 'raw') this.#showsRoom = true;
    this.#timer = setTimeout(() => {
      this.#isLost = false;
      this.#isLostForLong = false;
      this.#showsRoom = as === 'raw';
      this.#update();
    }, LAG_MS);
  }

  release(): void {
    clearTimeout(this.#timer);
  }

  #update(): void {
    if (!this.#isNeeded) return;
    this.#setBlank(this.#isLost && (this.#showsRoom || this.#isLostForLong) && !this.#isRoomWanted);
  }
}
