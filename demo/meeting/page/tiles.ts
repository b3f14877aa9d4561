import { byId } from '../../page/dom.ts';
import { texts } from '../../page/language.ts';

const STAMP_MS = 2600;

interface Tile {
  figure: HTMLElement;
  initials: HTMLElement;
  label: HTMLElement;
  muted: HTMLElement;
  video: HTMLVideoElement | null;
  tileId: number | null;
}

/** Binds a video element to one of the SDK's tiles. */
type Bind = (tileId: number, video: HTMLVideoElement) => void;

/** The pictures of the people, and of what they share. */
export class Tiles {
  readonly #grid = byId('tiles', HTMLElement);
  readonly #self = byId('self', HTMLElement);
  readonly #others = new Map<string, Tile>();
  #ownScreen: HTMLVideoElement | null = null;

  /** @param name null outside the meeting */
  setSelf(name: string | null): void {
    byId('self-name', HTMLElement).textContent = name === null ? texts().you : texts().youNamed({ name });
  }

  setSelfMuted(muted: boolean): void {
    const badge = this.#self.querySelector<HTMLElement>('.muted');
    if (badge) badge.hidden = !muted;
  }

  /** What is shared without the person covers their own picture, which is off; null: that is nothing. */
  setSelfScreen(screen: MediaStream | null): void {
    this.#ownScreen?.remove();
    this.#ownScreen = null;
    if (!screen) return;
    this.#ownScreen = createVideo(texts().yourScreen);
    this.#ownScreen.srcObject = screen;
    this.#self.append(this.#ownScreen);
  }

  /** Someone came: a place with the initials until there is a picture. */
  add(attendeeId: string, name: string, content = false): void {
    if (this.#others.has(attendeeId)) return;
    const figure = document.createElement('figure');
    figure.className = content ? 'tile tile-content' : 'tile';
    const initials = document.createElement('span');
    initials.className = 'initials';
    initials.setAttribute('aria-hidden', 'true');
    const caption = document.createElement('figcaption');
    const label = document.createElement('span');
    label.className = 'name';
    const muted = document.createElement('span');
    muted.className = 'muted';
    muted.textContent = '🔇';
    muted.setAttribute('role', 'img');
    muted.dataset['label'] = 'microphoneOff';
    muted.setAttribute('aria-label', texts().microphoneOff);
    muted.hidden = true;
    caption.append(label, muted);
    figure.append(initials, caption);
    this.#others.set(attendeeId, { figure, initials, label, muted, video: null, tileId: null });
    this.rename(attendeeId, name);
    if (content) this.#grid.prepend(figure);
    else this.#grid.append(figure);
    this.#count();
  }

  rename(attendeeId: string, name: string): void {
    const tile = this.#others.get(attendeeId);
    if (!tile) return;
    tile.initials.textContent = initialsOf(name);
    tile.label.textContent = tile.figure.classList.contains('tile-content') ? texts().isSharing({ name }) : name;
    tile.video?.setAttribute('aria-label', name);
  }

  remove(attendeeId: string): void {
    this.#others.get(attendeeId)?.figure.remove();
    this.#others.delete(attendeeId);
    this.#count();
  }

  showVideo({ tileId, attendeeId, name, content }: { tileId: number; attendeeId: string; name: string; content: boolean }, bind: Bind): void {
    this.add(attendeeId, name, content);
    const tile = this.#others.get(attendeeId);
    if (!tile || tile.tileId === tileId) return;
    tile.video ??= createVideo(name);
    tile.tileId = tileId;
    tile.figure.prepend(tile.video);
    bind(tileId, tile.video);
  }

  hideVideo(tileId: number): void {
    for (const [attendeeId, tile] of this.#others) {
      if (tile.tileId !== tileId) continue;
      tile.video?.remove();
      tile.video = null;
      tile.tileId = null;
      // What is no longer shared has nothing to show.
      if (tile.figure.classList.contains('tile-content')) this.remove(attendeeId);
    }
  }

  setMuted(attendeeId: string, muted: boolean): void {
    const tile = this.#others.get(attendeeId);
    if (tile) tile.muted.hidden = !muted;
  }

  /** Lets an emoji rise over its sender's picture. */
  stamp(emoji: string, attendeeId: string | null): void {
    const figure = attendeeId === null ? this.#self : this.#others.get(attendeeId)?.figure;
    if (!figure) return;
    const stamp = document.createElement('span');
    stamp.className = 'stamp';
    stamp.textContent = emoji;
    stamp.style.setProperty('--stamp-left', `${15 + Math.random() * 70}%`);
    figure.append(stamp);
    setTimeout(() => stamp.remove(), STAMP_MS);
  }

  clear(): void {
    for (const attendeeId of [...this.#others.keys()]) this.remove(attendeeId);
  }

  #count(): void {
    const people = [...this.#others.values()].filter(({ figure }) => !figure.classList.contains('tile-content'));
    this.#grid.dataset['count'] = String(people.length + 1);
  }
}

function createVideo(name: string): HTMLVideoElement {
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true;
  video.playsInline = true;
  video.setAttribute('aria-label', name);
  return video;
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].flatMap((word) => (word ? [[...word][0]] : []));
  return letters.join('').toUpperCase();
}
