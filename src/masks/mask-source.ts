import type { SegmentedPicture } from '../segmentation/network-service';
import type { SegmenterSpec } from '../segmentation/network-input';
import type { PictureRect, Size } from '../types';

/** What a network is to see of a frame. */
export interface Look {
  /** Of the small picture, pixels. */
  size: Size;
  /** Part of the frame that it shows; null = the whole frame. */
  rect: PictureRect | null;
}

/** A frame that waits for its mask: makes small copies of it. */
export interface FrameCopier {
  /** As shown, pixels. */
  readonly size: Size;
  /** When the frame arrived, milliseconds; a clock that only goes forward. */
  readonly timeMs: number;
  /** @param into RGBA 0…255, top row first */
  read(look: Look, into: Uint8Array): void;
  /** @returns RGBA8, top row first; borrowed until the next copy */
  draw(look: Look): WebGLTexture;
}

/** Where masks come from: the segmentation worker, or the compositor's own GPU context. */
export interface MaskSource {
  /** The network that answers, or null while none is loaded. */
  readonly spec: SegmenterSpec | null;
  /** Called when {@link spec} changed. */
  onSpecChange: () => void;
  /**
   * Finds people in a part of a frame.
   *
   * @returns the mask at the network's own resolution, as if the part were the frame
   * @throws VirtualBackgroundError `segmentation-failed`, `model-load-failed`
   */
  segment(frame: FrameCopier, look: Look): Promise<SegmentedPicture>;
  /** Lets go of everything. Safe to call twice. */
  dispose(): void;
}
