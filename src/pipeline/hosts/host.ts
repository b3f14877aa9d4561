import type { FrameSource } from '../../capture/frame-source';
import type { HostKind, Size } from '../../types';
import type { PipelineEvent, PipelineSettings, SnapshotFormat } from '../messages';

export interface HostOptions {
  settings: PipelineSettings;
  /** The pipeline's end of the mask channel; the host takes ownership. */
  maskPort: MessagePort;
  /** Frames a second: the output track's nominal rate, and the rate of a hidden page. */
  frameRate: number;
  /** Whether networks shall run in the pipeline's own GPU context; brings TensorFlow.js into the host. */
  sharesContext: boolean;
  /** Without it, the window host alone draws: frames as they are, for `background="none"`, or a plain colour. */
  hasWebgl2: boolean;
  onEvent(event: PipelineEvent): void;
}

/** Where a pipeline runs, and how frames get to it and out of it. Made for one run, from start to stop. */
export interface PipelineHost {
  readonly kind: HostKind;
  /** The lasting output track. */
  readonly track: MediaStreamTrack;
  /** Of the picture drawn last, where the track's settings say something else before its first frame; else null. */
  readonly drawnSize: Size | null;
  configure(settings: PipelineSettings): void;
  /** Background image, or null for none; the host takes ownership of the bitmap. */
  setPicture(bitmap: ImageBitmap | null): void;
  /** Background movie: its current frame. Skipped while an earlier one is under way. */
  setPictureFrame(movie: HTMLVideoElement): void;
  /** Frames come from this source from now on; it stays the caller's. */
  setSource(source: FrameSource): void;
  /** Whether the source's picture is not to be seen now: then viewers see the background alone, whatever frames it gives. */
  hideSource(isHidden: boolean): void;
  /**
   * Hands the pipeline a port over which it takes the messages of `segmentation/messages.ts`, to run networks in its own
   * GPU context; needs `sharesContext`. The host takes ownership.
   */
  connectSegmentation(port: MessagePort): void;
  /** The picture that was drawn last; null when there is none, or no GPU context. */
  snapshot(format: SnapshotFormat): Promise<Blob | null>;
  /** Ends the output track and frees everything. Safe to call twice. */
  dispose(): void;
}
