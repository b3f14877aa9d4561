import type { Mask, Size } from '../types';
import resolveSource from '../shaders/resolve.frag.glsl?raw';
import unpackSource from '../shaders/unpack.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';

/** A mask in a texture of this context: dense float RGBA, see unpack.frag.glsl. Borrowed for the call. */
export interface DenseMask extends Omit<Mask, 'data' | 'detail'> {
  texture: WebGLTexture;
  rowTexels: number;
}

/** What is known of a mask besides its values. */
type MaskInfo = Omit<Mask, 'data' | 'detail'>;

/** Width of the seam around a detail, as a share of it. */
const SEAM = 0.06;

/** Takes the network's coarse mask, from memory or from the GPU, and makes a smooth person probability of it. */
export class MaskPass {
  readonly #context: GlContext;
  readonly #resolve: Program;
  #resolveDetail: Program | null = null;
  readonly #uploaded: WebGLTexture;
  #uploadedDetail: WebGLTexture | null = null;
  #unpack: Program | null = null;
  #unpacked: RenderTarget | null = null;
  #coarse: WebGLTexture;
  #mask: MaskInfo | null = null;
  #detail: MaskInfo | null = null;
  #target: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#resolve = context.createProgram('resolve', resolveSource, { DETAIL: 0 });
    this.#uploaded = context.createTexture('linear');
    this.#coarse = this.#uploaded;
  }

  /** What is known of the mask in use, or null. */
  get mask(): MaskInfo | null {
    return this.#mask;
  }

  /** The finest cells of the mask in use: of its detail where it has one. Null without a mask. */
  get cellWidth(): number | null {
    const finest = this.#detail ?? this.#mask;
    return finest && 1 / (finest.width * finest.geometry.scaleX);
  }

  /** Takes a copy of the mask; the array stays the caller's. */
  setMask(mask: Mask): void {
    this.#context.uploadFloats(this.#uploaded, mask.data, mask);
    this.#coarse = this.#uploaded;
    this.#mask = infoOf(mask);
    this.#detail = mask.detail ? infoOf(mask.detail) : null;
    if (!mask.detail) return;
    this.#uploadedDetail ??= this.#context.createTexture('linear');
    this.#context.uploadFloats(this.#uploadedDetail, mask.detail.data, mask.detail);
  }

  /** Takes a copy of a mask that is on the GPU already. Needs float targets. */
  setDenseMask({ texture, rowTexels, width, height, kind, geometry }: DenseMask): void {
    this.#unpack ??= this.#context.createProgram('unpack', unpackSource);
    this.#unpacked = this.#context.fitTarget(this.#unpacked, { width, height }, 'r16f');
    this.#context.draw(this.#unpack, this.#unpacked, { u_dense: texture, u_rowTexels: rowTexels, u_width: width, u_logits: kind === 'logit' ? 1 : 0 });
    this.#coarse = this.#unpacked.texture;
    this.#mask = { width, height, kind, geometry };
    this.#detail = null;
  }

  clear(): void {
    this.#mask = null;
    this.#detail = null;
  }

  /** @returns person probability in red at `size`; the pass keeps ownership. Null without a mask. */
  render(size: Size): RenderTarget | null {
    if (!this.#mask) return null;
    const { geometry, kind } = this.#mask;
    this.#target = this.#context.fitTarget(this.#target, size, 'r16f');
    const uniforms = {
      u_mask: this.#coarse,
      u_maskScale: [geometry.scaleX, geometry.scaleY],
      u_maskOffset: [geometry.offsetX, geometry.offsetY],
      u_logits: kind === 'logit' ? 1 : 0,
    };
    const detail = this.#detail;
    if (detail) {
      this.#resolveDetail ??= this.#context.createProgram('resolve with detail', resolveSource, { DETAIL: 1 });
      this.#context.draw(this.#resolveDetail, this.#target, { ...uniforms, ...detailUniforms(detail), u_detail: this.#uploadedDetail });
    } else {
      this.#context.draw(this.#resolve, this.#target, uniforms);
    }
    return this.#target;
  }

  dispose(): void {
    for (const target of [this.#target, this.#unpacked]) if (target) this.#context.deleteTarget(target);
    this.#target = null;
    this.#unpacked = null;
    for (const program of [this.#resolve, this.#resolveDetail, this.#unpack]) if (program) this.#context.deleteProgram(program);
    this.#unpack = null;
    this.#resolveDetail = null;
    if (this.#uploadedDetail) this.#context.deleteTexture(this.#uploadedDetail);
    this.#uploadedDetail = null;
    this.#context.deleteTexture(this.#uploaded);
  }
}

function infoOf({ width, height, kind, geometry }: Mask): MaskInfo {
  return { width, height, kind, geometry };
}

/** Its seam fades on the sides that lie inside the frame; on the others there is nothing to fade to. */
function detailUniforms({ geometry: { scaleX, scaleY, offsetX, offsetY } }: MaskInfo): Record<string, unknown> {
  const seam = (isFrameEdge: boolean): number => (isFrameEdge ? 0 : SEAM);
  const slack = 1e-3;
  return {
    u_detailScale: [scaleX, scaleY],
    u_detailOffset: [offsetX, offsetY],
    u_feather: [seam(offsetX >= -slack), seam(offsetY >= -slack), seam(scaleX + offsetX <= 1 + slack), seam(scaleY + offsetY <= 1 + slack)],
  };
}
