import type { Quality, Size } from '../types';
import classifySource from '../shaders/classify.frag.glsl?raw';
import boxSource from '../shaders/box.frag.glsl?raw';
import momentsSource from '../shaders/guided-moments.frag.glsl?raw';
import solveSource from '../shaders/guided-solve.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';

interface Effort {
  /** Reach of a window on either side, in cells of the network's mask. */
  radiusCells: number;
  /** Taps on either side of a window. */
  taps: number;
  /** Variance of luma (0…1) below which the picture counts as flat. */
  epsilon: number;
}

/** `low` follows no edges: the smooth probability is the matte. */
const EFFORT: Record<Quality, Effort | null> = {
  low: null,
  medium: { radiusCells: 3, taps: 2, epsilon: 1e-3 },
  high: { radiusCells: 3, taps: 4, epsilon: 3e-4 },
};
/** Output pixels along each side of a block, that are judged together. */
const BLOCK = 8;
/** Texels of the matte along a block; a finer matte under so small an output is not worth bounding exactly. */
const MAX_SAMPLES = 12;
/** How far a window reaches, as a share of the matte's longer side. */
const MIN_RADIUS = 0.012;
const MAX_RADIUS = 0.04;

/**
 * Size of the matte against the small picture's: a line fitted on every other pixel is as good between them
 * (He and Sun, 2015), and costs a quarter.
 */
const SCALE: Record<Quality, number> = { low: 0.5, medium: 0.5, high: 1 };

/** Size at which the matte of a small picture is made. */
export function matteSizeFor({ width, height }: Size, quality: Quality): Size {
  const scale = SCALE[quality];
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export interface MatteRequest {
  /** Person probability in red, of the size that {@link matteSizeFor} says. */
  probability: RenderTarget;
  /** The small picture of the same frame. */
  guide: RenderTarget;
  /** Size of one mask cell in pixels of the probability. */
  cell: number;
  quality: Quality;
  /** Size of the frames that the matte is for. */
  output: Size;
  /** Probabilities between which the person fades in. */
  edge: readonly [number, number];
}

/** Borrowed from the pass until its next render. */
export interface Matte {
  /** a in red, b in green, at the probability's size. */
  lines: WebGLTexture;
  /** For each block of output pixels: 0 = background, 0.5 = rim, 1 = person. */
  blocks: WebGLTexture;
  /** Output coordinate to block coordinate. */
  blockScale: [number, number];
}

/**
 * Fits the person probability to the small picture's edges (fast guided filter) and leaves, for each pixel of
 * the small picture, the line `alpha = a·I + b`. Drawn once a mask; the composite pass puts every full-size
 * frame's own luma into the line, so that the edge is as sharp as the frame.
 */
export class GuidedPass {
  readonly #context: GlContext;
  readonly #moments: Program;
  readonly #solve: Program;
  readonly #box: Program;
  readonly #classify: Program;
  #momentsTarget: RenderTarget | null = null;
  #lines: RenderTarget | null = null;
  #matte: RenderTarget | null = null;
  #blocks: RenderTarget | null = null;

  constructor(context: GlContext) {
    this.#context = context;
    this.#moments = context.createProgram('guided-moments', momentsSource);
    this.#solve = context.createProgram('guided-solve', solveSource);
    this.#box = context.createProgram('box', boxSource);
    this.#classify = context.createProgram('classify', classifySource);
  }

  render(request: MatteRequest): Matte {
    const matte = this.#drawLines(request);
    const blocks = this.#drawBlocks(matte, request);
    const { output } = request;
    const blockScale: [number, number] = [output.width / (blocks.width * BLOCK), output.height / (blocks.height * BLOCK)];
    return { lines: matte.texture, blocks: blocks.texture, blockScale };
  }

  dispose(): void {
    for (const target of [this.#momentsTarget, this.#lines, this.#matte, this.#blocks]) if (target) this.#context.deleteTarget(target);
    this.#momentsTarget = null;
    this.#lines = null;
    this.#matte = null;
    this.#blocks = null;
    for (const program of [this.#moments, this.#solve, this.#box, this.#classify]) this.#context.deleteProgram(program);
  }

  #drawLines({ probability, guide, cell, quality }: MatteRequest): RenderTarget {
    const context = this.#context;
    const effort = context.floatTargets ? EFFORT[quality] : null;
    this.#matte = context.fitTarget(this.#matte, probability, 'rg16f');
    if (!effort) {
      // One tap and an endless epsilon: a is 0 and b the probability.
      this.#fit(probability, guide, this.#matte, { step: 0, taps: 0, epsilon: 1e6 });
      return this.#matte;
    }
    const longSide = Math.max(probability.width, probability.height);
    const radius = Math.min(MAX_RADIUS * longSide, Math.max(MIN_RADIUS * longSide, effort.radiusCells * cell));
    this.#lines = context.fitTarget(this.#lines, probability, 'rg16f');
    this.#fit(probability, guide, this.#lines, { step: radius / effort.taps, taps: effort.taps, epsilon: effort.epsilon });
    context.draw(this.#box, this.#matte, { u_source: this.#lines.texture, u_texel: [1 / probability.width, 1 / probability.height] });
    return this.#matte;
  }

  #drawBlocks(matte: RenderTarget, { output, edge }: MatteRequest): RenderTarget {
    const context = this.#context;
    const size: Size = { width: Math.ceil(output.width / BLOCK), height: Math.ceil(output.height / BLOCK) };
    this.#blocks = context.fitTarget(this.#blocks, size, 'r8');
    context.draw(this.#classify, this.#blocks, {
      u_matte: context.nearest(matte.texture),
      u_samples: Math.min(MAX_SAMPLES, Math.ceil(Math.max((BLOCK * matte.width) / output.width, (BLOCK * matte.height) / output.height)) + 3),
      u_blockSize: [BLOCK / output.width, BLOCK / output.height],
      u_gridScale: [(size.width * BLOCK) / output.width, (size.height * BLOCK) / output.height],
      u_edge: edge,
    });
    return this.#blocks;
  }

  /** @param window step in pixels of the probability */
  #fit(probability: RenderTarget, guide: RenderTarget, into: RenderTarget, window: { step: number; taps: number; epsilon: number }): void {
    const context = this.#context;
    // Differences of large sums: half floats would drown a flat wall's variance.
    this.#momentsTarget = context.fitTarget(this.#momentsTarget, probability, 'rgba32f');
    context.draw(this.#moments, this.#momentsTarget, {
      u_probability: probability.texture,
      u_guide: guide.texture,
      u_step: window.step / probability.width,
      u_taps: window.taps,
    });
    context.draw(this.#solve, into, {
      u_moments: this.#momentsTarget.texture,
      u_step: window.step / probability.height,
      u_taps: window.taps,
      u_epsilon: window.epsilon,
    });
  }
}
