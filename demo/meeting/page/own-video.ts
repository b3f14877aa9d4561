import { VIDEO_PLANS, isCameraOn, isSharing, nextVideoState, wayOf, type ShareWay, type VideoAction, type VideoPlan, type VideoState } from './video-state.ts';

/** The meeting, as far as the person's own video goes. */
export interface VideoCall {
  /** Sends nothing when the signal aborts before the meeting has taken the stream. */
  sendVideo(stream: MediaStream, signal: AbortSignal): Promise<void>;
  /** The others see no video; the meeting keeps the stream for later. */
  hideVideo(): void;
  /** The others see no video, and the meeting lets the stream go. */
  stopVideo(): void;
  /** Shares the stream, whose tracks are the meeting's to stop, in place of the previous one; null ends the share. */
  shareContent(stream: MediaStream | null): void;
}

export interface OwnVideoOptions {
  picture: {
    /** @returns the person in front of the background; null when there is no picture, or the signal aborted */
    start(signal: AbortSignal): Promise<MediaStream | null>;
    /** Ends the picture and its camera before it returns. Safe to call at any time. */
    stop(): void;
  };
  /** Asks the person which screen or window to share. */
  chooseScreen(): Promise<MediaStream>;
  /** Puts the screen behind the person; null brings the chosen background back. */
  showBehind(screen: MediaStream | null): void;
  /** @param screen what is shared in place of the person, for the person to see; null when that is nothing */
  onChange(state: VideoState, screen: MediaStream | null): void;
  /** @param reason why the meeting did not take the video */
  onProblem(reason: string): void;
}

const SHARE = { sharing: 'share', plain: 'share plainly' } as const satisfies Record<ShareWay, VideoAction>;

/**
 * Carries out the table of `video-state.ts`, and is the only one that starts and stops the camera. What must end ends
 * before an action returns. What takes time belongs to the state that asked for it: when it is ready too late, it is
 * dropped, and what it holds is released.
 */
export class OwnVideo {
  readonly #options: OwnVideoOptions;
  #state: VideoState;
  #call: VideoCall | null = null;
  #screen: MediaStream | null = null;
  /** What {@link VideoCall.shareContent} was given last. */
  #content: VideoPlan['content'] = 'none';
  /** The meeting for which the browser's question about the screen is open. */
  #choosing: VideoCall | null = null;
  /** Aborted as soon as the state is another one. */
  #work = new AbortController();

  constructor(state: 'out/on' | 'out/off', options: OwnVideoOptions) {
    this.#state = state;
    this.#options = options;
  }

  get state(): VideoState {
    return this.#state;
  }

  /** Starts the camera, if it is on. */
  begin(): void {
    this.#follow();
    this.#tell();
  }

  toggleCamera(): void {
    this.#do(isCameraOn(this.#state) ? 'off' : 'on');
  }

  /** The picture was started elsewhere: so its camera is on already. */
  handlePictureStarted(): void {
    this.#do('on');
  }

  /** The picture ended elsewhere, or by itself: so its camera is off already. */
  handlePictureEnded(): void {
    this.#do('off');
  }

  enter(call: VideoCall): void {
    if (this.#call) return;
    this.#call = call;
    this.#do('join');
  }

  leave(): void {
    this.#do('leave');
    this.#call = null;
  }

  /** Shares a screen in this way; what is shared in the other way goes on in this one, and in the same way ends. */
  async toggleSharing(way: ShareWay): Promise<void> {
    if (!isSharing(this.#state)) await this.#share(way);
    else if (wayOf(this.#state) === way) this.stopSharing();
    else this.#do(SHARE[way]);
  }

  stopSharing(): void {
    this.#do('stop');
  }

  async #share(way: ShareWay): Promise<void> {
    const call = this.#call;
    if (!call || this.#choosing === call) return;
    this.#choosing = call;
    let screen: MediaStream;
    try {
      screen = await this.#options.chooseScreen();
    } catch {
      return; // The person chose none.
    } finally {
      if (this.#choosing === call) this.#choosing = null;
    }
    const [track] = screen.getVideoTracks();
    // The person has left, or has ended the share already.
    if (this.#call !== call || isSharing(this.#state) || track?.readyState !== 'live') return stopTracks(screen);
    this.#screen = screen;
    track.addEventListener('ended', () => {
      if (this.#screen === screen) this.stopSharing();
    });
    this.#do(SHARE[way]);
  }

  #do(action: VideoAction): void {
    const state = nextVideoState(this.#state, action);
    if (state === this.#state) return;
    this.#state = state;
    this.#follow();
    this.#tell();
  }

  #tell(): void {
    const { camera, content } = VIDEO_PLANS[this.#state];
    this.#options.onChange(this.#state, camera === 'off' && content === 'screen' ? this.#screen : null);
  }

  #follow(): void {
    this.#work.abort();
    this.#work = new AbortController();
    const plan = VIDEO_PLANS[this.#state];
    this.#end(plan);
    this.#options.showBehind(plan.content === 'presenter' ? this.#screen : null);
    if (plan.content === 'screen') this.#shareContent('screen', this.#screen);
    if (plan.camera === 'live') {
      this.#sendPerson(plan, this.#work.signal).catch((error: unknown) => {
        this.#options.onProblem(error instanceof Error ? error.message : String(error));
      });
    }
  }

  /** The camera first: nothing that follows can keep it on. */
  #end({ camera, main, content }: VideoPlan): void {
    if (camera === 'off') {
      this.#options.picture.stop();
      this.#call?.stopVideo();
    } else if (main === 'none') this.#call?.hideVideo();
    // Another share takes the place of the one that runs: a screen goes on until the person in front of it is ready.
    if (content === 'none') this.#endShare();
  }

  #endShare(): void {
    this.#shareContent('none', null);
    if (this.#screen) stopTracks(this.#screen);
    this.#screen = null;
  }

  async #sendPerson({ main, content }: VideoPlan, signal: AbortSignal): Promise<void> {
    const stream = await this.#options.picture.start(signal);
    if (signal.aborted) return;
    // Then the button must not say that the camera is on.
    if (!stream) return this.#do('off');
    if (content === 'presenter') this.#shareContent('presenter', stream);
    if (main === 'person') await this.#call?.sendVideo(stream, signal);
  }

  #shareContent(content: VideoPlan['content'], stream: MediaStream | null): void {
    if (content === this.#content) return;
    this.#content = content;
    // A clone, since the meeting stops what it was given when the share ends.
    this.#call?.shareContent(stream && stream.clone());
  }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
