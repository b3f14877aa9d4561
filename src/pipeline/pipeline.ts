import { VirtualBackgroundError, createAbortError, serializeError, toVirtualBackgroundError } from '../errors';
import { Compositor, type DrawnAs } from '../gl/compositor';
import { webgl2Of, type GlCanvas } from '../gl/gl-context';
import { MaskChannel } from '../segmentation/mask-channel';
import type { ModelLoadCallbacks } from '../segmentation/create-segmenter';
import type { LoadRequest } from '../segmentation/messages';
import type { SegmenterSpec } from '../segmentation/network-input';
import { DEFAULT_PEOPLE, type FrameImage, type Mask, type Size } from '../types';
import type { PipelineEvent, PipelineSettings } from './messages';
import { MaskFinder, type Look } from '../masks/tracker';
import { MaskPacer } from '../masks/pacer';
import { PipelineMeters } from './pipeline-meters';
import { WakeWatch } from './wake-watch';
import { TextureMasks, type CreateTextureSegmenter } from '../masks/texture-masks';

/**
 * A mask older than this against the frame it would cut out is not used; the curtain is drawn instead. Long
 * enough for a slow machine's inference, short enough that a person who left is not replaced by the room.
 */
export const MASK_MAX_AGE_MS = 2000;

const REQUEST_GRACE_MS = 10;
/** From the first call that fails until a lost context would have been told of. */
const FAILURE_GRACE_MS = 1000;
const NO_MEMORY = 'background needs more memory than the GPU has left; a plain colour stands in';
const NOT_RESTORED = 'The GPU context came back but could not be used';

export interface PipelineOptions {
  canvas: GlCanvas;
  maskPort: MessagePort;
  settings: PipelineSettings;
  /** Where networks may run in the canvas's own context. */
  createTextureSegmenter: CreateTextureSegmenter | null;
  onEvent(event: PipelineEvent): void;
}

/** What became of a frame: drawn on the canvas, or not because the GPU context is lost or had no frame yet. */
export type FrameOutcome = DrawnAs | 'not-drawn';

/**
 * The frame's journey, the same in the worker and on the window: one upload, the small picture to the
 * segmenter, and the passes onto the canvas. Drawing never waits for a mask; at most one inference is in
 * flight. Owns its compositor, its end of the mask channel and the background bitmap.
 */
export class Pipeline {
  readonly #canvas: GlCanvas;
  readonly #channel: MaskChannel;
  readonly #onEvent: (event: PipelineEvent) => void;
  readonly #meters = new PipelineMeters();
  readonly #textures: TextureMasks | null;
  #compositor: Compositor | null;
  #settings: PipelineSettings;
  #picture: ImageBitmap | null = null;
  /** Counts sources: a mask of an older one must not cut out a frame of this one. */
  #epoch = 0;
  #frameSize: Size | null = null;
  #frameTimeMs = 0;
  #request: { id: number; epoch: number; frameTimeMs: number; look: Look | null } = { id: 0, epoch: 0, frameTimeMs: 0, look: null };
  #requestSpec: SegmenterSpec | null = null;
  #lastFailure = '';
  #maskTimeMs = -Infinity;
  readonly #pacer = new MaskPacer();
  readonly #finder = new MaskFinder();
  readonly #wakes = new WakeWatch();
  #inputMs = 0;
  #lastDrawn: DrawnAs | null = null;
  readonly #failureTimers = new Map<'draw' | 'read', ReturnType<typeof setTimeout>>();
  #disposed = false;

