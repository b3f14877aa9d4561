import type { BackgroundMode, DrawnAs } from '../gl/compositor';
import type { HostKind } from '../types';

/** From a new picture on, until browsers no longer have the one before to send again. */
const LAG_MS = 250;

/**
 * Keeps a last picture that shows the room from being seen by those who join, when the page has come to want another
 * background and the GPU context was lost before it could be drawn. The worker host covers it with a frame of one
 * colour; a canvas without its context gives no picture at all, so there the track itself is made blank.
 */
export class RoomCover {
  readonly #isNeeded: boolean;
  readonly #setBlank: (isBlank: boolean) => void;
  /** Whether the track's last picture is one of the room; what is drawn gets there a moment later. */
  #showsRoom = false;
  #isLost = false;
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
    this.#update();
  }

  noteDrawn(as: DrawnAs): void {
    clearTimeout(this.#timer);
    if (as === 'raw') this.#showsRoom = true;
    this.#timer = setTimeout(() => {
      this.#isLost = false;
      this.#showsRoom = as === 'raw';
      this.#update();
    }, LAG_MS);
  }

  release(): void {
    clearTimeout(this.#timer);
  }

  #update(): void {
    if (!this.#isNeeded) return;
    this.#setBlank(this.#isLost && this.#showsRoom && !this.#isRoomWanted);
  }
}
