import type { BackgroundFit, FrameImage, Mask, Quality, Size } from '../types';
import compositeSource from '../shaders/composite.frag.glsl?raw';
import { BlurPass, type BlurShape } from './blur-pass';
import { GuidedPass, matteSizeFor, type Matte } from './guided-pass';
import { GlContext, type GlCanvas, type GlObjectCounts, type Program } from './gl-context';
import { MaskPass, type DenseMask } from './mask-pass';
import { PicturePass } from './picture-pass';
import { SegmenterInputPass } from './segmenter-input-pass';

/** What stands behind the person. `picture` draws whatever {@link Compositor.setPicture} got last. */
export type BackgroundMode =
  | { kind: 'none' }
  /**
   * `radius` in output pixels: of a Gaussian (unless told) the standard deviation, as CSS `blur()`, null = 2.5 % of
   * the shorter side; of a disc the disc's radius, null = 5 %.
   */
  | { kind: 'blur'; radius: number | null; shape?: BlurShape }
  /** sRGB-encoded, 0…1. */
  | { kind: 'color'; color: readonly [number, number, number] }
  | { kind: 'picture'; fit: BackgroundFit };

/** What a frame was drawn as; `raw` is the room itself, which only `background="none"` may show. */
export type DrawnAs = 'person' | 'curtain' | 'raw';

export interface CompositorOptions {
  background: BackgroundMode;
  quality: Quality;
}

/** BACKGROUND in composite.frag.glsl. */
const BACKGROUND = { none: 0, picture: 1, blur: 2, color: 3 } as const;
/** Shown in place of a picture that isn't there (yet): a calm dark grey, sRGB-encoded. */
export const FALLBACK_COLOR = [0.16, 0.17, 0.19] as const;
/** Probabilities between which the person fades in. */
const EDGE = [0.3, 0.7] as const;
const DEFAULT_BLUR = 0.025;
/** The curtain's blur, as a share of the frame's longer side: nothing smaller than a wall stays legible. */
const CURTAIN_RADIUS = 1 / 12;

/**
 * Draws frames: the passes in drawing order. One frame is uploaded once ({@link setFrame}) and drawn as
 * often as needed ({@link render}). Owns its context and everything in it until {@link dispose}.
 */
export class Compositor {
  readonly #context: GlContext;
  readonly #frame: WebGLTexture;
  readonly #input: SegmenterInputPass;
  readonly #mask: MaskPass;
  readonly #guided: GuidedPass;
  readonly #picture: PicturePass;
  readonly #blur: BlurPass;
  readonly #composites = new Map<string, Program>();
  #frameSize: Size | null = null;
  #outputSize: Size | null = null;
  /** Of the frame's own pixels, which need not be square. */
  #textureSize: Size | null = null;
  /** Made of the mask in use at a quality; null = to be made. */
  #matte: { matte: Matte; quality: Quality } | null = null;

  /** @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed` */
  constructor(canvas: GlCanvas) {
    this.#context = new GlContext(canvas);
    this.#frame = this.#context.createTexture();
    this.#input = new SegmenterInputPass(this.#context);
    this.#mask = new MaskPass(this.#context);
    this.#guided = new GuidedPass(this.#context);
    this.#picture = new PicturePass(this.#context);
    this.#blur = new BlurPass(this.#context);
    // The curtain must be there at once, whatever else has to be compiled.
    this.#compositeProgram('color', false);
  }

  get context(): GlContext {
    return this.#context;
  }

  get counts(): Readonly<GlObjectCounts> {
    return this.#context.counts;
  }

  get hasMask(): boolean {
    return this.#mask.mask !== null;
  }

  get hasPicture(): boolean {
    return this.#picture.hasPicture;
  }

