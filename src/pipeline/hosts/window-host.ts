import { hasSteadyFrames, type FrameSource } from '../../capture/frame-source';
import { LastingPlay } from '../../capture/keep-playing';
import { VideoFrames } from '../../capture/video-frames';
import { serializeError, toVirtualBackgroundError, VirtualBackgroundError } from '../../errors';
import { checkCanvasRead } from '../../output/canvas-check';
import { createCanvasOutput, type CanvasOutputTrack } from '../../output/output-track';
import type { DrawnAs } from '../../gl/compositor';
import { webgl2Of } from '../../gl/webgl2';
import type { Size } from '../../types';
import type { PipelineSettings, SnapshotFormat } from '../messages';
import { Pipeline } from '../pipeline';
import type { FrameOutcome } from '../pipeline-options';
import { PlainPipeline, type WindowPipeline } from '../plain-pipeline';
import type { CreateContextService } from '../../masks/context-source';
import { Cover, LOST_PERSON_MS, fillWith } from './cover';
import type { HostOptions, PipelineHost } from './host';
import { OutputLimiter } from './output-limiter';

/** TensorFlow.js comes to the page's thread only where it runs in the page's GPU context. */
const createContextService: CreateContextService = async (gl, reply) => {
  const [{ NetworkService }, { ContextRuntime }] = await Promise.all([import('../../segmentation/network-service'), import('../../segmentation/context-runtime')]);
  return new NetworkService(reply, new ContextRuntime(gl));
};

/** Timers may be a little early by the other clock. */
const TIMER_SLACK_MS = 10;

/** Runs the pipeline on the page's thread, for browsers without frame streams in workers. */
export class WindowHost implements PipelineHost {
  readonly kind = 'window';
  readonly #canvas = document.createElement('canvas');
  /** What goes out: a copy of what was drawn, since a canvas whose GPU context is lost can show nothing else any more. */
  readonly #shown: CanvasRenderingContext2D;
  readonly #cover = new Cover();
  #coverTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #pipeline: WindowPipeline;
  readonly #limiter: OutputLimiter;
  readonly #output: CanvasOutputTrack;
  readonly #frameRate: number;
  readonly #onEvent: HostOptions['onEvent'];
  #frames: VideoFrames | null = null;
  #player: HTMLVideoElement | null = null;
  #playing: LastingPlay | null = null;
  #disposed = false;

