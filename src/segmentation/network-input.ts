import type { Backend, MaskGeometry, ModelName, Size } from '../types';

/** What a loaded network is and what it wants to see. Plain data: crosses to the pipeline. */
export interface SegmenterSpec {
  model: ModelName;
  backend: Backend;
  /** For people: multiplier and stride, or the model's file name. */
  variant: string;
  input: NetworkInput;
  /** One inference after warming up, milliseconds. */
  inferenceMs: number;
}

export type NetworkInput =
  /** Any size of whole strides plus one pixel; `longSide` is the aim for the longer side, in pixels. */
  | { kind: 'strided'; longSide: number; stride: number }
  /** The closest of a few sizes that the network was trained for; `detail`: the one for a closer look at a square. */
  | { kind: 'fixed'; sizes: Size[]; detail?: Size };

/**
 * Size of the small picture for a frame, in pixels.
 *
 * @param inputScale longer side against its nominal size, for networks that take any size
 */
export function inputSizeFor(input: NetworkInput, frame: Size, inputScale = 1): Size {
  if (input.kind === 'fixed') return closestAspect(input.sizes, frame);
  const { longSide, stride } = input;
  const scale = (longSide * inputScale) / Math.max(frame.width, frame.height);
  return { width: toStrides(frame.width * scale, stride), height: toStrides(frame.height * scale, stride) };
}

/** BodyPix sees whole strides plus one pixel, so that the cells' centres fall on pixels 0, stride, 2·stride … */
function toStrides(pixels: number, stride: number): number {
  return Math.max(1, Math.round((pixels - 1) / stride)) * stride + 1;
}

function closestAspect(sizes: Size[], frame: Size): Size {
  const distance = (size: Size): number => Math.abs(Math.log((size.width * frame.height) / (size.height * frame.width)));
  return sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
}

/**
 * Geometry of a network whose cell i looks at input pixel i·stride (TensorFlow "same" padding on sizes of
 * whole strides plus one). The small picture shows the whole frame.
 */
export function stridedGeometry(input: Size, cells: Size, stride: number): MaskGeometry {
  return {
    scaleX: input.width / (stride * cells.width),
    scaleY: input.height / (stride * cells.height),
    offsetX: (0.5 - 0.5 / stride) / cells.width,
    offsetY: (0.5 - 0.5 / stride) / cells.height,
  };
}

/** Geometry of a network whose output pixels cover the frame as its input pixels do. */
export const FULL_FRAME_GEOMETRY: MaskGeometry = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
