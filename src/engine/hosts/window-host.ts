import type { FrameSource } from '../../capture/frame-source';
import { keepPlaying } from '../../capture/keep-playing';
import { VideoFrames } from '../../capture/video-frames';
import { serializeError, toVirtualBackgroundError } from '../../errors';
import { createCanvasOutput, type CanvasOutputTrack } from '../../output/output-track';
import type { ModelLoadCallbacks } from '../../segmentation/create-segmenter';
import { webgl2Of } from '../../gl/gl-context';
import type { LoadRequest } from '../../segmentation/messages';
import type { SegmenterSpec } from '../../segmentation/network-input';
import type { Size } from '../../types';
import type { PipelineSettings, SnapshotFormat } from '../messages';
import { Pipeline } from '../pipeline';
import type { CreateTextureSegmenter } from '../texture-masks';
import type { HostOptions, PipelineHost } from './host';
import { OutputLimiter } from './output-limiter';

/** TensorFlow.js comes to the page's thread only where it runs in the page's GPU context. */
const createTextureSegmenter: CreateTextureSegmenter = async (gl) => {
  const { TextureSegmenter } = await import('../../segmentation/texture-segmenter');
  return new TextureSegmenter(gl);
};

/** Runs the pipeline on the page's thread, for browsers without frame streams in workers. */
export class WindowHost implements PipelineHost {
  readonly kind = 'window';
  readonly #canvas = document.createElement('canvas');
  readonly #pipeline: Pipeline;
  readonly #limiter: OutputLimiter;
  readonly #output: CanvasOutputTrack;
  readonly #frameRate: number;
  readonly #onEvent: HostOptions['onEvent'];
  #frames: VideoFrames | null = null;
  #player: HTMLVideoElement | null = null;
  #endPlaying: () => void = () => undefined;
  #disposed = false;

  /** @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed`, `output-unsupported` */
  constructor({ settings, maskPort, frameRate, sharesContext, onEvent }: HostOptions) {
    const canvas = this.#canvas;
    // What the browser takes for the track's native size for good, when somebody puts constraints on it.
    if (settings.limit && Number.isFinite(settings.limit.width)) {
      canvas.width = settings.limit.width;
      canvas.height = settings.limit.height;
    }
    this.#frameRate = frameRate;
    this.#onEvent = onEvent;
    this.#limiter = new OutputLimiter(settings);
    let pipeline: Pipeline | null = null;
    try {
      pipeline = new Pipeline({ canvas, maskPort, settings, onEvent, createTextureSegmenter: sharesContext ? createTextureSegmenter : null });
      this.#output = createCanvasOutput(canvas, frameRate);
    } catch (error) {
      pipeline?.dispose();
      this.#letGoOfContext();
      throw error;
    }
    this.#pipeline = pipeline;
  }

  get track(): MediaStreamTrack {
    return this.#output.track;
  }

  get drawnSize(): Size {
    const { width, height } = this.#pipeline.canvas;
    return { width, height };
  }

  configure(settings: PipelineSettings): void {
    this.#pipeline.configure(this.#limiter.configure(settings));
    this.#pipeline.redraw();
    this.#output.requestFrame();
  }

  setPicture(bitmap: ImageBitmap | null): void {
    this.#pipeline.setPicture(bitmap);
  }

  setPictureFrame(movie: HTMLVideoElement): void {
    this.#pipeline.setPictureFrame(movie, { width: movie.videoWidth, height: movie.videoHeight });
  }

  setSource(source: FrameSource): void {
    this.#releaseSource();
    this.#resetSource();
    const video = source.element ?? this.#play(source.track);
    this.#frames = new VideoFrames({
      video,
      hiddenFrameRate: this.#frameRate,
      onFrame: (droppedFrames) => this.#drawFrame(video, droppedFrames),
      onNewContent: () => this.#resetSource(),
    });
  }

  loadModel(request: LoadRequest, callbacks: ModelLoadCallbacks): Promise<SegmenterSpec> {
    return this.#pipeline.loadModel(request, callbacks);
  }

  unloadModel(): void {
    this.#pipeline.unloadModel();
  }

  snapshot({ type, quality }: SnapshotFormat): Promise<Blob | null> {
    // What was drawn before this task is gone from the canvas.
    if (this.#disposed || this.#pipeline.redraw() === 'not-drawn') return Promise.resolve(null);
    return new Promise((resolve) => this.#canvas.toBlob(resolve, type, quality));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#releaseSource();
    this.#pipeline.dispose();
    this.#output.end();
    this.#letGoOfContext();
  }

  /** The browser has few to give: those of stopped runs, not yet collected, would cost a running one its own. */
  #letGoOfContext(): void {
    webgl2Of(this.#canvas)?.getExtension('WEBGL_lose_context')?.loseContext();
  }

  #drawFrame(video: HTMLVideoElement, droppedFrames: number): void {
    const now = performance.now();
    if (!this.#limiter.admits(now * 1000)) return;
    try {
      const size = { width: video.videoWidth, height: video.videoHeight };
      const settings = this.#limiter.fit(size);
      if (settings) this.#pipeline.configure(settings);
      this.#pipeline.countDropped(droppedFrames);
      if (this.#pipeline.processFrame(video, size, now) === 'not-drawn') return;
      this.#output.requestFrame();
      this.#pipeline.requestMask();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Nothing new can be drawn, and what was drawn before may not be what the page wants now. */
  #fail(error: unknown): void {
    this.#frames?.stop();
    this.#onEvent({ type: 'failed', error: serializeError(toVirtualBackgroundError(error, 'internal', 'Frames could not be drawn')) });
  }

  #resetSource(): void {
    this.#limiter.resetSource();
    this.#pipeline.resetSource();
  }

  #play(track: MediaStreamTrack | null): HTMLVideoElement {
    const player = document.createElement('video');
    player.muted = true;
    player.playsInline = true;
    player.autoplay = true;
    player.srcObject = track ? new MediaStream([track]) : null;
    // Rejects when the source changes before the first frame: nothing to do then.
    void player.play().catch(() => undefined);
    this.#endPlaying = keepPlaying(player);
    this.#player = player;
    return player;
  }

  #releaseSource(): void {
    this.#frames?.stop();
    this.#frames = null;
    if (!this.#player) return;
    this.#endPlaying();
    this.#player.pause();
    this.#player.srcObject = null;
    this.#player = null;
  }
}
