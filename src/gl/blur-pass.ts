import type { Size } from '../types';
import blurSource from '../shaders/blur.frag.glsl?raw';
import prepareSource from '../shaders/blur-prepare.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';
import { tapsFor } from './taps';

/**
 * Standard deviation in texels of the small copy. At 2.4 the bilinear enlargement of the copy is already
 * smooth, so a larger copy would cost more and show nothing else; blur.frag.glsl covers up to 5.
 */
const SIGMA = 2.4;
const MIN_FACTOR = 2;

export interface BlurRequest {
  frame: WebGLTexture;
  /** The matte's lines (GuidedPass); null = the curtain: the whole picture is blurred, person and room alike. */
  matte: WebGLTexture | null;
  frameSize: Size;
  /** Standard deviation in output pixels, as CSS `blur()`. */
  radius: number;
}

/**
 * The blurred background without the person in it: a weighted small copy, then a separable Gaussian. The
 * copy is as small as the radius allows, so a strong blur costs no more than a light one.
 */
export class BlurPass {
  readonly #context: GlContext;
  readonly #prepare: Program;
  readonly #blur: Program;
  #first: RenderTarget | null = null;
  #second: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#prepare = context.createProgram('blur-prepare', prepareSource);
    this.#blur = context.createProgram('blur', blurSource);
  }

  /** @returns premultiplied colour and weight; the pass keeps ownership */
  render({ frame, matte, frameSize, radius }: BlurRequest): RenderTarget {
    const context = this.#context;
    const factor = Math.max(MIN_FACTOR, Math.round(radius / SIGMA));
    const size = { width: Math.max(1, Math.round(frameSize.width / factor)), height: Math.max(1, Math.round(frameSize.height / factor)) };
    this.#first = context.fitTarget(this.#first, size, 'rgba16f');
    this.#second = context.fitTarget(this.#second, size, 'rgba16f');
    context.draw(this.#prepare, this.#first, {
      u_frame: frame,
      u_matte: matte ?? frame,
      u_personWeight: matte ? 1 : 0,
      u_texel: [1 / size.width, 1 / size.height],
      u_taps: tapsFor(frameSize, size),
    });
    const sigma = Math.max(0.3, radius / factor);
    context.draw(this.#blur, this.#second, { u_source: this.#first.texture, u_direction: [1 / size.width, 0], u_sigma: sigma });
    context.draw(this.#blur, this.#first, { u_source: this.#second.texture, u_direction: [0, 1 / size.height], u_sigma: sigma });
    return this.#first;
  }

  dispose(): void {
    for (const target of [this.#first, this.#second]) if (target) this.#context.deleteTarget(target);
    this.#first = null;
    this.#second = null;
    this.#context.deleteProgram(this.#prepare);
    this.#context.deleteProgram(this.#blur);
  }
}
