import type { Track, TrackProcessor, VideoProcessorOptions } from 'livekit-client';
import { createVirtualBackground, type VirtualBackground, type VirtualBackgroundOptions } from '../create-virtual-background';
import type { EngineSettings } from '../engine/settings';
import { followed } from './followed-signal';
import { sizeOf } from './track-size';

/**
 * A virtual background as a LiveKit `TrackProcessor`, for tracks that LiveKit opens itself:
 * `await localVideoTrack.setProcessor(new VirtualBackgroundProcessor({ background: 'blur' }))`.
 *
 * It lives as long as LiveKit keeps it: muting, unmuting and `restartTrack()` give it another camera track, which it
 * goes on with; unpublishing and disconnecting destroy it, unless `stopLocalTrackOnUnpublish` is false.
 */
export class VirtualBackgroundProcessor implements TrackProcessor<Track.Kind.Video, VideoProcessorOptions> {
  readonly name = 'virtual-background';
  processedTrack?: MediaStreamTrack;
  #options: VirtualBackgroundOptions;
  #background: VirtualBackground | null = null;
  /** Ends the one that is being made. */
  #starting: AbortController | null = null;
  #track: MediaStreamTrack | null = null;

  /** @param options as of createVirtualBackground */
  constructor(options: VirtualBackgroundOptions = {}) {
    this.#options = options;
  }

  /** Null while it is on no track. */
  get background(): VirtualBackground | null {
    return this.#background;
  }

  /** Changes settings, before it runs and while it does. @throws VirtualBackgroundError `attribute-invalid` */
  set(patch: Partial<Omit<EngineSettings, 'source'>>): void {
    this.#background?.set(patch);
    this.#options = { ...this.#options, ...patch };
  }

  readonly init = async ({ track }: VideoProcessorOptions): Promise<void> => {
    this.#track = track;
    const starting = new AbortController();
    this.#starting?.abort();
    this.#starting = starting;
    const background = await createVirtualBackground(track, {
      ...sizeOf(track),
      ...this.#options,
      signal: followed(this.#options.signal, starting),
      // A muted camera is a stopped one in LiveKit.
      keepAlive: true,
      onStateChange: (state) => {
        this.#options.onStateChange?.(state);
        // LiveKit listens to the camera's track alone; a failure to begin it is told of by `init`.
        if (state === 'failed' && this.#background) this.#track?.dispatchEvent(new Event('ended'));
      },
    });
    this.#background = background;
    this.#take(background.stream);
  };

  readonly restart = async (options: VideoProcessorOptions): Promise<void> => {
    const background = this.#background;
    if (!background) return this.init(options);
    this.#track = options.track;
    background.set({ ...sizeOf(options.track), source: options.track });
    this.#take(await background.start());
  };

  readonly destroy = (): Promise<void> => {
    this.#starting?.abort();
    this.#background?.stop();
    this.#background = null;
    this.processedTrack = undefined;
    return Promise.resolve();
  };

  #take(stream: MediaStream): void {
    this.processedTrack = stream.getVideoTracks()[0];
  }
}
