import type { FrameSource } from '../../capture/frame-source';
import type { HostKind } from '../../types';
import type { PipelineEvent, PipelineSettings } from '../messages';

export interface HostOptions {
  settings: PipelineSettings;
  /** The pipeline's end of the mask channel; the host takes ownership. */
  maskPort: MessagePort;
  /** Frames a second: the output track's nominal rate, and the rate of a hidden page. */
  frameRate: number;
  onEvent(event: PipelineEvent): void;
}

/** Where a pipeline runs, and how frames get to it and out of it. Made for one run, from start to stop. */
export interface PipelineHost {
  readonly kind: HostKind;
  /** The lasting output track. */
  readonly track: MediaStreamTrack;
  configure(settings: PipelineSettings): void;
  /** Background image, or null for none; the host takes ownership of the bitmap. */
  setPicture(bitmap: ImageBitmap | null): void;
  /** Background movie: its current frame. Skipped while an earlier one is under way. */
  setPictureFrame(movie: HTMLVideoElement): void;
  /** Frames come from this source from now on; it stays the caller's. */
  setSource(source: FrameSource): void;
  /** Ends the output track and frees everything. Safe to call twice. */
  dispose(): void;
}