  /** @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed`, `output-unsupported`, `canvas-read-blocked` */
  constructor({ settings, maskPort, frameRate, sharesContext, hasWebgl2, onEvent }: HostOptions) {
    const canvas = this.#canvas;
    this.#frameRate = frameRate;
    this.#onEvent = onEvent;
    this.#limiter = new OutputLimiter(settings);
    canvas.addEventListener('webglcontextlost', () => this.#handleContextLost());
    canvas.addEventListener('webglcontextrestored', () => this.#cover.noteRestored());
    this.#cover.noteWanted(settings);
    let pipeline: WindowPipeline | null = null;
    try {
      checkCanvasRead();
      const options = {
        canvas,
        maskPort,
        settings,
        onEvent,
        createContextService: sharesContext ? createContextService : null,
        onPicture: (drawn: DrawnAs) => this.#tryShow(drawn),
        onBlank: () => this.#coverIfDue(),
        onConceal: () => this.#cover.hasShown && this.#paintCover(),
      };
      pipeline = hasWebgl2 ? new Pipeline(options) : new PlainPipeline(options);
      this.#shown = createOpaqueContext(settings.limit);
      this.#output = createCanvasOutput(this.#shown.canvas, frameRate);
    } catch (error) {
      pipeline?.dispose();
      this.#letGoOfContext();
      throw error;
    }
    this.#pipeline = pipeline;
    // Gone with the GPU's process, and empty when it comes back.
    this.#shown.canvas.addEventListener('contextrestored', () => this.#coverIfDue());
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
    if (outcome === 'not-drawn') this.#coverIfDue();
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
    const isSteady = hasSteadyFrames(source);
    this.#changeSource(isSteady);
    if (source.element) this.#takeFrames(source.element, isSteady);
    else if (source.track) this.#play(source.track, isSteady);
  }

  hideSource(isHidden: boolean): void {
    this.#pipeline.hideSource(isHidden);
  }

  connectSegmentation(port: MessagePort): void {
    this.#pipeline.connectSegmentation(port);
  }

  snapshot({ type, quality }: SnapshotFormat): Promise<Blob | null> {
    if (this.#disposed || !this.#pipeline.canDraw || !this.#cover.hasShown) return Promise.resolve(null);
    return new Promise((resolve) => this.#shown.canvas.toBlob(resolve, type, quality));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    clearTimeout(this.#coverTimer);
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
      this.#pipeline.offerFrame({ image: video, size, timeMs: now, timestamp: now * 1000, close: () => undefined });
    } catch (error) {
      this.#fail(error);
    }
  }

  #tryShow(drawn: FrameOutcome): void {
    try {
      this.#show(drawn);
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
    this.#handOut(outcome);
  }

  #handleContextLost(): void {
    if (this.#disposed) return;
    this.#cover.noteLost(performance.now());
    this.#coverIfDue();
    clearTimeout(this.#coverTimer);
    this.#coverTimer = setTimeout(() => this.#coverIfDue(), LOST_PERSON_MS + TIMER_SLACK_MS);
  }

  /** To be called where nothing was drawn. */
  #coverIfDue(): void {
    if (this.#cover.isDue(performance.now())) this.#paintCover();
  }

  #paintCover(): void {
    if (this.#disposed) return;
    fillWith(this.#shown, this.#cover.color);
    this.#handOut('cover');
  }

  #handOut(what: FrameOutcome | 'cover'): void {
    // What a lost canvas was to show it never does.
    if (this.#shown.isContextLost?.()) return;
    this.#cover.noteShown(what, performance.now());
    this.#output.requestFrame();
  }

  /** Nothing new can be drawn, and what was drawn before may not be what the page wants now. */
  #fail(error: unknown): void {
    this.#frames?.stop();
    this.#onEvent({ type: 'failed', error: serializeError(toVirtualBackgroundError(error, 'internal', 'Frames could not be drawn')) });
  }

  #changeSource(isSteady: boolean): void {
    this.#limiter.resetSource();
    this.#pipeline.changeSource(isSteady);
  }

  /** Not before it plays: one that the browser refuses to play has its first picture all the same, and no other. */
  #play(track: MediaStreamTrack, isSteady: boolean): void {
    const player = document.createElement('video');
    player.muted = true;
    player.playsInline = true;
    player.srcObject = new MediaStream([track]);
    this.#player = player;
    this.#playing = new LastingPlay(player, () => this.#warnOfRefusal());
    void this.#playing.start().then(() => {
      if (this.#player === player) this.#takeFrames(player, isSteady);
    });
  }

  #warnOfRefusal(): void {
    const error = new VirtualBackgroundError('autoplay-refused', 'The browser plays the source only after a click or a key in this page: it goes on with the next one');
    this.#onEvent({ type: 'warning', error: serializeError(error) });
  }

  #takeFrames(video: HTMLVideoElement, isSteady: boolean): void {
    this.#frames = new VideoFrames({
      video,
      hiddenFrameRate: this.#frameRate,
      onFrame: (droppedFrames) => this.#drawFrame(video, droppedFrames),
      onNewContent: () => this.#changeSource(isSteady),
    });
  }

  #releaseSource(): void {
    this.#frames?.stop();
    this.#frames = null;
    if (!this.#player) return;
    this.#playing?.end();
    this.#player.pause();
    this.#player.srcObject = null;
    this.#player = null;
  }
}

/**
 * @param size what the browser takes for the track's native size for good, when somebody puts constraints on it
 * @throws VirtualBackgroundError `output-unsupported`
 */
function createOpaqueContext(size: Partial<Size> = {}): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  const { width = Infinity, height = Infinity } = size;
  if (Number.isFinite(width)) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new VirtualBackgroundError('output-unsupported', 'This browser gives no 2D canvas to hand pictures out from');
  return context;
}
