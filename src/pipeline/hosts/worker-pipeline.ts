import { serializeError, toVirtualBackgroundError } from '../../errors';
import type { DrawnAs } from '../../gl/compositor';
import type { Size } from '../../types';
import type { HostRequest, HostResponse, SnapshotFormat } from '../messages';
import { Pipeline } from '../pipeline';
import type { FrameOutcome } from '../pipeline-options';
import type { CreateContextService } from '../../masks/context-source';
import { Cover } from './cover';
import { FrameClock, STALL_MS } from './frame-clock';
import { OutputLimiter } from './output-limiter';
import { plainFrame } from './plain-frame';

/** A track has no picture for a viewer that comes while none is sent. */
const REPEAT_MS = 1000;
/** For the last frames of a source, before its stream is cancelled. */
const DRAIN_MS = 300;
/** For a reader that had no turn while this thread was busy. */
const READ_MS = 100;
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
  #reading: Promise<void> = Promise.resolve();
  /** Of the last track that gave a frame. */
  #readId = 0;
  #redrawTimer: ReturnType<typeof setTimeout> | undefined;
  /** What went out last. While nothing else comes it is sent again, for viewers that have come meanwhile. */
  #lastOutput: VideoFrame | null = null;
  readonly #cover = new Cover();
  #wasRestored = false;
  readonly #repeatTimer = setInterval(() => this.#repeat(), REPEAT_MS);
  #disposed = false;

  constructor({ writable, maskPort, settings }: InitRequest, reply: (response: HostResponse) => void, createContextService: CreateContextService | null) {
    this.#reply = reply;
    this.#limiter = new OutputLimiter(settings);
    this.#writer = writable.getWriter();
    this.#canvas.addEventListener('webglcontextlost', () => {
      this.#cover.noteLost(performance.now());
      this.#coverIfDue();
    });
    this.#canvas.addEventListener('webglcontextrestored', () => {
      this.#wasRestored = true;
      this.#cover.noteRestored();
    });
    this.#cover.noteWanted(settings);
    this.#pipeline = new Pipeline({
      canvas: this.#canvas,
      maskPort,
      settings,
      createContextService,
      onEvent: (event) => reply({ type: 'event', event }),
      onPicture: (drawn, timestamp) => this.#handOut(drawn, timestamp),
      onBlank: () => undefined,
      onConceal: () => this.#cover.hasShown && this.#sendCover(),
    });
  }

  handle(message: Exclude<HostRequest, InitRequest>): void {
    switch (message.type) {
      case 'configure':
        this.#cover.noteWanted(message.settings);
        if (!this.#pipeline.compositor) this.#coverIfDue();
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
        this.#changeSource(message);
        this.#reading = this.#readFrames(message.readable, message.id);
        return;
      case 'is-read':
        setTimeout(() => this.#readId !== message.id && this.#reply({ type: 'source-track-unread', id: message.id }), READ_MS);
        return;
      case 'source-frames':
        this.#changeSource({ isCamera: false, isSteady: message.isSteady });
        return;
      case 'source-frame':
        this.#takeSourceFrame(message.frame, message.droppedFrames);
        return;
      case 'hide-source':
        this.#pipeline.hideSource(message.isHidden);
        return;
      case 'connect-segmentation':
        this.#pipeline.connectSegmentation(message.port);
        return;
      case 'snapshot':
        void this.#takeSnapshot(message.id, message.format);
        return;
      case 'dispose':
        this.#dispose();
    }
  }

  #changeSource({ isCamera, isSteady }: { isCamera: boolean; isSteady: boolean }): void {
    void this.#endReading();
    this.#clock.reset(isCamera);
    this.#limiter.resetSource();
    this.#pipeline.changeSource(isSteady);
  }

  /** What is still on its way is taken and closed: of a cancelled stream nobody closes it. A stopped camera's ends by itself. */
  async #endReading(): Promise<void> {
    const reader = this.#reader;
    if (!reader) return;
    this.#reader = null;
    await Promise.race([this.#reading, new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
    await reader.cancel().catch(() => undefined);
  }

  async #readFrames(readable: ReadableStream<VideoFrame>, id: number): Promise<void> {
    const reader = readable.getReader();
    this.#reader = reader;
    try {
      for (;;) {
        const start = performance.now();
        const { done, value: frame } = await reader.read();
        if (done) return;
        if (this.#readId !== id && this.#reader === reader) {
          this.#readId = id;
          this.#reply({ type: 'source-track-read', id });
        }
        const waited = performance.now() - start > WAITED_MS;
        if (this.#reader === reader) this.#offerFrame(frame, waited);
        else frame.close();
      }
    } catch (error) {
      if (this.#reader === reader && !this.#disposed) this.#fail(error);
    }
  }

  #takeSourceFrame(frame: VideoFrame, droppedFrames: number): void {
    this.#pipeline.countDropped(droppedFrames);
    try {
      this.#offerFrame(frame, true);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#reply({ type: 'source-frame-done' });
    }
  }

  #offerFrame(frame: VideoFrame, waited: boolean): void {
    const { timestamp } = frame;
    if (!this.#limiter.admits(timestamp)) return frame.close();
    this.#pipeline.countDropped(this.#clock.countMissed(timestamp, waited));
    const size = { width: frame.displayWidth, height: frame.displayHeight };
    const settings = this.#limiter.fit(size);
    if (settings) this.#pipeline.configure(settings);
    this.#pipeline.offerFrame({ image: frame, size, timeMs: performance.now(), timestamp, close: () => frame.close() });
  }

  #handOut(drawn: DrawnAs, timestamp: number | null): Promise<void> {
    clearTimeout(this.#redrawTimer);
    const time = timestamp === null ? this.#clock.nextStill(performance.now()) : this.#clock.next(timestamp);
    return this.#write(time, drawn).catch((error: unknown) => this.#fail(error));
  }

  /** Sends the canvas; the stream closes the frame. */
  async #write(timestamp: number, outcome: FrameOutcome): Promise<void> {
    if (this.#disposed) return;
    const output = this.#tryPicture(timestamp);
    if (!output) return;
    this.#keep(output, outcome);
    await this.#send(output);
  }

  /** Null where the GPU context was lost on the way. */
  #tryPicture(timestamp: number): VideoFrame | null {
    try {
      return this.#takePicture(timestamp);
    } catch (error) {
      if (this.#pipeline.compositor?.context.gl.isContextLost() ?? true) return null;
      throw error;
    }
  }

  /**
   * What was drawn. In Chromium a canvas whose context came back after the GPU process broke gives black frames from
   * then on, though it is drawn well; its bitmaps are right, at the price of a copy.
   */
  #takePicture(timestamp: number): VideoFrame {
    if (!this.#wasRestored) return new VideoFrame(this.#canvas, { timestamp, alpha: 'discard' });
    const bitmap = this.#canvas.transferToImageBitmap();
    try {
      return new VideoFrame(bitmap, { timestamp, alpha: 'discard' });
    } finally {
      bitmap.close();
    }
  }

  /** @throws DOMException where no copy can be had; the frame is closed then */
  #keep(output: VideoFrame, what: FrameOutcome | 'cover'): void {
    try {
      const copy = output.clone();
      this.#lastOutput?.close();
      this.#lastOutput = copy;
    } catch (error) {
      output.close();
      throw error;
    }
    this.#cover.noteShown(what, performance.now());
  }

  #coverIfDue(): void {
    if (this.#cover.isDue(performance.now())) this.#sendCover();
  }

  /** Where the GPU cannot draw anything else over a picture, a plain colour can be had; if not now, then at the next look. */
  #sendCover(): void {
    if (this.#disposed) return;
    try {
      // After a lost context the canvas has lost its size as well.
      const size = this.#lastOutput ? { width: this.#lastOutput.displayWidth, height: this.#lastOutput.displayHeight } : this.#canvas;
      const cover = plainFrame(size, this.#cover.color, this.#clock.nextStill(performance.now()));
      this.#keep(cover, 'cover');
      void this.#send(cover);
    } catch {
      // The process that makes frames is gone, too.
    }
  }

  /** The stream closes the frame. */
  async #send(output: VideoFrame): Promise<void> {
    try {
      await this.#writer.write(output);
    } catch {
      // The track was stopped by whoever holds it.
      output.close();
    }
  }

  /** For a source that stands still, and a GPU context that is lost. */
  #repeat(): void {
    const now = performance.now();
    // The GPU may have gone before it drew what the page wants instead.
    if (this.#clock.isStill(now)) this.#coverIfDue();
    else if (this.#cover.isDueForPerson(now)) this.#sendCover();
    if (this.#lastOutput && this.#clock.isStill(now)) void this.#send(new VideoFrame(this.#lastOutput, { timestamp: this.#clock.nextStill(now) }));
  }

  /** The next frame shows the change; this is for a source that stands still, or has just come to. */
  #redraw(): void {
    clearTimeout(this.#redrawTimer);
    if (!this.#clock.isStalled(performance.now())) {
      this.#redrawTimer = setTimeout(() => this.#redraw(), STALL_MS);
    } else {
      const outcome = this.#pipeline.redraw();
      if (outcome === 'not-drawn') this.#coverIfDue();
      else if (this.#canvas.width > 2) void this.#write(this.#clock.nextStill(performance.now()), outcome);
    }
  }

  /** What was drawn before this task is gone from the canvas, so it is drawn once more; nothing of it goes out. */
  async #takeSnapshot(id: number, { type, quality }: SnapshotFormat): Promise<void> {
    let picture: Blob | null = null;
    try {
      const isDrawn = this.#pipeline.redraw() !== 'not-drawn';
      if (isDrawn) picture = await this.#toBlob({ type, ...(quality === undefined ? {} : { quality }) });
    } catch {
      // The answer tells that there is none.
    }
    this.#reply({ type: 'snapshot', id, picture });
  }

  /** See {@link #takePicture}. */
  async #toBlob(options: ImageEncodeOptions): Promise<Blob> {
    if (!this.#wasRestored) return this.#canvas.convertToBlob(options);
    const bitmap = this.#canvas.transferToImageBitmap();
    const copy = new OffscreenCanvas(bitmap.width, bitmap.height);
    copy.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
    return copy.convertToBlob(options);
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
    clearInterval(this.#repeatTimer);
    this.#lastOutput?.close();
    this.#pipeline.dispose();
    const ends = [this.#endReading(), this.#writer.close()];
    void Promise.allSettled(ends).then(() => this.#reply({ type: 'disposed' }));
  }
}
