import timeSource from '../shaders/time.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';

/** Where the picture rests, a new mask counts less the sooner it comes after the one before: a mean over so long. */
const REST_MS = 400;

export interface TimeRequest {
  /** Person probability in red, of this mask. */
  probability: RenderTarget;
  /** The small picture of this mask's frame. */
  guide: RenderTarget;
  /** Of the mask before; null = there is none to compare with. */
  lastGuide: RenderTarget | null;
  /** Between the two masks' frames. */
  elapsedMs: number;
  /** 0 = every mask as it comes, 1 = as steady as can be. */
  strength: number;
}

/** Steadies the person probability over time; its memory is 16-bit float, since eight bits stick. */
export class TimePass {
  readonly #context: GlContext;
  readonly #program: Program;
  #history: RenderTarget | null = null;
  #spare: RenderTarget | null = null;
  #hasHistory = false;

  constructor(context: GlContext) {
    this.#context = context;
    this.#program = context.createProgram('time', timeSource);
  }

  /** @returns the steadied probability in red; the pass keeps ownership */
  render({ probability, guide, lastGuide, elapsedMs, strength }: TimeRequest): RenderTarget {
    const context = this.#context;
    const history = this.#history;
    const follows = this.#hasHistory && lastGuide && history?.width === probability.width && history.height === probability.height;
    this.#spare = context.fitTarget(this.#spare, probability, 'r16f');
    const rest = follows ? strength * Math.exp(-Math.max(0, elapsedMs) / REST_MS) : 0;
    context.draw(this.#program, this.#spare, {
      u_probability: context.nearest(probability.texture),
      u_history: context.nearest((follows ? history : probability).texture),
      u_guide: guide.texture,
      u_lastGuide: (follows ? lastGuide : guide).texture,
      u_gain: 1 - rest,
      u_texel: [1 / guide.width, 1 / guide.height],
    });
    [this.#history, this.#spare] = [this.#spare, this.#history];
    this.#hasHistory = true;
    return this.#history;
  }

  /** What comes next has nothing to do with what came before. */
  clear(): void {
    this.#hasHistory = false;
  }

  dispose(): void {
    for (const target of [this.#history, this.#spare]) if (target) this.#context.deleteTarget(target);
    this.#history = null;
    this.#spare = null;
    this.clear();
    this.#context.deleteProgram(this.#program);
  }
}
