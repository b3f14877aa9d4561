import type { Size } from '../types';
import downsampleSource from '../shaders/downsample.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';
import { tapsFor } from './taps';

/** Makes the small RGB picture that the network sees; it also guides the mask's upsampling. */
export class SegmenterInputPass {
  readonly #context: GlContext;
  readonly #program: Program;
  #target: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#program = context.createProgram('segmenter-input', downsampleSource);
  }

  /** The last small picture; the pass keeps ownership. */
  get target(): RenderTarget | null {
    return this.#target;
  }

  render(frame: WebGLTexture, frameSize: Size, inputSize: Size): RenderTarget {
    this.#target = this.#context.fitTarget(this.#target, inputSize, 'rgba8');
    this.#context.draw(this.#program, this.#target, {
      u_source: frame,
      u_texel: [1 / inputSize.width, 1 / inputSize.height],
      u_taps: tapsFor(frameSize, inputSize),
    });
    return this.#target;
  }

  dispose(): void {
    if (this.#target) this.#context.deleteTarget(this.#target);
    this.#target = null;
    this.#context.deleteProgram(this.#program);
  }
}
