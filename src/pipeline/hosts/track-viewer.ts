import { LastingPlay } from '../../capture/keep-playing';

/** A live track of which nothing was read by then may be one that the browser does not hand to readers. */
const UNREAD_MS = 3000;
/** A track that was silent until now may be read at any moment. */
const GRACE_MS = 500;

/**
 * Looks after a track whose frames are read elsewhere: where none was for a while, it is looked at in a video element,
 * hidden page or not, and the element is handed over when it has a picture.
 */
export class TrackViewer {
  readonly #track: MediaStreamTrack;
  readonly #onPicture: (video: HTMLVideoElement) => void;
  #timer: ReturnType<typeof setTimeout>;
  #endViewing: (() => void) | null = null;

  /** @param track stays the caller's; so does the element that is handed over, until {@link end} */
  constructor(track: MediaStreamTrack, onPicture: (video: HTMLVideoElement) => void) {
    this.#track = track;
    this.#onPicture = onPicture;
    this.#timer = setTimeout(() => this.#view(), UNREAD_MS);
  }

  /** Frames were read, or are wanted no more. Safe to call twice. */
  end(): void {
    clearTimeout(this.#timer);
    this.#endViewing?.();
    this.#endViewing = null;
  }

  #view(): void {
    const video = document.createElement('video');
    Object.assign(video, { muted: true, playsInline: true, srcObject: new MediaStream([this.#track]) });
    const playing = new LastingPlay(video);
    // One that is not played has its first picture, and no other.
    const handlePlaying = (): void => {
      this.#timer = setTimeout(() => this.#onPicture(video), GRACE_MS);
    };
    video.addEventListener('playing', handlePlaying, { once: true });
    this.#endViewing = () => {
      video.removeEventListener('playing', handlePlaying);
      playing.end();
      video.srcObject = null;
    };
    void playing.start();
  }
}
