import type { Mask, Size } from '../types';
import resolveSource from '../shaders/resolve.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';

/** What is known of a mask besides its values. */
type MaskInfo = Omit<Mask, 'data' | 'around'>;

/** Width of the seam along the sides of a part of the frame, as a share of the part: nobody is to stand in it. */
const SEAM = 0.03;
/** Sides this near to the frame's own have no seam. */
const SIDE_SLACK = 1e-3;
const WHOLE_FRAME = { x: 0, y: 0, width: 1, height: 1 } as const;

/** Takes the network's small mask and makes a smooth person probability of it. */
export class MaskPass {
  readonly #context: GlContext;
  readonly #resolve: Program;
  /** Made when first needed, as is its texture. */
  #resolveAround: Program | null = null;
  readonly #uploaded: WebGLTexture;
  #uploadedAround: WebGLTexture | null = null;
  #mask: MaskInfo | null = null;
  #around: MaskInfo | null = null;
  #target: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#resolve = context.createProgram('resolve', resolveSource, { AROUND: 0 });
    this.#uploaded = context.createTexture('linear');
  }

  /** Width of a mask's cell as a share of the frame's; null without a mask. */
  get cellWidth(): number | null {
    return this.#mask && 1 / (this.#mask.width * this.#mask.geometry.scaleX);
  }

  /** Takes a copy of the mask; the array stays the caller's. */
  setMask({ data, around, ...mask }: Mask): void {
    this.#context.uploadFloats(this.#uploaded, data, mask);
    this.#mask = mask;
    this.#around = around ?? null;
    if (!around) return;
    this.#uploadedAround ??= this.#context.createTexture('linear');
    this.#context.uploadFloats(this.#uploadedAround, around.data, around);
  }

  clear(): void {
    this.#mask = null;
    this.#around = null;
  }

  /** @returns person probability in red at `size`; the pass keeps ownership. Null without a mask. */
  render(size: Size): RenderTarget | null {
    if (!this.#mask) return null;
    const context = this.#context;
    const { geometry, kind, rect = WHOLE_FRAME } = this.#mask;
    const around = this.#around;
    if (around) this.#resolveAround ??= context.createProgram('resolve with the whole around', resolveSource, { AROUND: 1 });
    this.#target = context.fitTarget(this.#target, size, 'r16f');
    context.draw((around && this.#resolveAround) ?? this.#resolve, this.#target, {
      u_mask: this.#uploaded,
      u_maskScale: [geometry.scaleX, geometry.scaleY],
      u_maskOffset: [geometry.offsetX, geometry.offsetY],
      u_cubic: isCoarse(this.#mask, size) ? 1 : 0,
      u_logits: kind === 'logit' ? 1 : 0,
      u_rect: [rect.x, rect.y, rect.width, rect.height],
      u_seam: seamsOf(rect),
      ...(around && {
        u_around: this.#uploadedAround,
        u_aroundScale: [around.geometry.scaleX, around.geometry.scaleY],
        u_aroundOffset: [around.geometry.offsetX, around.geometry.offsetY],
        u_aroundCubic: isCoarse(around, size) ? 1 : 0,
      }),
    });
    return this.#target;
  }

  dispose(): void {
    if (this.#target) this.#context.deleteTarget(this.#target);
    this.#target = null;
    for (const program of [this.#resolve, this.#resolveAround]) if (program) this.#context.deleteProgram(program);
    for (const texture of [this.#uploaded, this.#uploadedAround]) if (texture) this.#context.deleteTexture(texture);
    this.#resolveAround = null;
    this.#uploadedAround = null;
  }
}

/** A mask as fine as the target needs no spline, which would only soften it. */
function isCoarse({ width, geometry }: MaskInfo, target: Size): boolean {
  return width * geometry.scaleX < target.width;
}

/** Left, top, right, bottom: where a side is the frame's own, there is nothing to fade to. */
function seamsOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }): number[] {
  const isFrameSide = [x < SIDE_SLACK, y < SIDE_SLACK, x + width > 1 - SIDE_SLACK, y + height > 1 - SIDE_SLACK];
  return isFrameSide.map((isSide) => (isSide ? 0 : SEAM));
}
