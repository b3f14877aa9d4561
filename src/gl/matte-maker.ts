import { VirtualBackgroundError } from '../errors';
import { MatteFilter, verdictsOf, type Matte } from '../matte/matte-filter';
import type { Verdict } from '../matte/verdicts';
import type { Mask, MatteLook, Quality, Size, SmallPicture } from '../types';
import { BlockMesh } from './block-mesh';
import type { GpuFrame } from './frame-ring';
import type { GlContext, MeshPart } from './gl-context';

/** Even the hardest edge is not cut from pixel to pixel. */
const LEAST_SOFTNESS = 0.02;

export interface MaskOptions {
  quality: Quality;
  /** When the mask's frame arrived, milliseconds; any clock that only goes forward. */
  timeMs?: number;
  /** The small picture of the same frame, of {@link guideSizeFor}'s size; drawn from the frame when left out. */
  guide?: SmallPicture | null;
}

interface SizedTextures {
  size: Size;
  lines: WebGLTexture;
  person: WebGLTexture;
  room: WebGLTexture;
}

/** Borrowed from the maker until the next mask. */
export interface MatteTextures {
  /** a for RGB − 0.5 in red, green and blue, b in alpha; at the guide's size. */
  lines: WebGLTexture;
  /** The person's colour around each texel, and the mean probability in alpha. */
  person: WebGLTexture;
  /** The old room's colour around each texel. */
  room: WebGLTexture;
  /** The part of the output that was judged so; null where none was. */
  partOf(verdict: Verdict): MeshPart | null;
}

interface MaskInUse {
  /** Whose mask it is. */
  frame: GpuFrame;
  mask: Mask;
  quality: Quality;
  guide: SmallPicture;
  lastGuide: SmallPicture | null;
  elapsedMs: number;
  timeMs: number;
  /** Made when first drawn. */
  matte: Matte | null;
}

/**
 * Brings the matte of a frame to the GPU. It is made once a mask (`MatteFilter`) and belongs to the frame whose mask it was
 * made of, and to no other.
 */
export class MatteMaker {
  readonly #context: GlContext;
  readonly #drawGuide: (frame: GpuFrame, quality: Quality) => SmallPicture;
  readonly #filter = new MatteFilter();
  readonly #blocks: BlockMesh;
  #textures: SizedTextures | null = null;
  #stage: WebGLTexture | null = null;
  #inUse: MaskInUse | null = null;
  /** What the blocks were judged by. */
  #judgedBy = '';

  /** @param drawGuide for masks that come without their guide */
  constructor(context: GlContext, drawGuide: (frame: GpuFrame, quality: Quality) => SmallPicture) {
    this.#context = context;
    this.#drawGuide = drawGuide;
    this.#blocks = new BlockMesh(context);
  }

  /** Whether there is a mask that was made for this frame. */
  hasMaskOf(frame: GpuFrame): boolean {
    return this.#inUse?.frame === frame;
  }

  /**
   * The mask that was made for a frame; the array stays the caller's, and as it is until the next mask.
   *
   * @throws VirtualBackgroundError `internal` where the GPU has no memory left; the frame has no mask then
   */
  setMask(frame: GpuFrame, mask: Mask, { quality, timeMs = performance.now(), guide = null }: MaskOptions): void {
    // A texture that found no memory holds another frame's picture still: its room would be cut out with this mask.
    this.#assertMemory();
    const last = this.#inUse;
    this.#inUse = {
      frame,
      mask,
      quality,
      guide: guide ?? this.#drawGuide(frame, quality),
      lastGuide: last?.guide ?? null,
      elapsedMs: timeMs - (last?.timeMs ?? 0),
      timeMs,
      matte: null,
    };
  }

  clear(): void {
    this.#filter.clear();
    this.#inUse = null;
  }

  /** @returns null without a mask of this frame */
  resolve(frame: GpuFrame, look: MatteLook, output: Size): MatteTextures | null {
    const inUse = this.#inUse;
    if (inUse?.frame !== frame) return null;
    if (!inUse.matte) {
      const matte = this.#filter.make({ ...inUse, strength: look.temporalStrength });
      // First: should the upload fail, the blocks and textures of another frame's matte must not pass for this one's.
      this.#judgedBy = '';
      this.#upload(matte);
      inUse.matte = matte;
    }
    const edge = edgeOf(look);
    const judgedBy = [...edge, output.width, output.height].join();
    if (judgedBy !== this.#judgedBy) this.#blocks.update(verdictsOf(inUse.matte, output, edge), output);
    this.#judgedBy = judgedBy;
    const { lines, person, room } = this.#fitTextures(inUse.matte);
    return { lines, person, room, partOf: (verdict) => this.#blocks.partOf(verdict) };
  }

  /** Probability as the network gave it or as time steadied it, in red; null before {@link resolve}. */
  drawStage(stage: 'raw' | 'steady'): WebGLTexture | null {
    const matte = this.#inUse?.matte;
    if (!matte) return null;
    this.#stage ??= this.#context.createTexture();
    this.#context.uploadFloats(this.#stage, matte[stage], matte);
    return this.#stage;
  }

  dispose(): void {
    this.#inUse = null;
    this.#deleteTextures();
    if (this.#stage) this.#context.deleteTexture(this.#stage);
    this.#stage = null;
    this.#blocks.dispose();
  }

  #upload(matte: Matte): void {
    const context = this.#context;
    const { lines, person, room } = this.#fitTextures(matte);
    context.uploadLines(lines, matte.lines, matte);
    context.uploadBytes(person, { width: matte.width, height: matte.height, pixels: matte.person });
    context.uploadBytes(room, { width: matte.width, height: matte.height, pixels: matte.room });
  }

  #fitTextures({ width, height }: Size): SizedTextures {
    if (this.#textures?.size.width === width && this.#textures.size.height === height) return this.#textures;
    this.#deleteTextures();
    const context = this.#context;
    const size = { width, height };
    this.#textures = { size, lines: context.createFilled(size, 'rgba16f'), person: context.createFilled(size, 'rgba8'), room: context.createFilled(size, 'rgba8') };
    // One that found no memory reads as a person everywhere.
    this.#assertMemory();
    return this.#textures;
  }

  #deleteTextures(): void {
    if (!this.#textures) return;
    const { lines, person, room } = this.#textures;
    for (const texture of [lines, person, room]) this.#context.deleteTexture(texture);
    this.#textures = null;
  }

  #assertMemory(): void {
    if (!this.#context.takeOutOfMemory()) return;
    this.#deleteTextures();
    throw new VirtualBackgroundError('internal', 'The GPU has no memory left for frames');
  }
}

/** Probabilities between which the person fades in. */
export function edgeOf({ edgeSoftness }: MatteLook): readonly [number, number] {
  const reach = Math.max(LEAST_SOFTNESS, edgeSoftness) / 2;
  return [0.5 - reach, 0.5 + reach];
}
