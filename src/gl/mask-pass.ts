import type { Mask, Quality, Size } from '../types';
import maskSource from '../shaders/mask.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';

/** Share of the frame's width and height at which the soft mask is resolved. */
const RESOLUTION: Record<Quality, number> = { low: 0.375, medium: 0.5, high: 1 };
/** Step between the bilateral filter's taps, in pixels of the network's small picture. */
const RADIUS: Record<Quality, number> = { low: 0, medium: 1.5, high: 1.5 };

/** Turns the network's coarse mask into a soft one that follows the picture's edges. */
export class MaskPass {
  readonly #context: GlContext;
  readonly #program: Program;
  readonly #coarse: WebGLTexture;
  #mask: Omit<Mask, 'data'> | null = null;
  #target: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#program = context.createProgram('mask', maskSource);
    this.#coarse = context.createTexture('linear');
  }

  get hasMask(): boolean {
    return this.#mask !== null;
  }

  /** Takes a copy of the mask; the array stays the caller's. */
  setMask(mask: Mask): void {
    this.#context.uploadFloats(this.#coarse, mask.data, mask);
    const { width, height, kind, geometry } = mask;
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
    this.#context.deleteTexture(this.#coarse);
    this.#context.deleteProgram(this.#program);
  }
}
