import type { TargetFormat } from './gl-context';

export interface TargetSupport {
  /** 16-bit floats can be drawn into in every combination that is used. */
  half: boolean;
  /** 32-bit floats can, too. */
  full: boolean;
}

/** What the passes draw into at once, besides single targets of each format. */
const HALF: readonly TargetFormat[][] = [['r16f'], ['rg16f'], ['rgba16f'], ['rgba16f', 'rgba8', 'rgba8'], ['rgba16f', 'rgba16f', 'rgba16f']];
const FULL: readonly TargetFormat[][] = [['rgba32f', 'rgba32f', 'rgba32f']];

/**
 * Which float targets a GPU takes, as its framebuffers' status says: an extension says nothing of combinations, and
 * mobile GPUs have so many bits for a pixel and no more.
 *
 * @param isComplete tries a framebuffer with these targets
 */
export function askTargetSupport(gl: WebGL2RenderingContext, isComplete: (formats: readonly TargetFormat[]) => boolean): TargetSupport {
  const hasFull = gl.getExtension('EXT_color_buffer_float') !== null;
  const hasHalf = hasFull || gl.getExtension('EXT_color_buffer_half_float') !== null;
  const half = hasHalf && HALF.every(isComplete);
  return { half, full: half && hasFull && FULL.every(isComplete) };
}
