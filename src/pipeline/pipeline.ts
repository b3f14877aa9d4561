import { serializeError, toVirtualBackgroundError, type VirtualBackgroundError } from '../errors';
import { Compositor, type DrawnAs } from '../gl/compositor';
import type { GpuFrame } from '../gl/frame-ring';
import { webgl2Of, type GlCanvas } from '../gl/webgl2';
import { ContextMaskSource } from '../masks/context-source';
import { MaskLoop } from '../masks/mask-loop';
import { WorkerMaskSource } from '../masks/worker-source';
import { checkReadback } from '../readback';
import type { FrameImage, Mask, Size, SmallPicture } from '../types';
import { BackgroundPicture } from './background-picture';
import { FramePlanes } from './frame-planes';
import { GpuWork } from './gpu-work';
import { HeldFrame } from './held-frame';
import type { PipelineSettings } from './messages';
import { PictureAge } from './picture-age';
import type { FrameOutcome, PipelineOptions, SourceFrame } from './pipeline-options';
import { PipelineMeters } from './pipeline-meters';
import { SilenceWatch } from './silence-watch';
import { WakeWatch } from './wake-watch';

const NOTHING_SEEN = { mask: null, guide: null };
const NOT_RESTORED = 'The GPU context came back but could not be used';

/**
 * A frame's way, the same in the worker and on the window. A frame is uploaded and held until the mask that was made
 * for it is there, then drawn with it and handed out; of those that come meanwhile the newest waits, and the others are
 * left out. So no frame is ever cut out with another's mask: where masks are slower than frames, the frame rate falls.
 * Owns its compositor, the mask sources, the background bitmap, and every frame it is offered.
 */
export class Pipeline {
  readonly #canvas: GlCanvas;
  readonly #options: PipelineOptions;
  readonly #meters = new PipelineMeters();
  readonly #context: ContextMaskSource | null;
  readonly #masks: MaskLoop;
  readonly #wakes = new WakeWatch();
  readonly #age = new PictureAge();
  readonly #silence: SilenceWatch;
  readonly #work = new GpuWork((error) => this.#fail(error, 'Frames could not be drawn'));
  readonly #picture: BackgroundPicture;
  #compositor: Compositor | null;
  #settings: PipelineSettings;
  /** Counts sources and GPU contexts: what belongs to an older one is dropped. */
  #epoch = 0;
  #frameSize: Size | null = null;
  /** At the network. */
  #held: HeldFrame | null = null;
  /** The newest frame, for when the network is free. */
  #waiting: SourceFrame | null = null;
  /** On the canvas, to be drawn again after a change of settings; and of which epoch it is. */
  #shown: { gpu: GpuFrame; timeMs: number; epoch: number } | null = null;
  /** As what; null = another source's, or nothing. */
  #shownAs: DrawnAs | null = null;
  /** When the frame arrived whose mask was made last. */
  #maskTimeMs = -Infinity;
  /** Resolves when the last picture was handed out. */
  #handedOut: Promise<void> = Promise.resolve();
  #holdTimer: ReturnType<typeof setTimeout> | undefined;
  /** Room for a frame's bytes. */
  #buffer: ArrayBuffer | null = null;
  #isFrameOnItsWay = false;
  /** Whether what is read back of the GPU is what is there. */
  #canRead = false;
  #lastDrawn: DrawnAs | null = null;
  #disposed = false;

