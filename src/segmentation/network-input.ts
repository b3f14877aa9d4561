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
  /**
   * The closest of a few sizes that the network was trained for; `crop`: the one for a part of the frame, which costs more
   * than the whole of a wide frame does.
   */
  | { kind: 'fixed'; sizes: Size[]; crop?: Size };

/** Sizes of small pictures, in pixels. */
export interface InputSizes {
  /** Of the whole frame. */
  whole: Size;
  /** Of parts of it, each of another shape; a part is as high and wide as its picture. */
  crops: Size[];
  /** Whether a part pays although the person reaches beyond it, so that the whole is looked at as well. */
  paysBeside: boolean;
}


/** Width against height of the parts that a network of any size sees, beside the frame's own. In upright ones it loses people. */
const CROP_SHAPES = [4 / 3, 1];

/**
 * Sizes of the small pictures for a frame. Where the network takes any size, a part of the frame gets as many pixels as
 * the whole of it, so that it costs the same.
 *
 * @param inputScale longer side against its nominal size, for networks that take any size
 */
export function inputSizesFor(input: NetworkInput, frame: Size, inputScale = 1): InputSizes {
  if (input.kind === 'fixed') return { whole: closestAspect(input.sizes, frame), crops: input.crop ? [input.crop] : [], paysBeside: true };
  const { longSide, stride } = input;
  const scale = (longSide * inputScale) / Math.max(frame.width, frame.height);
  const whole = { width: toStrides(frame.width * scale, stride), height: toStrides(frame.height * scale, stride) };
  const shapes = CROP_SHAPES.map((shape) => {
    const height = Math.sqrt((whole.width * whole.height) / shape);
    return { width: toStrides(height * shape, stride), height: toStrides(height, stride) };
  });
  return { whole, crops: [whole, ...shapes], paysBeside: false };
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
