import type { Size } from '../../types';
import { fillWith } from './cover';

/**
 * A frame of one colour, made in memory, where it outlives the GPU.
 *
 * @param color sRGB-encoded, 0…1
 * @param timestamp microseconds
 * @throws DOMException where no frame can be made
 */
export function plainFrame({ width, height }: Size, color: readonly [number, number, number], timestamp: number): VideoFrame {
  const plain = new OffscreenCanvas(width, height);
  const context = plain.getContext('2d', { willReadFrequently: true });
  if (!context) throw new DOMException('No 2D canvas', 'OperationError');
  fillWith(context, color);
  return new VideoFrame(plain, { timestamp, alpha: 'discard' });
}
