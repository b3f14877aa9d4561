import type { DrawnAs } from '../gl/compositor';
import type { GlCanvas } from '../gl/webgl2';
import type { CreateContextService } from '../masks/context-source';
import type { FrameImage, Size } from '../types';
import type { PipelineEvent, PipelineSettings } from './messages';

/** A frame of the source. */
export interface SourceFrame {
  image: FrameImage;
  /** As shown, pixels. */
  size: Size;
  /** When it arrived, milliseconds, `performance.now()` clock. */
  timeMs: number;
  /** On the source's clock, microseconds. */
  timestamp: number;
  /** Called once, when the image is needed no more. */
  close(): void;
}

export interface PipelineOptions {
  canvas: GlCanvas;
  maskPort: MessagePort;
  settings: PipelineSettings;
  /** Where networks may run in the canvas's own context. */
  createContextService: CreateContextService | null;
  onEvent(event: PipelineEvent): void;
  /**
   * The canvas holds a new picture, for as long as this task lasts.
   *
   * @param timestamp of its frame, microseconds on the source's clock; null = a frame that was shown before
   * @returns resolves when it was handed out and the next may come
   */
  onPicture(drawn: DrawnAs, timestamp: number | null): Promise<void> | void;
  /** A frame came and could not be drawn: the GPU context is lost. */
  onBlank(): void;
  /** The last picture must go, and the curtain cannot be drawn over it: the GPU context is lost, or gave no frame yet. */
  onConceal(): void;
}

/** What became of a frame: drawn on the canvas, or not because the GPU context is lost or had no frame yet. */
export type FrameOutcome = DrawnAs | 'not-drawn';
