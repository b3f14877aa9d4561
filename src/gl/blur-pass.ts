import type { Quality, Size } from '../types';
import blurSource from '../shaders/blur.frag.glsl?raw';
import prepareSource from '../shaders/blur-prepare.frag.glsl?raw';
import type { GlContext, Program, RenderTarget, TargetFormat } from './gl-context';
import { tapsFor } from './taps';

/**
 * Standard deviation in texels of the small copy. At 2.4 the bilinear enlargement of the copy is already
 * smooth, so a larger copy would cost more and show nothing else; blur.frag.glsl reaches 8 texels.
 */
const SIGMA = 2.4;
const MIN_FACTOR = 2;
const PAIRS = 4;

export interface BlurRequest {
  frame: WebGLTexture;
  /** The matte's lines (GuidedPass); null = the curtain: the whole picture is blurred, person and room alike. */
  matte: WebGLTexture | null;
  frameSize: Size;
  /** Standard deviation in output pixels, as CSS `blur()`. */
  radius: number;
  quality: Quality;
}

/**
 * The blurred background without the person in it: a weighted small copy, then a separable Gaussian. The
 * copy is as small as the radius allows, so a strong blur costs no more than a light one.
 */
export class BlurPass {
  readonly #context: GlContext;
  readonly #prepare: Program;
  readonly #rows: Program;
  readonly #columns: Program;
  #first: RenderTarget | null = null;
  #second: RenderTarget | null = null;
  #format: TargetFormat = 'rgba8';

  constructor(context: GlContext) {
    this.#context = context;
    this.#prepare = context.createProgram('blur-prepare', prepareSource);
    this.#rows = context.createProgram('blur rows', blurSource, { NORMALIZE: 0 });
    this.#columns = context.createProgram('blur columns', blurSource, { NORMALIZE: 1 });
  }

  /** @returns the blurred picture, sRGB-encoded; the pass keeps ownership */
  render({ frame, matte, frameSize, radius, quality }: BlurRequest): RenderTarget {
    const context = this.#context;
    const factor = Math.max(MIN_FACTOR, Math.round(radius / SIGMA));
    const size = { width: Math.max(1, Math.round(frameSize.width / factor)), height: Math.max(1, Math.round(frameSize.height / factor)) };
    this.#useFormat(quality === 'high' ? 'rgba16f' : 'rgba8');
    const first = (this.#first = context.fitTarget(this.#first, size, this.#format));
    const second = (this.#second = context.fitTarget(this.#second, size, this.#format));
    context.draw(this.#prepare, first, {
      u_frame: frame,
      u_matte: matte ?? frame,
      u_personWeight: matte ? 1 : 0,
      u_texel: [1 / size.width, 1 / size.height],
      u_taps: tapsFor(frameSize, size),
    });
    const sigma = Math.max(0.3, Math.min(SIGMA * 1.2, radius / factor));
    context.draw(this.#rows, second, { u_source: first.texture, u_taps: gaussianTaps(sigma, [1 / size.width, 0]) });
    context.draw(this.#columns, first, { u_source: second.texture, u_taps: gaussianTaps(sigma, [0, 1 / size.height]) });
    return first;
  }

  dispose(): void {
    this.#deleteTargets();
    for (const program of [this.#prepare, this.#rows, this.#columns]) this.#context.deleteProgram(program);
  }

  /** Eight bits are enough for weights and colours that are seen at half the brightness at most; `high` takes more. */
  #useFormat(format: TargetFormat): void {
    if (format !== this.#format) this.#deleteTargets();
    this.#format = format;
  }

  #deleteTargets(): void {
    for (const target of [this.#first, this.#second]) if (target) this.#context.deleteTarget(target);
    this.#first = null;
    this.#second = null;
  }
}

/**
 * A Gaussian's weights for one side, two neighbouring texels in each bilinear fetch.
 *
 * @param sigma standard deviation in texels
 * @param texel one texel along the direction, texture coordinates
 */
function gaussianTaps(sigma: number, [texelX, texelY]: readonly [number, number]): number[] {
  const weight = (distance: number): number => Math.exp((-0.5 * distance * distance) / (sigma * sigma));
  return Array.from({ length: PAIRS }, (_value, pair) => {
    const near = 2 * pair + 1;
    const sum = weight(near) + weight(near + 1);
    const distance = near + (sum > 0 ? weight(near + 1) / sum : 0);
    return [distance * texelX, distance * texelY, sum];
  }).flat();
}
