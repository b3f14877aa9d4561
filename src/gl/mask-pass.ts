import type { Mask, Size } from '../types';
import resolveSource from '../shaders/resolve.frag.glsl?raw';
import unpackSource from '../shaders/unpack.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';

/** A mask in a texture of this context: dense float RGBA, see unpack.frag.glsl. Borrowed for the call. */
export interface DenseMask extends Omit<Mask, 'data'> {
  texture: WebGLTexture;
  rowTexels: number;
}

/** Takes the network's coarse mask, from memory or from the GPU, and makes a smooth person probability of it. */
export class MaskPass {
  readonly #context: GlContext;
  readonly #resolve: Program;
  readonly #uploaded: WebGLTexture;
  #unpack: Program | null = null;
  #unpacked: RenderTarget | null = null;
  #coarse: WebGLTexture;
  #mask: Omit<Mask, 'data'> | null = null;
  #target: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#resolve = context.createProgram('resolve', resolveSource);
    this.#uploaded = context.createTexture('linear');
    this.#coarse = this.#uploaded;
  }

  /** What is known of the mask in use, or null. */
  get mask(): Omit<Mask, 'data'> | null {
    return this.#mask;
  }

  /** Takes a copy of the mask; the array stays the caller's. */
  setMask(mask: Mask): void {
    this.#context.uploadFloats(this.#uploaded, mask.data, mask);
    this.#coarse = this.#uploaded;
    const { width, height, kind, geometry } = mask;
    this.#mask = { width, height, kind, geometry };
  }

  /** Takes a copy of a mask that is on the GPU already. Needs float targets. */
  setDenseMask({ texture, rowTexels, width, height, kind, geometry }: DenseMask): void {
    this.#unpack ??= this.#context.createProgram('unpack', unpackSource);
    this.#unpacked = this.#context.fitTarget(this.#unpacked, { width, height }, 'r16f');
    this.#context.draw(this.#unpack, this.#unpacked, { u_dense: texture, u_rowTexels: rowTexels, u_width: width });
    this.#coarse = this.#unpacked.texture;
    this.#mask = { width, height, kind, geometry };
  }

  clear(): void {
    this.#mask = null;
  }

  /** @returns person probability in red at `size`; the pass keeps ownership. Null without a mask. */
  render(size: Size): RenderTarget | null {
    if (!this.#mask) return null;
    const { geometry, kind } = this.#mask;
    this.#target = this.#context.fitTarget(this.#target, size, 'r16f');
    this.#context.draw(this.#resolve, this.#target, {
      u_mask: this.#coarse,
      u_maskScale: [geometry.scaleX, geometry.scaleY],
      u_maskOffset: [geometry.offsetX, geometry.offsetY],
      u_logits: kind === 'logit' ? 1 : 0,
    });
    return this.#target;
  }

  dispose(): void {
    for (const target of [this.#target, this.#unpacked]) if (target) this.#context.deleteTarget(target);
    this.#target = null;
    this.#unpacked = null;
    for (const program of [this.#resolve, this.#unpack]) if (program) this.#context.deleteProgram(program);
    this.#unpack = null;
    this.#context.deleteTexture(this.#uploaded);
  }
}
