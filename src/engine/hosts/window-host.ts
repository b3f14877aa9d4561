import type { FrameSource } from '../../capture/frame-source';
import { keepPlaying } from '../../capture/keep-playing';
import { VideoFrames } from '../../capture/video-frames';
import { serializeError, toVirtualBackgroundError, VirtualBackgroundError } from '../../errors';
import { createCanvasOutput, type CanvasOutputTrack } from '../../output/output-track';
import type { ModelLoadCallbacks } from '../../segmentation/create-segmenter';
import { webgl2Of } from '../../gl/gl-context';
import type { LoadRequest } from '../../segmentation/messages';
import type { SegmenterSpec } from '../../segmentation/network-input';
import type { Size } from '../../types';
import type { PipelineSettings, SnapshotFormat } from '../messages';
import { Pipeline, type FrameOutcome } from '../pipeline';
import type { CreateTextureSegmenter } from '../texture-masks';
import { Cover, fillWith } from './cover';
import type { HostOptions, PipelineHost } from './host';
import { OutputLimiter } from './output-limiter';

/** TensorFlow.js comes to the page's thread only where it runs in the page's GPU context. */
const createTextureSegmenter: CreateTextureSegmenter = async (gl) => {
  const { TextureSegmenter } = await import('../../segmentation/texture-segmenter');
  return new TextureSegmenter(gl);
};

const COVER_LOOK_MS = 1000;

/** Runs the pipeline on the page's thread, for browsers without frame streams in workers. */
export class WindowHost implements PipelineHost {
  readonly kind = 'window';
  readonly #canvas = document.createElement('canvas');
  /** What goes out: a copy of what was drawn, since a canvas whose GPU context is lost can show nothing else any more. */
  readonly #shown: CanvasRenderingContext2D;
  readonly #cover = new Cover();
  readonly #coverTimer: ReturnType<typeof setInterval>;
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
    this.#shown = createOpaqueContext();
    const { canvas: shown } = this.#shown;
    // What the browser takes for the track's native size for good, when somebody puts constraints on it.
    if (settings.limit && Number.isFinite(settings.limit.width)) {
      shown.width = settings.limit.width;
      shown.height = settings.limit.height;
    }
    this.#frameRate = frameRate;
    this.#onEvent = onEvent;
    this.#limiter = new OutputLimiter(settings);
    canvas.addEventListener('webglcontextlost', () => {
      this.#cover.noteLost(performance.now());
      this.#coverRoom();
    });
    canvas.addEventListener('webglcontextrestored', () => this.#cover.noteRestored());
    this.#cover.noteWanted(settings);
    let pipeline: Pipeline | null = null;
    try {
      pipeline = new Pipeline({ canvas, maskPort, settings, onEvent, createTextureSegmenter: sharesContext ? createTextureSegmenter : null });
      this.#output = createCanvasOutput(shown, frameRate);
    } catch (error) {
      pipeline?.dispose();
      this.#letGoOfContext();
      throw error;
    }
    this.#pipeline = pipeline;
    this.#coverTimer = setInterval(() => this.#coverPerson(), COVER_LOOK_MS);
  }

  get track(): MediaStreamTrack {
    return this.#output.track;
  }

  get drawnSize(): Size {
    const { width, height } = this.#shown.canvas;
    return { width, height };
  }

  configure(settings: PipelineSettings): void {
    this.#cover.noteWanted(settings);
    this.#pipeline.configure(this.#limiter.configure(settings));
    const outcome = this.#pipeline.redraw();
    if (outcome === 'not-drawn') this.#coverRoom();
    else this.#show(outcome);
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
    if (this.#disposed || !this.#pipeline.compositor || !this.#cover.hasShown) return Promise.resolve(null);
    return new Promise((resolve) => this.#shown.canvas.toBlob(resolve, type, quality));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    clearInterval(this.#coverTimer);
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
      const outcome = this.#pipeline.processFrame(video, size, now);
      if (outcome === 'not-drawn') return;
      this.#show(outcome);
      this.#pipeline.requestMask();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What was drawn in this task; later it is gone from its canvas. */
  #show(outcome: FrameOutcome): void {
    const { canvas } = this.#shown;
    const { width, height } = this.#canvas;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    this.#shown.drawImage(this.#canvas, 0, 0);
    this.#cover.noteShown(outcome);
    this.#output.requestFrame();
  }

  #coverRoom(): void {
    if (this.#cover.isDueForRoom) this.#showCover();
  }

  #coverPerson(): void {
    if (this.#cover.isDueForPerson(performance.now())) this.#showCover();
  }

  #showCover(): void {
    if (this.#disposed) return;
    fillWith(this.#shown, this.#cover.color);
    this.#cover.noteShown('cover');
    this.#output.requestFrame();
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

/** @throws VirtualBackgroundError `output-unsupported` */
function createOpaqueContext(): CanvasRenderingContext2D {
  const context = document.createElement('canvas').getContext('2d', { alpha: false });
  if (!context) throw new VirtualBackgroundError('output-unsupported', 'This browser gives no 2D canvas to hand pictures out from');
  return context;
}
