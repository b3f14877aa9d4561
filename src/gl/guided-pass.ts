import type { Quality, Size } from '../types';
import classifySource from '../shaders/classify.frag.glsl?raw';
import boxSource from '../shaders/box.frag.glsl?raw';
import momentsSource from '../shaders/guided-moments.frag.glsl?raw';
import solveSource from '../shaders/guided-solve.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';

interface Effort {
  /** Reach of a window on either side, in cells of the network's mask. */
  radiusCells: number;
  /** Taps on either side of a window, at most. */
  taps: number;
  /** Variance of the guide (0…1 each channel) below which the picture counts as flat. */
  epsilon: number;
}

const EFFORT: Record<Quality, Effort> = {
  low: { radiusCells: 0.8, taps: 2, epsilon: 1e-3 },
  medium: { radiusCells: 0.8, taps: 2, epsilon: 1e-3 },
  high: { radiusCells: 0.8, taps: 4, epsilon: 5e-4 },
};
/** Output pixels along each side of a block, that are judged together. */
const BLOCK = 8;
/** Texels of the matte along a block; a finer matte under so small an output is not worth bounding exactly. */
const MAX_SAMPLES = 12;
/** How far a window reaches: at least a texel, at most this share of the matte's longer side. */
const MAX_RADIUS = 0.05;

export interface MatteRequest {
  /** Person probability in red, of the guide's size. */
  probability: RenderTarget;
  /** The small picture of the same frame. */
  guide: RenderTarget;
  /** Size of one mask cell in pixels of the guide. */
  cell: number;
  quality: Quality;
  /** Size of the frames that the matte is for. */
  output: Size;
  /** Probabilities between which the person fades in. */
  edge: readonly [number, number];
}

/** Borrowed from the pass until its next render. */
export interface Matte {
  /** a for RGB − 0.5 in red, green and blue, b in alpha; at the guide's size. */
  lines: WebGLTexture;
  /** The person's colour around each texel, and the mean probability in alpha. */
  person: WebGLTexture;
  /** The old room's colour around each texel. */
  room: WebGLTexture;
  /** For each block of output pixels: 0 = background, 0.5 = rim, 1 = person. */
  blocks: WebGLTexture;
  /** Output coordinate to block coordinate. */
  blockScale: [number, number];
}

/**
 * Fits the person probability to the small picture's edges (fast guided filter) and leaves, for each pixel of
 * the small picture, the line `alpha = a·colour + b`. Drawn once a mask; the composite pass puts every full-size
 * frame's own colours into the line, so that the edge is as sharp as the frame. The same sums give the colours
 * of the person and of the room on either side of the edge.
 */
export class GuidedPass {
  readonly #context: GlContext;
  readonly #moments: Program;
  readonly #solve: Program;
  readonly #box: Program;
  readonly #classify: Program;
  #sums: RenderTarget | null = null;
  #solved: RenderTarget | null = null;
  #lines: RenderTarget | null = null;
  #blocks: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#moments = context.createProgram('guided-moments', momentsSource);
    this.#solve = context.createProgram('guided-solve', solveSource, { PLAIN: context.floatTargets ? 0 : 1 });
    this.#box = context.createProgram('box', boxSource);
    this.#classify = context.createProgram('classify', classifySource);
  }

  render(request: MatteRequest): Matte {
    const solved = this.#solveLines(request);
    const lines = this.#smoothLines(solved);
    const [, person = solved.texture, room = solved.texture] = solved.textures;
    const blocks = this.#drawBlocks(lines, person, request);
    const { output } = request;
    const blockScale: [number, number] = [output.width / (blocks.width * BLOCK), output.height / (blocks.height * BLOCK)];
    return { lines: lines.texture, person, room, blocks: blocks.texture, blockScale };
  }

  dispose(): void {
    for (const target of [this.#sums, this.#solved, this.#lines, this.#blocks]) if (target) this.#context.deleteTarget(target);
    this.#sums = null;
    this.#solved = null;
    this.#lines = null;
    this.#blocks = null;
    for (const program of [this.#moments, this.#solve, this.#box, this.#classify]) this.#context.deleteProgram(program);
  }

  /** The lines as fitted, and the colours of both sides. */
  #solveLines({ probability, guide, cell, quality }: MatteRequest): RenderTarget {
    const context = this.#context;
    const solved = (this.#solved = context.fitTarget(this.#solved, guide, 'rgba16f', 'rgba8', 'rgba8'));
    if (!context.floatTargets) {
      context.draw(this.#solve, solved, { u_guides: probability.texture, u_products: guide.texture });
      return solved;
    }
    const { radiusCells, taps: most, epsilon } = EFFORT[quality];
    const radius = Math.max(1, Math.min(MAX_RADIUS * Math.max(guide.width, guide.height), radiusCells * cell));
    const taps = Math.min(most, Math.ceil(radius));
    const step = radius / taps;
    // Differences of large sums: half floats would drown a flat wall's variance.
    const sums = (this.#sums = context.fitTarget(this.#sums, guide, 'rgba32f', 'rgba32f', 'rgba32f'));
    context.draw(this.#moments, sums, { u_probability: probability.texture, u_guide: guide.texture, u_step: step / guide.width, u_taps: taps });
    const [guides, products, squares] = sums.textures;
    context.draw(this.#solve, solved, { u_guides: guides, u_products: products, u_squares: squares, u_step: step / guide.height, u_taps: taps, u_epsilon: epsilon });
    return solved;
  }

  #smoothLines(solved: RenderTarget): RenderTarget {
    const context = this.#context;
    this.#lines = context.fitTarget(this.#lines, solved, 'rgba16f');
    context.draw(this.#box, this.#lines, { u_source: solved.texture, u_texel: [1 / solved.width, 1 / solved.height] });
    return this.#lines;
  }

  #drawBlocks(matte: RenderTarget, person: WebGLTexture, { output, edge }: MatteRequest): RenderTarget {
    const context = this.#context;
    const size: Size = { width: Math.ceil(output.width / BLOCK), height: Math.ceil(output.height / BLOCK) };
    this.#blocks = context.fitTarget(this.#blocks, size, 'r8');
    context.draw(this.#classify, this.#blocks, {
      u_matte: context.nearest(matte.texture),
      u_person: context.nearest(person),
      u_samples: Math.min(MAX_SAMPLES, Math.ceil(Math.max((BLOCK * matte.width) / output.width, (BLOCK * matte.height) / output.height)) + 3),
      u_blockSize: [BLOCK / output.width, BLOCK / output.height],
      u_gridScale: [(size.width * BLOCK) / output.width, (size.height * BLOCK) / output.height],
      u_edge: edge,
    });
    return this.#blocks;
  }
}
