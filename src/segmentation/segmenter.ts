import type { Mask, Size } from '../types';
import type { SegmenterSpec } from './network-input';

/** The small picture that the pipeline sends: RGBA 0…255, top row first, sRGB-encoded. */
export interface SmallPicture extends Size {
  pixels: Uint8Array;
}

/** One loaded network. Made by its file's `load…` function; whoever loads it disposes it. */
export interface Segmenter {
  readonly spec: Omit<SegmenterSpec, 'inferenceMs'>;
  /**
   * Finds people in the small picture.
   *
   * @returns the mask at the network's own resolution; its array belongs to the caller
   * @throws VirtualBackgroundError `segmentation-failed` when the result is not finite
   */
  segment(picture: SmallPicture): Promise<Mask>;
  /** Frees the network's tensors. Safe to call twice. */
  dispose(): void;
}
