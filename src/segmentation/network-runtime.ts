import type { Backend, Mask, Size } from '../types';
import type { Downloads } from './downloads';
import type { LoadRequest } from './messages';
import type { Segmenter } from './segmenter';

/**
 * What runs networks in one thread.
 *
 * @typeParam Picture how small pictures come to it: as pixels in memory, or as textures
 */
export interface NetworkRuntime<Picture> {
  /** Whether its GPU context is lost, so that what fails says nothing of the network. */
  readonly isLost: boolean;
  /**
   * Makes ready to run networks. May be called again.
   *
   * @throws VirtualBackgroundError `model-load-failed`; the downloads' reason
   */
  start(request: LoadRequest, downloads: Downloads): Promise<Backend>;
  /** Files that {@link start} will fetch, as far as they are known beforehand. */
  expectFiles?(request: LoadRequest, downloads: Downloads): Promise<void>;
  /** A picture of nothing, to try a network with. The caller disposes it. */
  createBlank(size: Size): { picture: Picture; dispose(): void };
  /**
   * Makes a network ready for pictures of this size beforehand, where the first one would hold up the thread.
   *
   * @throws the signal's reason
   */
  prepare?(segmenter: Segmenter, size: Size, signal: AbortSignal): Promise<void>;
  /**
   * Finds people in a small picture.
   *
   * @returns the mask at the network's own resolution, in memory; its array belongs to the caller
   * @throws VirtualBackgroundError `segmentation-failed`, `model-load-failed` where the network for this size cannot be fetched
   */
  segment(segmenter: Segmenter, picture: Picture): Promise<Mask>;
  /** Measures a new network, in the way that is best. @param measure one inference, milliseconds */
  choose?(measure: () => Promise<number>): Promise<number>;
  /** Takes note of an inference, milliseconds. */
  note?(inferenceMs: number): void;
  /** Frees what networks are run by, after the last of them. */
  dispose?(): void;
}
