import { hasSteadyFrames, type FrameSource } from '../../capture/frame-source';
import { VideoFrames } from '../../capture/video-frames';
import { VirtualBackgroundError, serializeError, toVirtualBackgroundError } from '../../errors';
import { createGeneratorOutput, type WritableOutputTrack } from '../../output/output-track';
import type { HostRequest, HostResponse, PipelineSettings, SnapshotFormat } from '../messages';
import type { HostOptions, PipelineHost } from './host';
import { TrackViewer } from './track-viewer';

/** A worker that has not closed its frames by then will not. */
const DISPOSE_MS = 2000;

/**
 * Runs the pipeline in engine.worker.ts; the page's thread does nothing per frame of a live track, unless that can only be
 * seen in a video element, see {@link TrackViewer}.
 */
export class WorkerHost implements PipelineHost {
  readonly kind = 'worker';
  readonly drawnSize = null;
  readonly #worker: Worker;
  readonly #output: WritableOutputTrack;
  readonly #options: HostOptions;
  #isReady = false;
  /** To be read once the worker is ready. */
  #awaitedTrack: MediaStreamTrack | null = null;
  #isSteady = false;
  /** Of the track that is read; null once frames came. */
  #viewer: TrackViewer | null = null;
  #viewedVideo: HTMLVideoElement | null = null;
  /** Counts tracks: what is told of an older one is late. */
  #trackId = 0;
  #frames: VideoFrames | null = null;
  #sourceFrameInFlight = false;
  #skippedFrames = 0;
  #pictureFrameInFlight = false;
  readonly #pendingSnapshots = new Map<number, (picture: Blob | null) => void>();
  #snapshots = 0;
  #endTimer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  /** @param worker runs, and was sent nothing yet; the host takes ownership */
  constructor(worker: Worker, options: HostOptions) {
    this.#options = options;
    this.#worker = worker;
    this.#output = createGeneratorOutput();
    const { writable } = this.#output;
    this.#worker.addEventListener('message', (event: MessageEvent<HostResponse>) => this.#handleResponse(event.data));
    this.#worker.addEventListener('error', (event) => {
      const error = new VirtualBackgroundError('worker-unavailable', `The engine worker failed: ${event.message || 'it broke'}`);
      if (!this.#disposed) options.onEvent({ type: 'failed', error: serializeError(error) });
    });
    this.#post({ type: 'init', writable, maskPort: options.maskPort, settings: options.settings }, [writable, options.maskPort]);
  }

  get track(): MediaStreamTrack {
    return this.#output.track;
  }

  configure(settings: PipelineSettings): void {
    this.#post({ type: 'configure', settings });
  }

  setPicture(bitmap: ImageBitmap | null): void {
    this.#post({ type: 'picture', bitmap }, bitmap ? [bitmap] : []);
  }

  setPictureFrame(movie: HTMLVideoElement): void {
    if (this.#pictureFrameInFlight) return;
    const frame = new VideoFrame(movie);
    this.#pictureFrameInFlight = true;
    this.#post({ type: 'picture-frame', frame, size: { width: movie.videoWidth, height: movie.videoHeight } }, [frame]);
  }

  setSource(source: FrameSource): void {
    this.#endFrames();
    this.#isSteady = hasSteadyFrames(source);
    this.#awaitedTrack = source.track;
    if (source.track) this.#readTrack();
    else if (source.element) {
      this.#expectFrames();
      this.#pushFrames(source.element);
    }
  }

  hideSource(isHidden: boolean): void {
    this.#post({ type: 'hide-source', isHidden });
  }

  #expectFrames(): void {
    this.#post({ type: 'source-frames', isSteady: this.#isSteady });
  }

  /**
   * Not before the worker can take over: until then a frame waits on the page, and when the track is stopped meanwhile,
   * Chromium neither hands it on nor closes it. What becomes of those, see {@link dispose}.
   */
  #readTrack(): void {
    const track = this.#awaitedTrack;
    if (!track || !this.#isReady) return;
    this.#awaitedTrack = null;
    const id = ++this.#trackId;
    // One that ended meanwhile cannot be read: nothing comes in place of the source before, and the run sees to the rest.
    if (track.readyState === 'ended') return this.#expectFrames();
    const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
    this.#post({ type: 'source-track', id, readable, isCamera: isCamera(track), isSteady: this.#isSteady }, [readable]);
    this.#viewer = new TrackViewer(track, (video) => this.#readViewer(video, id));
  }

  /** Nobody waits for this one: what goes wrong ends the run. */
  #readAwaitedTrack(): void {
    try {
      this.#readTrack();
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'source-unsupported', 'source gave a track that cannot be read');
      this.#options.onEvent({ type: 'failed', error: serializeError(failure) });
    }
  }

  /** The worker may have been busy all the while: it is asked first, and answers when its reader had its turn. */
  #readViewer(video: HTMLVideoElement, id: number): void {
    this.#viewedVideo = video;
    this.#post({ type: 'is-read', id });
  }

  #handleUnread(id: number): void {
    if (id !== this.#trackId || !this.#viewedVideo) return;
    // A frame that was read after the answer comes too late.
    this.#trackId += 1;
    this.#expectFrames();
    this.#pushFrames(this.#viewedVideo);
  }

  #handleRead(id: number): void {
    if (id === this.#trackId) this.#endViewing();
  }

  #endViewing(): void {
    this.#viewer?.end();
    this.#viewer = null;
    this.#viewedVideo = null;
  }

  /** Of the source until now. */
  #endFrames(): void {
    this.#trackId += 1;
    this.#endViewing();
    this.#frames?.stop();
    this.#frames = null;
  }

  connectSegmentation(port: MessagePort): void {
    this.#post({ type: 'connect-segmentation', port }, [port]);
  }

  snapshot(format: SnapshotFormat): Promise<Blob | null> {
    if (this.#disposed) return Promise.resolve(null);
    const id = ++this.#snapshots;
    return new Promise((resolve) => {
      this.#pendingSnapshots.set(id, resolve);
      this.#post({ type: 'snapshot', id, format });
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#endFrames();
    this.#post({ type: 'dispose' });
    // Not at once: of a camera's frames that nobody closed, Chromium keeps count for as long as the page lives, and after
    // some of them it reads no more frames from that camera.
    this.#endTimer = setTimeout(() => this.#end(), DISPOSE_MS);
    this.#output.end();
    for (const resolve of this.#pendingSnapshots.values()) resolve(null);
    this.#pendingSnapshots.clear();
  }

  #end(): void {
    clearTimeout(this.#endTimer);
    this.#worker.terminate();
  }

  #pushFrames(video: HTMLVideoElement): void {
    this.#sourceFrameInFlight = false;
    this.#frames = new VideoFrames({
      video,
      hiddenFrameRate: this.#options.frameRate,
      onFrame: (droppedFrames) => this.#pushFrame(video, droppedFrames),
      onNewContent: () => this.#expectFrames(),
    });
  }

  #pushFrame(video: HTMLVideoElement, droppedFrames: number): void {
    this.#skippedFrames += droppedFrames;
    if (this.#sourceFrameInFlight) {
      this.#skippedFrames += 1;
      return;
    }
    try {
      const frame = new VideoFrame(video, { timestamp: Math.round(performance.now() * 1000) });
      this.#sourceFrameInFlight = true;
      this.#post({ type: 'source-frame', frame, droppedFrames: this.#skippedFrames }, [frame]);
      this.#skippedFrames = 0;
    } catch (error) {
      // A track's picture can be had again at any moment: while the GPU process is gone, for one, it cannot.
      if (video === this.#viewedVideo) return;
      this.#frames?.stop();
      const failure = toVirtualBackgroundError(error, 'source-unsupported', 'source must be a movie of this origin or one sent with CORS');
      this.#options.onEvent({ type: 'failed', error: serializeError(failure) });
    }
  }

  #handleResponse(response: HostResponse): void {
    if (response.type === 'disposed') return this.#end();
    if (this.#disposed) return;
    switch (response.type) {
      case 'ready':
        this.#isReady = true;
        return this.#readAwaitedTrack();
      case 'event':
        return this.#options.onEvent(response.event);
      case 'source-track-read':
        return this.#handleRead(response.id);
      case 'source-track-unread':
        return this.#handleUnread(response.id);
      case 'picture-frame-done':
        this.#pictureFrameInFlight = false;
        return;
      case 'source-frame-done':
        this.#sourceFrameInFlight = false;
        return;
      case 'snapshot':
        this.#pendingSnapshots.get(response.id)?.(response.picture);
        this.#pendingSnapshots.delete(response.id);
    }
  }

  #post(message: HostRequest, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

/** Only devices belong to a group; a canvas, a screen and a call don't. */
function isCamera(track: MediaStreamTrack): boolean {
  return Boolean(track.getSettings().groupId);
}
