import type { PictureRect, Size } from '../types';
import downsampleSource from '../shaders/downsample.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';
import { tapsFor } from './taps';

const WHOLE: PictureRect = { x: 0, y: 0, width: 1, height: 1 };

export interface SmallCopyRequest {
  source: WebGLTexture;
  sourceSize: Size;
  size: Size;
  /** Missing: the whole picture. */
  rect?: PictureRect;
}

/** Area-averaged small copies of pictures: what the networks see, what guides the matte, what glows. */
export class SmallCopyPass {
  readonly #context: GlContext;
  readonly #program: Program;

  constructor(context: GlContext) {
    this.#context = context;
    this.#program = context.createProgram('small-copy', downsampleSource);
  }

  /**
   * @param into the target of the copy before, or null
   * @returns the target of this copy: the same one unless the size changed. It is the caller's
   */
  draw(into: RenderTarget | null, { source, sourceSize, size, rect = WHOLE }: SmallCopyRequest): RenderTarget {
    const target = this.#context.fitTarget(into, size, 'rgba8');
    const covered = { width: sourceSize.width * rect.width, height: sourceSize.height * rect.height };
    this.#context.draw(this.#program, target, {
      u_source: source,
      u_origin: [rect.x, rect.y],
      u_extent: [rect.width, rect.height],
      u_texel: [rect.width / size.width, rect.height / size.height],
      u_taps: tapsFor(covered, size),
    });
    return target;
  }

  dispose(): void {
    this.#context.deleteProgram(this.#program);
  }
}
