import { serializeError, toVirtualBackgroundError } from '../../errors';
import type { LoadRequest } from '../../segmentation/messages';
import type { Size } from '../../types';
import type { HostRequest, HostResponse } from '../messages';
import { Pipeline } from '../pipeline';
import type { CreateTextureSegmenter } from '../texture-masks';
import { FrameClock, STALL_MS } from './frame-clock';
import { OutputLimiter } from './output-limiter';

/** A frame that comes sooner was there before we asked. */
const WAITED_MS = 1;

type InitRequest = Extract<HostRequest, { type: 'init' }>;

/** The worker's half of the worker host: reads frames, runs the pipeline, writes frames. */
export class WorkerPipeline {
  readonly #pipeline: Pipeline;
  readonly #canvas = new OffscreenCanvas(2, 2);
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  readonly #reply: (response: HostResponse) => void;
  readonly #clock = new FrameClock();
  readonly #limiter: OutputLimiter;
  #reader: ReadableStreamDefaultReader<VideoFrame> | null = null;
  #redrawTimer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor({ writable, maskPort, settings }: InitRequest, reply: (response: HostResponse) => void, createTextureSegmenter: CreateTextureSegmenter | null) {
    this.#reply = reply;
    this.#limiter = new OutputLimiter(settings);
    this.#writer = writable.getWriter();
    this.#pipeline = new Pipeline({
      canvas: this.#canvas,
      maskPort,
      settings,
      createTextureSegmenter,
      onEvent: (event) => reply({ type: 'event', event }),
    });
  }

  handle(message: Exclude<HostRequest, InitRequest>): void {
    switch (message.type) {
      case 'configure':
        this.#pipeline.configure(this.#limiter.configure(message.settings));
        this.#redraw();
        return;
      case 'picture':
        this.#pipeline.setPicture(message.bitmap);
        return;
      case 'picture-frame':
        this.#takePictureFrame(message.frame, message.size);
        return;
      case 'source-track':
        this.#changeSource();
        void this.#readFrames(message.readable);
        return;
      case 'source-frames':
        this.#changeSource();
        return;
      case 'source-frame':
        void this.#takeSourceFrame(message.frame, message.droppedFrames);
        return;
      case 'load-model':
        void this.#loadModel(message.id, message.request);
        return;
      case 'unload-model':
        this.#pipeline.unloadModel();
        return;
      case 'dispose':
        this.#dispose();
    }
  }

  async #loadModel(id: number, request: LoadRequest): Promise<void> {
    try {
      const spec = await this.#pipeline.loadModel(request, {
        onProgress: (fraction) => this.#reply({ type: 'model-progress', id, fraction }),
        onWarning: (warning) => this.#reply({ type: 'model-warning', id, warning: serializeError(warning) }),
      });
      this.#reply({ type: 'model-loaded', id, spec });
    } catch (error) {
      const failure = toVirtualBackgroundError(error, 'model-load-failed', `model '${request.model}' could not be loaded`);
      this.#reply({ type: 'model-failed', id, error: serializeError(failure) });
    }
  }

  #changeSource(): void {
    // Cancelling lets the camera's frames go; a frame already read is still drawn.
    void this.#reader?.cancel().catch(() => undefined);
    this.#reader = null;
    this.#clock.reset();
    this.#limiter.resetSource();
    this.#pipeline.resetSource();
  }

  async #readFrames(readable: ReadableStream<VideoFrame>): Promise<void> {
    const reader = readable.getReader();
    this.#reader = reader;
    try {
      for (;;) {
        const start = performance.now();
        const { done, value: frame } = await reader.read();
        if (done) return;
        const waited = performance.now() - start > WAITED_MS;
        if (this.#reader === reader) await this.#processFrame(frame, waited);
        else frame.close();
      }
    } catch (error) {
      if (this.#reader === reader && !this.#disposed) this.#fail(error);
    }
  }

  async #takeSourceFrame(frame: VideoFrame, droppedFrames: number): Promise<void> {
    this.#pipeline.countDropped(droppedFrames);
    try {
      await this.#processFrame(frame, true);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#reply({ type: 'source-frame-done' });
    }
  }

  /** Draws and sends one frame, and closes it. */
  async #processFrame(frame: VideoFrame, waited: boolean): Promise<void> {
    const { timestamp } = frame;
    if (!this.#limiter.admits(timestamp)) return frame.close();
    this.#pipeline.countDropped(this.#clock.countMissed(timestamp, waited));
    try {
      const size = { width: frame.displayWidth, height: frame.displayHeight };
      const settings = this.#limiter.fit(size);
      if (settings) this.#pipeline.configure(settings);
      const outcome = this.#pipeline.processFrame(frame, size, performance.now());
      if (outcome === 'context-lost') return;
    } finally {
      frame.close();
    }
    clearTimeout(this.#redrawTimer);
    const written = this.#write(this.#clock.next(timestamp));
    this.#pipeline.requestMask();
    await written;
  }

  /** Sends the canvas; the stream closes the frame. */
  async #write(timestamp: number): Promise<void> {
    if (this.#disposed) return;
    const output = new VideoFrame(this.#canvas, { timestamp, alpha: 'discard' });
    try {
      await this.#writer.write(output);
    } catch {
      // The track was stopped by whoever holds it.
      output.close();
    }
  }

  /** The next frame shows the change; this is for a source that stands still, or has just come to. */
  #redraw(): void {
    clearTimeout(this.#redrawTimer);
    if (!this.#clock.isStalled(performance.now())) {
      this.#redrawTimer = setTimeout(() => this.#redraw(), STALL_MS);
    } else {
      const outcome = this.#pipeline.redraw();
      if (outcome !== 'context-lost' && this.#canvas.width > 2) void this.#write(this.#clock.nextStill(performance.now()));
    }
  }

  #takePictureFrame(frame: VideoFrame, size: Size): void {
    try {
      this.#pipeline.setPictureFrame(frame, size);
    } finally {
      frame.close();
      this.#reply({ type: 'picture-frame-done' });
    }
  }

  #fail(error: unknown): void {
    const failure = toVirtualBackgroundError(error, 'internal', 'Frames could not be drawn');
    this.#reply({ type: 'event', event: { type: 'failed', error: serializeError(failure) } });
  }

  #dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    clearTimeout(this.#redrawTimer);
    void this.#reader?.cancel().catch(() => undefined);
    this.#pipeline.dispose();
    void this.#writer.close().catch(() => undefined);
  }
}
