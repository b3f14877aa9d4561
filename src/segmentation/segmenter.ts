import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Mask, Size } from '../types';
import type { SegmenterSpec } from './network-input';

/** A mask that TensorFlow.js still holds: `[1, height, width, 1]`. */
export interface TensorMask extends Omit<Mask, 'data'> {
  /** The receiver disposes it. */
  tensor: Tensor4D;
}

/** One loaded network. Made by its file's `load` function; whoever loads it disposes it. */
export interface Segmenter {
  readonly spec: Omit<SegmenterSpec, 'inferenceMs'>;
  /**
   * Runs the network.
   *
   * @param pixels makes the small picture as float32 `[1, height, width, 3]`, RGB in 0…1; disposed here
   */
  infer(pixels: () => Tensor4D, size: Size): TensorMask;
  /** Fetches what a picture of this size needs beyond what was loaded at first. */
  prepare?(size: Size): Promise<void>;
  /** Frees the network's tensors. Safe to call twice. */
  dispose(): void;
}
