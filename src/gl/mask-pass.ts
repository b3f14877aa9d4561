import type { Mask, Quality, Size } from '../types';
import maskSource from '../shaders/mask.frag.glsl?raw';
import unpackSource from '../shaders/unpack.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';

/** Share of the frame's width and height at which the soft mask is resolved. */
const RESOLUTION: Record<Quality, number> = { low: 0.375, medium: 0.5, high: 1 };
/** Step between the bilateral filter's taps, in pixels of the network's small picture. */
const RADIUS: Record<Quality, number> = { low: 0, medium: 1.5, high: 1.5 };

/** A mask in a texture of this context: dense float RGBA, see unpack.frag.glsl. Borrowed for the call. */
export interface DenseMask extends Omit<Mask, 'data'> {
  texture: WebGLTexture;
  rowTexels: number;
}

/** Turns the network's coarse mask into a soft one that follows the picture's edges. */
export class MaskPass {
  readonly #context: GlContext;
  readonly #program: Program;
  readonly #uploaded: WebGLTexture;
  #unpack: Program | null = null;
  #unpacked: RenderTarget | null = null;
  #coarse: WebGLTexture;
  #mask: Omit<Mask, 'data'> | null = null;
  #target: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#program = context.createProgram('mask', maskSource);
    this.#uploaded = context.createTexture('linear');
    this.#coarse = this.#uploaded;
  }

  get hasMask(): boolean {
    return this.#mask !== null;
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

  /** @returns person probability in red; the pass keeps ownership. Null without a mask or a guide. */
  render(frame: WebGLTexture, guide: RenderTarget | null, frameSize: Size, quality: Quality): RenderTarget | null {
    if (!this.#mask || !guide) return null;
    const scale = RESOLUTION[quality];
    const size = { width: Math.max(1, Math.round(frameSize.width * scale)), height: Math.max(1, Math.round(frameSize.height * scale)) };
    this.#target = this.#context.fitTarget(this.#target, size, 'r8');
    const { geometry, kind } = this.#mask;
    this.#context.draw(this.#program, this.#target, {
      u_mask: this.#coarse,
      u_maskScale: [geometry.scaleX, geometry.scaleY],
      u_maskOffset: [geometry.offsetX, geometry.offsetY],
      u_logits: kind === 'logit' ? 1 : 0,
      u_guide: guide.texture,
      u_frame: frame,
      u_radius: RADIUS[quality],
    });
    return this.#target;
  }

  dispose(): void {
    if (this.#target) this.#context.deleteTarget(this.#target);
    this.#target = null;
    if (this.#unpacked) this.#context.deleteTarget(this.#unpacked);
    this.#unpacked = null;
    if (this.#unpack) this.#context.deleteProgram(this.#unpack);
    this.#unpack = null;
    this.#context.deleteTexture(this.#uploaded);
    this.#context.deleteProgram(this.#program);
  }
}
