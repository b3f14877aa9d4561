import type { Mask, Size } from '../types';
import resolveSource from '../shaders/resolve.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';

/** What is known of a mask besides its values. */
type MaskInfo = Omit<Mask, 'data'>;

/** Width of the seam along the sides of a part of the frame, as a share of the part: nobody is to stand in it. */
const SEAM = 0.03;
/** Sides this near to the frame's own have no seam. */
const SIDE_SLACK = 1e-3;
const WHOLE_FRAME = { x: 0, y: 0, width: 1, height: 1 } as const;

/** Takes the network's small mask and makes a smooth person probability of it. */
export class MaskPass {
  readonly #context: GlContext;
  readonly #resolve: Program;
  readonly #uploaded: WebGLTexture;
  #mask: MaskInfo | null = null;
  #target: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#resolve = context.createProgram('resolve', resolveSource);
    this.#uploaded = context.createTexture('linear');
  }

  /** Width of a mask's cell as a share of the frame's; null without a mask. */
  get cellWidth(): number | null {
    return this.#mask && 1 / (this.#mask.width * this.#mask.geometry.scaleX);
  }

  /** Takes a copy of the mask; the array stays the caller's. */
  setMask({ data, ...mask }: Mask): void {
    this.#context.uploadFloats(this.#uploaded, data, mask);
    this.#mask = mask;
  }

  clear(): void {
    this.#mask = null;
  }

  /** @returns person probability in red at `size`; the pass keeps ownership. Null without a mask. */
  render(size: Size): RenderTarget | null {
    if (!this.#mask) return null;
    const { width, geometry, kind, rect = WHOLE_FRAME } = this.#mask;
    this.#target = this.#context.fitTarget(this.#target, size, 'r16f');
    this.#context.draw(this.#resolve, this.#target, {
      u_mask: this.#uploaded,
      u_maskScale: [geometry.scaleX, geometry.scaleY],
      u_maskOffset: [geometry.offsetX, geometry.offsetY],
      // A mask as fine as the target needs no spline, which would only soften it.
      u_cubic: width * geometry.scaleX < size.width ? 1 : 0,
      u_logits: kind === 'logit' ? 1 : 0,
      u_rect: [rect.x, rect.y, rect.width, rect.height],
      u_seam: seamsOf(rect),
    });
    return this.#target;
  }

  dispose(): void {
    if (this.#target) this.#context.deleteTarget(this.#target);
    this.#target = null;
    this.#context.deleteProgram(this.#resolve);
    this.#context.deleteTexture(this.#uploaded);
  }
}

/** Left, top, right, bottom: where a side is the frame's own, there is nothing to fade to. */
function seamsOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }): number[] {
  const isFrameSide = [x < SIDE_SLACK, y < SIDE_SLACK, x + width > 1 - SIDE_SLACK, y + height > 1 - SIDE_SLACK];
  return isFrameSide.map((isSide) => (isSide ? 0 : SEAM));
}