  /** @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed` */
  constructor({ canvas, maskPort, settings, createTextureSegmenter, onEvent }: PipelineOptions) {
    this.#canvas = canvas;
    this.#settings = settings;
    this.#onEvent = onEvent;
    this.#compositor = new Compositor(canvas);
    this.#textures =
      createTextureSegmenter && new TextureMasks(this.#compositor, createTextureSegmenter, (durationMs) => this.#meters.countInference(durationMs));
    this.#channel = new MaskChannel(maskPort, {
      onMask: (mask, id, inferenceMs) => this.#handleMask(mask, id, inferenceMs),
      onFailure: (error) => this.#handleFailure(error),
    });
    canvas.addEventListener('webglcontextlost', this.#handleContextLost);
    canvas.addEventListener('webglcontextrestored', this.#handleContextRestored);
  }

  get canvas(): GlCanvas {
    return this.#canvas;
  }

  get compositor(): Compositor | null {
    return this.#compositor;
  }

  configure(settings: PipelineSettings): void {
    this.#settings = settings;
    if (settings.background.kind !== 'picture') {
      this.#replacePicture(null);
      this.#compositor?.clearPicture();
    }
  }

  /**
   * Loads a network into the canvas's own context; from then on it makes the masks.
   *
   * @throws VirtualBackgroundError `model-load-failed`, `aborted` when superseded
   */
  async loadModel(request: LoadRequest, callbacks: ModelLoadCallbacks): Promise<SegmenterSpec> {
    if (!this.#textures) throw new VirtualBackgroundError('model-load-failed', "backend 'webgl' cannot share this host's GPU context");
    const spec = await this.#textures.load(request, callbacks);
    if (!spec) throw createAbortError();
    return spec;
  }

  /** Masks come through the channel again. */
  unloadModel(): void {
    this.#textures?.unload();
  }

  /** Background image; the pipeline takes ownership of the bitmap. */
  setPicture(bitmap: ImageBitmap | null): void {
    this.#replacePicture(bitmap);
    if (!bitmap) this.#compositor?.clearPicture();
    else if (this.#compositor) this.#showPicture(this.#compositor, bitmap);
  }

  /** One frame of a background movie; it stays the caller's. */
  setPictureFrame(image: FrameImage, size: Size): void {
    this.#replacePicture(null);
    this.#compositor?.setPicture(image, size);
  }

  /** The next frame comes from another source: nothing known about the old one holds. */
  resetSource(): void {
    this.#epoch += 1;
    this.#maskTimeMs = -Infinity;
    this.#pacer.reset();
    this.#finder.reset();
    this.#compositor?.clearMask();
  }

  /** Counts frames that the source delivered and nobody drew. */
  countDropped(frames: number): void {
    this.#meters.countDropped(frames);
  }

  /**
   * Draws a frame onto the canvas.
   *
   * @param image stays the caller's
   * @param size of the picture, pixels
   * @param timeMs when the frame arrived, `performance.now()` clock
   */
  processFrame(image: FrameImage, size: Size, timeMs: number): FrameOutcome {
    this.#meters.countInput(timeMs);
    const compositor = this.#compositor;
    if (!compositor) return 'not-drawn';
    const start = performance.now();
    if (this.#wakes.hasSlept()) this.resetSource();
    if (this.#frameSize && !sameAspect(this.#frameSize, size)) this.resetSource();
    this.#frameSize = { width: size.width, height: size.height };
    this.#frameTimeMs = timeMs;
    const drawn = this.#drawFrame(compositor, image, size, timeMs);
    if (drawn === 'not-drawn') return drawn;
    this.#meters.countOutput(drawn, performance.now() - start, timeMs - this.#maskTimeMs, timeMs);
    this.#report(drawn);
    return drawn;
  }

  /**
   * Sends the current frame's small picture to the segmenter when it is free and its share of the processor
   * allows. Reading it back waits for the GPU, so this comes after the frame was handed out.
   */
  requestMask(): void {
    const { spec } = this.#channel;
    const compositor = this.#compositor;
    if (!spec || !compositor || this.#textures?.spec || !this.#frameSize || this.#channel.busy || this.#settings.background.kind === 'none') return;
    // Half a frame's grace: the camera's clock jitters, and a whole frame later would be too late.
    // A clock that was set back must not put it off.
    if (Math.abs(this.#frameTimeMs - this.#request.frameTimeMs) < this.#pacer.intervalMs - REQUEST_GRACE_MS) return;
    if (spec !== this.#requestSpec) this.#finder.reset();
    const { quality, inputScale } = this.#settings;
    const look = this.#finder.plan(spec, this.#frameSize, quality, this.#frameTimeMs, inputScale);
    const { size, rect } = look;
    this.#requestSpec = spec;
    this.#request = { id: this.#request.id + 1, epoch: this.#epoch, frameTimeMs: this.#frameTimeMs, look };
    const start = performance.now();
    const { id } = this.#request;
    this.#attempt('read', compositor, () =>
      this.#channel.request(id, size, (pixels) => {
        if (rect) compositor.readSegmenterDetail(rect, size, pixels);
        else compositor.readSegmenterInput(size, pixels);
      }),
    );
    this.#inputMs = performance.now() - start;
  }

  /** Draws the current frame again, after a change of settings while the source stands still. */
  redraw(): FrameOutcome {
    if (!this.#compositor) return 'not-drawn';
    // Settings come before the first frame does, also before that of a context that came back.
    if (!this.#frameSize) return 'not-drawn';
    const compositor = this.#compositor;
    const drawn = this.#attempt('draw', compositor, () => this.#render(compositor));
    if (drawn === 'not-drawn') return drawn;
    this.#meters.countDrawn(drawn);
    this.#report(drawn);
    return drawn;
  }

  /** Frees everything. Safe to call twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#forgiveFailures();
    this.#canvas.removeEventListener('webglcontextlost', this.#handleContextLost);
    this.#canvas.removeEventListener('webglcontextrestored', this.#handleContextRestored);
    this.#channel.close();
    this.#textures?.unload();
    this.#replacePicture(null);
    this.#compositor?.dispose();
    this.#compositor = null;
  }

  #drawFrame(compositor: Compositor, image: FrameImage, size: Size, timeMs: number): FrameOutcome {
    const { background, inputScale, outputScale } = this.#settings;
    return this.#attempt('draw', compositor, () => {
      compositor.setFrame(image, size, outputScale);
      if (background.kind !== 'none' && this.#textures?.update(size, timeMs, inputScale)) this.#maskTimeMs = timeMs;
      return this.#render(compositor);
    });
  }

  /**
   * A GPU that is being lost makes calls fail, or do nothing, before it tells that it is lost, the longer when its whole
   * process has died: so what fails counts only when nothing of the kind is told for a while.
   */
  #attempt<Outcome>(what: 'draw' | 'read', { context }: Compositor, draw: () => Outcome): Outcome | 'not-drawn' {
    try {
      const drawn = draw();
      if (context.gl.isContextLost()) return 'not-drawn';
      this.#forgiveFailure(what);
      return drawn;
    } catch (error) {
      if (!context.gl.isContextLost() && !this.#failureTimers.has(what)) {
        this.#failureTimers.set(what, setTimeout(() => this.#fail(error, 'Frames could not be drawn'), FAILURE_GRACE_MS));
      }
      return 'not-drawn';
    }
  }

  #forgiveFailure(what: 'draw' | 'read'): void {
    clearTimeout(this.#failureTimers.get(what));
    this.#failureTimers.delete(what);
  }

  #forgiveFailures(): void {
    this.#forgiveFailure('draw');
    this.#forgiveFailure('read');
  }

  #render(compositor: Compositor): DrawnAs {
    // Both ways: by a clock that was set back an old mask would be a new one.
    const maskAgeMs = Math.abs(this.#frameTimeMs - this.#maskTimeMs);
    const shift = this.#textures?.spec ? undefined : this.#finder.shiftAt(this.#frameTimeMs);
    return compositor.render({ ...this.#settings, shift, maskAgeMs }, maskAgeMs <= MASK_MAX_AGE_MS);
  }

  /** Told once, not for every frame; a picture that was made for the network before is no failure at all. */
  #handleFailure(error: VirtualBackgroundError): void {
    if (this.#channel.spec !== this.#requestSpec || error.message === this.#lastFailure) return;
    this.#lastFailure = error.message;
    this.#onEvent({ type: 'warning', error: serializeError(error) });
  }

  #handleMask(mask: Mask, id: number, inferenceMs: number): void {
    this.#meters.countInference(inferenceMs);
    const { epoch, frameTimeMs, look } = this.#request;
    if (id !== this.#request.id || epoch !== this.#epoch || !this.#compositor || !look) return;
    // A network that met another's picture size; what is in the texture must not be taken for its mask.
    if (mask.data.length !== mask.width * mask.height) return;
    const { quality, inferenceShare, people } = this.#settings;
    const found = this.#finder.accept(mask, look, people ?? DEFAULT_PEOPLE, frameTimeMs);
    if (!found) {
      this.#pacer.hurry();
      return;
    }
    this.#pacer.update(found.detail ?? found, frameTimeMs, { inferenceMs, inputMs: this.#inputMs }, quality, inferenceShare);
    this.#compositor.setMask(found, frameTimeMs);
    this.#maskTimeMs = frameTimeMs;
  }

  #report(drawn: DrawnAs): void {
    if (drawn !== this.#lastDrawn) {
      this.#lastDrawn = drawn;
      this.#onEvent({ type: 'drawn', as: drawn });
    }
    const { width, height } = this.#canvas;
    const stats = this.#meters.takeStats(performance.now(), { width, height });
    if (stats) this.#onEvent({ type: 'stats', stats, sentMs: performance.timeOrigin + performance.now() });
  }

  #showPicture(compositor: Compositor, bitmap: ImageBitmap): void {
    const { context } = compositor;
    context.takeOutOfMemory();
    compositor.setPicture(bitmap, bitmap);
    if (!context.takeOutOfMemory()) return;
    compositor.clearPicture();
    this.#replacePicture(null);
    this.#onEvent({ type: 'warning', error: serializeError(new VirtualBackgroundError('background-load-failed', NO_MEMORY)) });
  }

  #replacePicture(bitmap: ImageBitmap | null): void {
    if (this.#picture !== bitmap) this.#picture?.close();
    this.#picture = bitmap;
  }

  readonly #handleContextLost = (event: Event): void => {
    // Without this the browser never gives the context back.
    event.preventDefault();
    this.#compositor = null;
    this.#frameSize = null;
    this.#forgiveFailures();
    this.resetSource();
    this.#lastDrawn = null;
    this.#onEvent({ type: 'context-lost' });
  };

  readonly #handleContextRestored = (): void => {
    // Lost again meanwhile: that comes with events of its own.
    if (webgl2Of(this.#canvas)?.isContextLost() ?? true) return;
    try {
      this.#compositor = new Compositor(this.#canvas);
      if (this.#picture) this.#showPicture(this.#compositor, this.#picture);
      void this.#textures?.restore(this.#compositor).catch((error: unknown) => this.#fail(error, NOT_RESTORED));
      this.#onEvent({ type: 'context-restored' });
    } catch (error) {
      this.#fail(error, NOT_RESTORED);
    }
  };

  #fail(error: unknown, message: string): void {
    const failure = toVirtualBackgroundError(error, message === NOT_RESTORED ? 'webgl-context-lost' : 'internal', message);
    this.#onEvent({ type: 'failed', error: serializeError(failure) });
  }
}

function sameAspect(a: Size, b: Size): boolean {
  return Math.abs((a.width * b.height) / (a.height * b.width) - 1) < 0.02;
}