  /** @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed` */
  constructor(options: PipelineOptions) {
    const { canvas, maskPort, settings, createContextService, onEvent } = options;
    this.#canvas = canvas;
    this.#options = options;
    this.#settings = settings;
    this.#silence = new SilenceWatch({
      onConceal: () => this.#conceal(),
      onSilence: (isSilent) => onEvent({ type: 'silence', isSilent }),
    });
    const warn = (error: VirtualBackgroundError): void => onEvent({ type: 'warning', error: serializeError(error) });
    this.#picture = new BackgroundPicture(warn);
    this.#compositor = new Compositor(canvas, settings.powerPreference);
    this.#context = createContextService && new ContextMaskSource(this.#compositor.context.gl, createContextService);
    this.#masks = new MaskLoop({
      sources: [...(this.#context ? [this.#context] : []), new WorkerMaskSource(maskPort)],
      onSpecChange: () => this.#findShownPerson(),
      onInference: (durationMs) => this.#meters.countInference(durationMs),
      onWarning: warn,
    });
    void this.#checkReadback(this.#compositor.context.gl);
    canvas.addEventListener('webglcontextlost', this.#handleContextLost);
    canvas.addEventListener('webglcontextrestored', this.#handleContextRestored);
  }

  get canvas(): GlCanvas {
    return this.#canvas;
  }

  get compositor(): Compositor | null {
    return this.#compositor;
  }

  /** Whether there is a GPU context to draw with. */
  get canDraw(): boolean {
    return this.#compositor !== null;
  }

  configure(settings: PipelineSettings): void {
    const had = this.#settings.background.kind;
    this.#settings = settings;
    // The next picture may have come before the settings that want it.
    if (had === 'picture' && settings.background.kind !== 'picture') this.#picture.set(this.#compositor, null);
    if (!this.#wantsMasks) this.#dropWaiting();
    this.#findShownPerson();
  }

  /** Takes the window's messages to the networks in the canvas's own context; the pipeline owns the port. */
  connectSegmentation(port: MessagePort): void {
    if (this.#context) this.#context.connect(port);
    else port.close();
  }

  /** Background image; the pipeline takes ownership of the bitmap. */
  setPicture(bitmap: ImageBitmap | null): void {
    this.#picture.set(this.#compositor, bitmap);
  }

  /** One frame of a background movie; it stays the caller's. */
  setPictureFrame(image: FrameImage, size: Size): void {
    this.#picture.setFrame(this.#compositor, image, size);
  }

  /** The next frame comes from another source: nothing known about the old one holds. */
  resetSource(): void {
    this.#epoch += 1;
    this.#shownAs = null;
    this.#age.reset();
    this.#dropWaiting();
    this.#masks.reset();
    this.#compositor?.clearMask();
  }

  /** As {@link resetSource}. @param isSteady whether the new source keeps giving frames */
  changeSource(isSteady: boolean): void {
    this.#silence.expect(isSteady);
    this.resetSource();
  }

  /** Shows the background alone for as long as the source's picture is not to be seen, whatever frames it gives. */
  hideSource(isHidden: boolean): void {
    this.#silence.hide(isHidden);
  }

  /** Counts frames that the source delivered and nobody drew. */
  countDropped(frames: number): void {
    this.#meters.countDropped(frames);
  }

  /** Takes a frame of the source, and closes it. What becomes of it, `onPicture` and `onBlank` say. */
  offerFrame(frame: SourceFrame): void {
    this.#meters.countInput(frame.timeMs);
    this.#silence.noteFrame();
    // The first one is drawn, as the curtain: there may be nothing yet that viewers could see.
    if (this.#silence.isHidden && this.#shown) return frame.close();
    if (!this.#compositor) {
      frame.close();
      return this.#options.onBlank();
    }
    if (this.#wakes.hasSlept()) this.resetSource();
    if (this.#frameSize && !sameAspect(this.#frameSize, frame.size)) this.resetSource();
    this.#frameSize = { width: frame.size.width, height: frame.size.height };
    if (!this.#wantsMasks || this.#silence.isHidden) return this.#showAtOnce(this.#compositor, frame);
    this.#dropWaiting();
    this.#age.noteArrival(frame.timeMs);
    // Once: where the machine has no time for masks, it has none for a curtain a frame either.
    if (this.#shownAs !== 'curtain' && (this.#shownAs !== 'person' || this.#age.isTooOldBeside(frame.timeMs))) this.#showWithoutMask(this.#compositor, frame);
    this.#waiting = frame;
    void this.#holdNext();
  }

  /** Draws the frame on show again, after a change of settings. */
  redraw(): FrameOutcome {
    const compositor = this.#compositor;
    const shown = this.#shown;
    // Settings come before the first frame does, also before that of a context that came back.
    if (!compositor || !shown) return 'not-drawn';
    const drawn = this.#render(compositor, shown.gpu);
    if (drawn === 'not-drawn') return drawn;
    // Another source's picture says nothing of what is on show of this one.
    if (shown.epoch === this.#epoch) this.#shownAs = drawn;
    this.#meters.countDrawn(drawn);
    this.#report(drawn);
    return drawn;
  }

  /** Frees everything. Safe to call twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#epoch += 1;
    clearTimeout(this.#holdTimer);
    this.#silence.dispose();
    this.#work.forgiveAll();
    this.#canvas.removeEventListener('webglcontextlost', this.#handleContextLost);
    this.#canvas.removeEventListener('webglcontextrestored', this.#handleContextRestored);
    this.#masks.dispose();
    this.#dropWaiting();
    this.#picture.set(null, null);
    this.#compositor?.dispose();
    this.#compositor = null;
  }

  get #wantsMasks(): boolean {
    return this.#settings.background.kind !== 'none' && this.#canRead && this.#masks.spec !== null;
  }

  async #checkReadback(gl: WebGL2RenderingContext): Promise<void> {
    try {
      await checkReadback(gl, 'bytes');
    } catch (error) {
      // A context that comes back is asked again.
      if (!this.#disposed && !gl.isContextLost()) this.#fail(error, 'Nothing can be read back of the GPU');
      return;
    }
    this.#canRead = true;
    this.#findShownPerson();
  }

  get #sharesContext(): boolean {
    return Boolean(this.#context?.spec);
  }

  /** What is on show goes, and what is on its way does not come. */
  #conceal(): void {
    this.resetSource();
    const drawn = this.redraw();
    if (drawn === 'not-drawn') this.#options.onConceal();
    else this.#handOut(drawn, null);
  }

  #dropWaiting(): void {
    if (!this.#waiting) return;
    this.#waiting.close();
    this.#waiting = null;
    this.#meters.countDropped(1);
  }

  /** The room on request, or the curtain while there is no network. */
  #showAtOnce(compositor: Compositor, frame: SourceFrame): void {
    // What is older must not come after it.
    this.#dropWaiting();
    if (this.#isFrameOnItsWay) this.#epoch += 1;
    try {
      this.#showWithoutMask(compositor, frame);
    } finally {
      frame.close();
    }
  }

  /** The frame stays the caller's. */
  #showWithoutMask(compositor: Compositor, frame: SourceFrame): void {
    const startMs = performance.now();
    const gpu = this.#upload(compositor, frame);
    if (!gpu) return this.#options.onBlank();
    this.#show(compositor, { gpu, timeMs: frame.timeMs, timestamp: frame.timestamp }, startMs);
    compositor.releaseFrame(gpu);
  }

  #upload(compositor: Compositor, { image, size }: SourceFrame): GpuFrame | null {
    const gpu = this.#work.attempt('upload', compositor, () => compositor.takeFrame(image, size));
    return gpu === 'not-drawn' ? null : gpu;
  }

  /**
   * The newest frame goes to the network, if that is free.
   *
   * @returns resolves when it is there
   */
  async #holdNext(): Promise<void> {
    const compositor = this.#compositor;
    const frame = this.#waiting;
    if (!compositor || !frame || this.#isFrameOnItsWay || this.#masks.isBusy) return;
    this.#waiting = null;
    const gpu = this.#upload(compositor, frame);
    if (!gpu) {
      frame.close();
      return this.#options.onBlank();
    }
    this.#isFrameOnItsWay = true;
    await new Promise<void>((sent) => void this.#hold(compositor, gpu, frame, sent));
  }

  async #hold(compositor: Compositor, gpu: GpuFrame, frame: SourceFrame, sent: () => void): Promise<void> {
    const epoch = this.#epoch;
    const { image, timeMs, timestamp } = frame;
    const sharesContext = this.#sharesContext;
    const isReadable = !sharesContext && typeof VideoFrame === 'function' && image instanceof VideoFrame;
    const planes = isReadable ? await FramePlanes.read(image, this.#buffer) : null;
    this.#buffer = planes?.buffer ?? null;
    frame.close();
    const held = new HeldFrame({ compositor, work: this.#work, gpu, planes, sharesContext, timeMs, timestamp });
    await this.#findPerson(compositor, held, epoch, sent);
  }

  /** A source that is still gives no other frame: the one on show gets its person when a network or a background comes. */
  #findShownPerson(): void {
    const compositor = this.#compositor;
    const shown = this.#shown;
    if (!compositor || shown?.epoch !== this.#epoch || !this.#wantsMasks || this.#silence.isHidden || this.#isFrameOnItsWay || this.#masks.isBusy || compositor.hasMaskOf(shown.gpu)) return;
    this.#isFrameOnItsWay = true;
    const held = new HeldFrame({ compositor, work: this.#work, gpu: compositor.holdFrame(shown.gpu), planes: null, sharesContext: this.#sharesContext, timeMs: shown.timeMs, timestamp: null });
    void this.#findPerson(compositor, held, this.#epoch);
  }

  async #findPerson(compositor: Compositor, held: HeldFrame, epoch: number, sent?: () => void): Promise<void> {
    this.#held = held;
    const startMs = performance.now();
    this.#holdTimer = setTimeout(() => this.#dropCurtainOver(compositor, held), this.#age.limitMs);
    const answer = epoch === this.#epoch ? this.#askNetwork(held) : NOTHING_SEEN;
    sent?.();
    const { mask, guide } = await answer;
    await this.#handedOut;
    clearTimeout(this.#holdTimer);
    this.#held = null;
    this.#isFrameOnItsWay = false;
    // The network works on the next frame while this one is drawn.
    await this.#holdNext();
    if (mask && epoch === this.#epoch && this.#settings.background.kind !== 'none') {
      this.#cutOut(compositor, held, mask, guide);
      this.#age.noteHeld(performance.now() - startMs);
    }
    if (compositor === this.#compositor) held.release();
  }

  /** The guide is made while the network works. */
  async #askNetwork(held: HeldFrame): Promise<{ mask: Mask | null; guide: SmallPicture | null }> {
    const mask = this.#masks.find(held, this.#settings);
    const guide = held.readGuide(this.#settings.quality);
    return { mask: await mask, guide: await guide };
  }

  /** Draws a frame with its mask. */
  #cutOut(compositor: Compositor, held: HeldFrame, mask: Mask, guide: SmallPicture | null): void {
    const { quality } = this.#settings;
    const startMs = performance.now();
    const isSet = this.#work.attempt('mask', compositor, () => {
      compositor.setMask(held.gpu, mask, { quality, timeMs: held.timeMs, guide });
      this.#maskTimeMs = held.timeMs;
      return 'set' as const;
    });
    if (isSet === 'set') this.#show(compositor, held, startMs);
    else this.#options.onBlank();
  }

  /** The mask does not come, and no other frame either. */
  #dropCurtainOver(compositor: Compositor, held: HeldFrame): void {
    if (held !== this.#held || compositor !== this.#compositor || !this.#wantsMasks || this.#shownAs === 'curtain') return;
    // The picture before it may have been long in the drawing: it is new all the same.
    const { restMs } = this.#age;
    if (this.#shownAs === 'person' && restMs > 0) {
      this.#holdTimer = setTimeout(() => this.#dropCurtainOver(compositor, held), restMs);
      return;
    }
    this.#show(compositor, { gpu: held.gpu, timeMs: held.timeMs, timestamp: null }, performance.now());
  }

  #show(compositor: Compositor, { gpu, timeMs, timestamp }: Pick<HeldFrame, 'gpu' | 'timeMs' | 'timestamp'>, startMs: number): void {
    const drawn = this.#render(compositor, gpu);
    if (drawn === 'not-drawn') return this.#options.onBlank();
    compositor.holdFrame(gpu);
    if (this.#shown) compositor.releaseFrame(this.#shown.gpu);
    this.#shown = { gpu, timeMs, epoch: this.#epoch };
    this.#shownAs = drawn;
    this.#age.noteShown(drawn, this.#isFrameOnItsWay || this.#waiting !== null);
    this.#meters.countOutput({ drawn, compositeMs: performance.now() - startMs, latencyMs: performance.now() - timeMs, maskAgeMs: timeMs - this.#maskTimeMs, timeMs });
    this.#handOut(drawn, timestamp);
    this.#report(drawn);
  }

  #handOut(drawn: DrawnAs, timestamp: number | null): void {
    // Hosts report what goes wrong; the next frame comes all the same.
    this.#handedOut = Promise.resolve(this.#options.onPicture(drawn, timestamp)).catch(() => undefined);
  }

  #render(compositor: Compositor, gpu: GpuFrame): FrameOutcome {
    return this.#work.attempt(compositor.hasMaskOf(gpu) ? 'person' : 'curtain', compositor, () => compositor.render(gpu, this.#silence.drawn(this.#settings)));
  }

  #report(drawn: DrawnAs): void {
    if (drawn !== this.#lastDrawn) {
      this.#lastDrawn = drawn;
      this.#options.onEvent({ type: 'drawn', as: drawn });
    }
    const { width, height } = this.#canvas;
    const stats = this.#meters.takeStats(performance.now(), { width, height });
    if (stats) this.#options.onEvent({ type: 'stats', stats, sentMs: performance.timeOrigin + performance.now() });
  }

  readonly #handleContextLost = (event: Event): void => {
    // Without this the browser never gives the context back.
    event.preventDefault();
    this.#compositor = null;
    this.#frameSize = null;
    this.#shown = null;
    this.#work.forgiveAll();
    this.resetSource();
    this.#lastDrawn = null;
    this.#options.onEvent({ type: 'context-lost' });
  };

  readonly #handleContextRestored = (): void => {
    // Lost again meanwhile: that comes with events of its own.
    if (webgl2Of(this.#canvas)?.isContextLost() ?? true) return;
    try {
      // After the GPU's process died, Chromium gives those who read from the canvas black pictures until its size changes.
      Object.assign(this.#canvas, { width: 1, height: 1 });
      this.#compositor = new Compositor(this.#canvas);
      this.#picture.restore(this.#compositor);
      this.#context?.restore();
      if (!this.#canRead) void this.#checkReadback(this.#compositor.context.gl);
      this.#options.onEvent({ type: 'context-restored' });
    } catch (error) {
      this.#fail(error, NOT_RESTORED);
    }
  };

  #fail(error: unknown, message: string): void {
    const failure = toVirtualBackgroundError(error, message === NOT_RESTORED ? 'webgl-context-lost' : 'internal', message);
    this.#options.onEvent({ type: 'failed', error: serializeError(failure) });
  }
}

function sameAspect(a: Size, b: Size): boolean {
  return Math.abs((a.width * b.height) / (a.height * b.width) - 1) < 0.02;
}