  /**
   * The one upload of a frame. The image stays the caller's. A new size resizes the canvas.
   *
   * @param outputScale size of the canvas against the frame's, 0…1
   */
  setFrame(image: FrameImage, { width, height }: Size, outputScale = 1): void {
    this.#context.uploadImage(this.#frame, image);
    this.#frameSize = { width, height };
    this.#textureSize = textureSizeOf(image);
    const output = outputScale === 1 ? this.#frameSize : { width: toEven(width * outputScale), height: toEven(height * outputScale) };
    if (this.#outputSize?.width === output.width && this.#outputSize.height === output.height) return;
    this.#outputSize = output;
    this.#matte = null;
    this.#context.canvas.width = output.width;
    this.#context.canvas.height = output.height;
  }

  /**
   * Draws the small picture of the current frame and reads it back.
   *
   * @param into RGBA 0…255, `width * height * 4` bytes, top row first
   */
  readSegmenterInput(inputSize: Size, into: Uint8Array): void {
    if (!this.#frameSize) return;
    this.#context.readPixels(this.#input.render(this.#frame, this.#frameSize, inputSize), into);
  }

  /** Draws the small picture of the current frame and leaves it on the GPU; the compositor keeps ownership. */
  drawSegmenterInput(inputSize: Size): WebGLTexture | null {
    return this.#frameSize && this.#input.render(this.#frame, this.#frameSize, inputSize).texture;
  }

  /** A mask of the frame whose small picture was drawn last, on the GPU already. */
  setDenseMask(mask: DenseMask): void {
    this.#mask.setDenseMask(mask);
    this.#matte = null;
  }

  /** A mask of the frame whose small picture was drawn last. The array stays the caller's. */
  setMask(mask: Mask): void {
    this.#mask.setMask(mask);
    this.#matte = null;
  }

  clearMask(): void {
    this.#mask.clear();
    this.#matte = null;
  }

  setPicture(image: FrameImage, size: Size): void {
    this.#picture.setPicture(image, size);
  }

  clearPicture(): void {
    this.#picture.clear();
  }

  /**
   * Draws the current frame onto the canvas.
   *
   * @param usesMask false when the mask must not be used (too old): the curtain is drawn
   */
  render({ background, quality }: CompositorOptions, usesMask: boolean): DrawnAs {
    const size = this.#outputSize;
    if (!this.#frameSize || !size) return 'curtain';
    if (background.kind === 'none') {
      this.#draw('none', null, {});
      return 'raw';
    }
    const matte = usesMask ? this.#resolveMatte(quality, size) : null;
    if (background.kind === 'blur') this.#drawBlur(background, matte, quality, size);
    else if (background.kind === 'picture') this.#drawPicture(background.fit, matte, size);
    else this.#draw('color', matte, { u_color: background.color });
    return matte ? 'person' : 'curtain';
  }

  /** Deletes every GL object. Safe to call twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const pass of [this.#input, this.#mask, this.#guided, this.#picture, this.#blur]) pass.dispose();
    for (const program of this.#composites.values()) this.#context.deleteProgram(program);
    this.#composites.clear();
    this.#context.deleteTexture(this.#frame);
    this.#context.dispose();
  }

  #disposed = false;

  /** The mask's passes, once a mask rather than once a frame. */
  #resolveMatte(quality: Quality, output: Size): Matte | null {
    if (this.#matte?.quality === quality) return this.#matte.matte;
    const guide = this.#input.target;
    const { mask } = this.#mask;
    const probability = guide && this.#mask.render(matteSizeFor(guide, quality));
    if (!guide || !mask || !probability) return null;
    const matte = this.#guided.render({ probability, guide, cell: probability.width / mask.width, quality, output, edge: EDGE });
    this.#matte = { matte, quality };
    return matte;
  }

  #drawBlur({ radius: wanted, shape = 'gaussian' }: BackgroundMode & { kind: 'blur' }, matte: Matte | null, quality: Quality, size: Size): void {
    const curtainRadius = Math.max(size.width, size.height) * CURTAIN_RADIUS;
    const radius = matte ? (wanted ?? defaultBlurRadius(size, shape)) : curtainRadius;
    const blurred = this.#blur.render({ frame: this.#frame, matte: matte?.lines ?? null, frameSize: size, radius, shape, quality });
    this.#draw('blur', matte, { u_background: blurred.texture });
  }

  #drawPicture(fit: BackgroundFit, matte: Matte | null, size: Size): void {
    this.#picture.setFit(fit);
    const picture = this.#picture.render(size);
    if (picture) this.#draw('picture', matte, { u_background: this.#context.nearest(picture.texture) });
    else this.#draw('color', matte, { u_color: FALLBACK_COLOR });
  }

  /** The last pass, onto the canvas. Without a matte only the background is drawn. */
  #draw(kind: keyof typeof BACKGROUND, matte: Matte | null, uniforms: Record<string, unknown>): void {
    const context = this.#context;
    const program = this.#compositeProgram(kind, matte !== null);
    const { width, height } = context.canvas;
    const exact = this.#textureSize?.width === width && this.#textureSize.height === height;
    const frame = exact ? context.nearest(this.#frame) : this.#frame;
    const person = matte && { u_matte: matte.lines, u_blocks: context.nearest(matte.blocks), u_blockScale: matte.blockScale, u_edge: EDGE };
    context.draw(program, null, { ...(matte || kind === 'none' ? { u_frame: frame } : {}), ...person, ...uniforms });
  }

  #compositeProgram(kind: keyof typeof BACKGROUND, person: boolean): Program {
    const key = `${kind}${person ? ' with person' : ''}`;
    let program = this.#composites.get(key);
    if (!program) {
      program = this.#context.createProgram(`composite ${key}`, compositeSource, { BACKGROUND: BACKGROUND[kind], PERSON: person ? 1 : 0 });
      this.#composites.set(key, program);
    }
    return program;
  }
}

function textureSizeOf(image: FrameImage): Size | null {
  if ('visibleRect' in image) return image.visibleRect;
  if ('videoWidth' in image) return { width: image.videoWidth, height: image.videoHeight };
  return image;
}

/** Video encoders want even sizes. */
function toEven(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}

/** A disc is as strong a blur as a Gaussian of half its radius. */
function defaultBlurRadius({ width, height }: Size, shape: BlurShape): number {
  return Math.max(4, Math.min(width, height) * DEFAULT_BLUR) * (shape === 'disc' ? 2 : 1);
}
