import type { Quality, Size } from '../types';
import blurSource from '../shaders/blur.frag.glsl?raw';
import discSource from '../shaders/blur-disc.frag.glsl?raw';
import prepareSource from '../shaders/blur-prepare.frag.glsl?raw';
import { discTaps, gaussianTaps } from './blur-kernels';
import type { GlContext, Program, RenderTarget, TargetFormat } from './gl-context';
import { tapsFor } from './taps';

/** What one point of light becomes. */
export type BlurShape = 'gaussian' | 'disc';

/**
 * Standard deviation in texels of the small copy. At 2.4 the bilinear enlargement of the copy is already
 * smooth, so a larger copy would cost more and show nothing else.
 */
const SIGMA = 2.4;
/** Below this radius in pixels half the size would blur too much by itself. */
const FULL_SIZE_RADIUS = 1.6;
/**
 * A disc's radius in texels of the small copy, at most: as many look round once they are enlarged. Small discs get
 * fewer, the root of their radius in pixels, since fetches rise with the fourth power of the texels.
 */
const DISC_TEXELS = 5;
/** A disc smaller than this, in output pixels, can't be told from a Gaussian. */
const MIN_DISC = 4;

/** MODE in blur-prepare.frag.glsl. */
const MODE = { curtain: 0, gaussian: 1, disc: 2 } as const;

export interface BlurRequest {
  frame: WebGLTexture;
  /** The matte's lines (GuidedPass); null = the curtain: the whole picture is blurred, person and room alike. */
  matte: WebGLTexture | null;
  frameSize: Size;
  /**
   * In output pixels. Gaussian and curtain: standard deviation, as CSS `blur()`. Disc: the disc's radius, which is
   * twice its standard deviation along either axis.
   */
  radius: number;
  /** The curtain is Gaussian whatever is asked for. Discs need quality `high` and float textures. */
  shape: BlurShape;
  quality: Quality;
}

/**
 * The blurred background without the person in it, averaged in linear light: a weighed small copy, then a
 * separable Gaussian or a disc. The copy is as small as the radius allows, so a strong blur costs no more than a
 * light one.
 */
export class BlurPass {
  readonly #context: GlContext;
  readonly #curtain: { prepare: Program; blur: Program };
  readonly #gaussian: { prepare: Program; blur: Program };
  #disc: { prepare: Program; blur: Program } | null = null;
  #first: RenderTarget | null = null;
  #second: RenderTarget | null = null;
  #format: TargetFormat = 'rgba8';

  constructor(context: GlContext) {
    this.#context = context;
    this.#curtain = {
      prepare: context.createProgram('blur-prepare curtain', prepareSource, { MODE: MODE.curtain }),
      blur: context.createProgram('blur curtain', blurSource, { LINEAR: 0 }),
    };
    this.#gaussian = {
      prepare: context.createProgram('blur-prepare', prepareSource, { MODE: MODE.gaussian }),
      blur: context.createProgram('blur', blurSource, { LINEAR: 1 }),
    };
  }

  /** @returns the blurred picture, sRGB-encoded; the pass keeps ownership */
  render(request: BlurRequest): RenderTarget {
    const { matte, radius, quality } = request;
    if (!matte || request.shape === 'gaussian') return this.#renderGaussian(request, radius);
    const drawsDisc = quality === 'high' && this.#context.floatTargets && radius >= MIN_DISC;
    return drawsDisc ? this.#renderDisc(request) : this.#renderGaussian(request, radius / 2);
  }

  dispose(): void {
    this.#deleteTargets();
    for (const programs of [this.#curtain, this.#gaussian, this.#disc]) {
      for (const program of Object.values(programs ?? {})) this.#context.deleteProgram(program);
    }
    this.#disc = null;
  }

  #renderGaussian(request: BlurRequest, sigma: number): RenderTarget {
    const context = this.#context;
    const { frameSize, matte } = request;
    const size = sizeOf(frameSize, sigma < FULL_SIZE_RADIUS ? 1 : Math.max(2, Math.round(sigma / SIGMA)));
    const { prepare, blur } = matte ? this.#gaussian : this.#curtain;
    const first = this.#prepare(prepare, request, size, 'rgba8');
    const second = (this.#second = context.fitTarget(this.#second, size, 'rgba8'));
    const sigmas = kernelWidth(sigma, frameSize, size);
    for (const [source, target, axis] of [[first, second, 'x'], [second, first, 'y']] as const) {
      const taps = gaussianTaps(sigmas[axis], axis === 'x' ? [1 / size.width, 0] : [0, 1 / size.height]);
      context.draw(blur, target, { u_source: context.nearest(source.texture), u_taps: taps.data, u_count: taps.count });
    }
    return first;
  }

  #renderDisc(request: BlurRequest): RenderTarget {
    const context = this.#context;
    const { frameSize, radius } = request;
    this.#disc ??= {
      prepare: context.createProgram('blur-prepare disc', prepareSource, { MODE: MODE.disc }),
      blur: context.createProgram('blur-disc', discSource),
    };
    const size = sizeOf(frameSize, Math.max(2, Math.round(radius / Math.min(DISC_TEXELS, Math.sqrt(radius)))));
    const first = this.#prepare(this.#disc.prepare, request, size, 'rgba16f');
    const second = (this.#second = context.fitTarget(this.#second, size, 'rgba8'));
    const sigmas = kernelWidth(radius / 2, frameSize, size);
    const taps = discTaps({ x: 2 * sigmas.x, y: 2 * sigmas.y }, size);
    context.draw(this.#disc.blur, second, { u_source: context.nearest(first.texture), u_taps: taps.data, u_count: taps.count });
    return second;
  }

  #prepare(program: Program, { frame, matte, frameSize }: BlurRequest, size: Size, format: TargetFormat): RenderTarget {
    const context = this.#context;
    if (format !== this.#format) this.#deleteTargets();
    this.#format = format;
    const target = (this.#first = context.fitTarget(this.#first, size, format));
    context.draw(program, target, {
      u_frame: frame,
      ...(matte && { u_matte: matte }),
      u_texel: [1 / size.width, 1 / size.height],
      u_taps: tapsFor(frameSize, size),
    });
    return target;
  }

  #deleteTargets(): void {
    for (const target of [this.#first, this.#second]) if (target) this.#context.deleteTarget(target);
    this.#first = null;
    this.#second = null;
  }
}

function sizeOf({ width, height }: Size, factor: number): Size {
  return { width: Math.max(1, Math.round(width / factor)), height: Math.max(1, Math.round(height / factor)) };
}

/**
 * Standard deviation in texels that the kernel needs along each axis. Making the copy (a box) and enlarging it
 * (a tent) blur too: by 1/12 and 1/6 of a texel squared.
 *
 * @param sigma wanted, in output pixels
 */
function kernelWidth(sigma: number, frameSize: Size, size: Size): { x: number; y: number } {
  const along = (pixels: number, texels: number): number => {
    const wanted = (sigma * texels) / pixels;
    return texels === pixels ? wanted : Math.sqrt(Math.max(wanted * wanted - 0.25, 0.04));
  };
  return { x: along(frameSize.width, size.width), y: along(frameSize.height, size.height) };
}
