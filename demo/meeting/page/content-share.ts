import type { AudioVideoFacade } from 'amazon-chime-sdk-js';

/**
 * What is shared, one stream at a time. The Amazon Chime SDK takes another stream only after it has reported that the
 * previous share is over, and until then stops every stream that it is given; so the next one waits here.
 */
export class ContentShare {
  readonly #audioVideo: AudioVideoFacade;
  readonly #onEnded: () => void;
  #state: 'idle' | 'sharing' | 'ending' = 'idle';
  #next: MediaStream | null = null;

  /** @param onEnded the share ended without {@link send} having been asked for it */
  constructor(audioVideo: AudioVideoFacade, onEnded: () => void) {
    this.#audioVideo = audioVideo;
    this.#onEnded = onEnded;
    audioVideo.addContentShareObserver({ contentShareDidStop: () => this.#handleStop() });
  }

  /** Takes over the stream and shares it as soon as the previous one, which is stopped at once, is over; null: nothing. */
  send(stream: MediaStream | null): void {
    for (const track of this.#next?.getTracks() ?? []) track.stop();
    this.#next = stream;
    if (this.#state === 'sharing') {
      this.#state = 'ending';
      this.#audioVideo.stopContentShare();
    } else if (this.#state === 'idle') this.#begin();
  }

  #begin(): void {
    const stream = this.#next;
    if (!stream) return;
    this.#next = null;
    this.#state = 'sharing';
    void this.#audioVideo.startContentShare(stream);
  }

  #handleStop(): void {
    const wasAsked = this.#state === 'ending';
    this.#state = 'idle';
    if (wasAsked) this.#begin();
    else this.#onEnded();
  }
}
