import { DEBUG_VIEWS, DEFAULT_LOOK, type BackgroundFit, type DebugView, type FrameImage, type Mask, type MatteLook, type Quality, type Size } from '../types';
import compositeSource from '../shaders/composite.frag.glsl?raw';
import debugSource from '../shaders/debug.frag.glsl?raw';
import { BlurPass, type BlurShape } from './blur-pass';
import type { FrameTexture } from './frame-copies';
import type { Matte } from './guided-pass';
import { GlContext, type GlCanvas, type GlObjectCounts, type Program, type RenderTarget } from './gl-context';
import type { DenseMask } from './mask-pass';
import { MatteMaker, edgeOf } from './matte-maker';
import { PicturePass } from './picture-pass';
import { SmallCopyPass, type PictureRect } from './small-copy-pass';

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

export interface CompositorOptions extends Partial<MatteLook> {
  background: BackgroundMode;
  quality: Quality;
  /** How far the person has moved since the mask's frame: share of the picture's width and height. */
  shift?: readonly [number, number];
  /** A stage of the matte in place of the picture. */
  debug?: DebugView | null;
  /** Of the mask in use against the frame, milliseconds; for `debug: 'age'`. */
  maskAgeMs?: number;
}

const NO_SHIFT = [0, 0] as const;

/** BACKGROUND in composite.frag.glsl. */
const BACKGROUND = { none: 0, picture: 1, blur: 2, color: 3 } as const;
/** Shown in place of a picture that isn't there (yet): a calm dark grey, sRGB-encoded. */
export const FALLBACK_COLOR = [0.16, 0.17, 0.19] as const;
/** Shown as red by `debug: 'age'`. */
const OLD_MASK_MS = 300;
/** Size of what light the background throws, against the output. */
const GLOW_SCALE = 1 / 24;
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
  readonly #copy: SmallCopyPass;
  readonly #matte: MatteMaker;
  readonly #picture: PicturePass;
  readonly #blur: BlurPass;
  readonly #programs = new Map<string, Program>();
  #frameSize: Size | null = null;
  #outputSize: Size | null = null;
  /** Of the frame's own pixels, which need not be square. */
  #textureSize: Size | null = null;
  #glow: { target: RenderTarget; of: number } | null = null;
  #look: MatteLook = DEFAULT_LOOK;
  #shift: readonly [number, number] = NO_SHIFT;
  #disposed = false;

  /** @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed` */
  constructor(canvas: GlCanvas) {
    this.#context = new GlContext(canvas);
    this.#frame = this.#context.createTexture();
    this.#copy = new SmallCopyPass(this.#context);
    this.#matte = new MatteMaker(this.#context, this.#copy);
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
    return this.#matte.hasMask;
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
    this.#context.canvas.width = output.width;
    this.#context.canvas.height = output.height;
  }

  /**
   * Draws the small picture of the current frame and reads it back.
   *
   * @param into RGBA 0…255, `width * height * 4` bytes, top row first
   */
  readSegmenterInput(inputSize: Size, into: Uint8Array): void {
    const frame = this.#currentFrame();
    if (frame) this.#context.readPixels(this.#matte.drawInput(frame, inputSize), into);
  }

  /** The same of a part of the frame. */
  readSegmenterDetail(rect: PictureRect, inputSize: Size, into: Uint8Array): void {
    const frame = this.#currentFrame();
    if (frame) this.#context.readPixels(this.#matte.drawInput(frame, inputSize, rect), into);
  }

  /** Draws the small picture of the current frame and leaves it on the GPU; the compositor keeps ownership. */
  drawSegmenterInput(inputSize: Size): WebGLTexture | null {
    const frame = this.#currentFrame();
    return frame && this.#matte.drawInput(frame, inputSize).texture;
  }

  /**
   * A mask of the frame whose small picture was drawn last, on the GPU already.
   *
   * @param timeMs when that frame arrived
   */
  setDenseMask(mask: DenseMask, timeMs = performance.now()): void {
    this.#matte.setDenseMask(mask, timeMs);
  }

  /**
   * A mask of the frame whose small picture was drawn last. The array stays the caller's.
   *
   * @param timeMs when that frame arrived
   */
  setMask(mask: Mask, timeMs = performance.now()): void {
    this.#matte.setMask(mask, timeMs);
  }

  clearMask(): void {
    this.#matte.clear();
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
  render({ background, quality, shift = NO_SHIFT, debug = null, maskAgeMs = 0, ...look }: CompositorOptions, usesMask: boolean): DrawnAs {
    this.#look = { ...DEFAULT_LOOK, ...look };
    this.#shift = shift;
    const size = this.#outputSize;
    if (!this.#frameSize || !size) return 'curtain';
    if (background.kind === 'none') {
      this.#draw('none', null, {});
      return 'raw';
    }
    const matte = usesMask ? this.#matte.resolve(quality, this.#look, size) : null;
    if (matte && debug) {
      this.#drawDebug(debug, matte, maskAgeMs);
      return 'person';
    }
    if (background.kind === 'blur') this.#drawBlur(background, matte, quality, size);
    else if (background.kind === 'picture') this.#drawPicture(background.fit, matte, size);
    else this.#draw('color', matte, { u_color: background.color });
    return matte ? 'person' : 'curtain';
  }

  /** Deletes every GL object. Safe to call twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#glow) this.#context.deleteTarget(this.#glow.target);
    this.#glow = null;
    for (const pass of [this.#matte, this.#copy, this.#picture, this.#blur]) pass.dispose();
    for (const program of this.#programs.values()) this.#context.deleteProgram(program);
    this.#programs.clear();
    this.#context.deleteTexture(this.#frame);
    this.#context.dispose();
  }

  #currentFrame(): FrameTexture | null {
    return this.#frameSize && { texture: this.#frame, size: this.#frameSize };
  }

  #drawBlur({ radius: wanted, shape = 'gaussian' }: BackgroundMode & { kind: 'blur' }, matte: Matte | null, quality: Quality, size: Size): void {
    const curtainRadius = Math.max(size.width, size.height) * CURTAIN_RADIUS;
    const radius = matte ? (wanted ?? defaultBlurRadius(size, shape)) : curtainRadius;
    const blurred = this.#blur.render({ frame: this.#frame, matte: matte?.lines ?? null, shift: this.#shift, frameSize: size, radius, shape, quality });
    this.#draw('blur', matte, { u_background: blurred.texture });
  }

  #drawPicture(fit: BackgroundFit, matte: Matte | null, size: Size): void {
    this.#picture.setFit(fit);
    const picture = this.#picture.render(size);
    if (picture) {
      const glow = matte && { u_glow: this.#drawGlow(picture, size) };
      this.#draw('picture', matte, { u_background: this.#context.nearest(picture.texture), ...glow });
    } else {
      this.#draw('color', matte, { u_color: FALLBACK_COLOR });
    }
  }

  #drawGlow(picture: RenderTarget, size: Size): WebGLTexture {
    const { version } = this.#picture;
    if (this.#glow?.of === version) return this.#glow.target.texture;
    const small = { width: Math.max(1, Math.round(size.width * GLOW_SCALE)), height: Math.max(1, Math.round(size.height * GLOW_SCALE)) };
    const target = this.#copy.draw(this.#glow?.target ?? null, { source: picture.texture, sourceSize: size, size: small });
    this.#glow = { target, of: version };
    return target.texture;
  }

  /** The last pass, onto the canvas. Without a matte only the background is drawn. */
  #draw(kind: keyof typeof BACKGROUND, matte: Matte | null, uniforms: Record<string, unknown>): void {
    const context = this.#context;
    const program = this.#compositeProgram(kind, matte !== null);
    const { width, height } = context.canvas;
    const exact = this.#textureSize?.width === width && this.#textureSize.height === height;
    const frame = exact ? context.nearest(this.#frame) : this.#frame;
    const person = matte && {
      u_matte: matte.lines,
      u_person: matte.person,
      u_room: matte.room,
      u_blocks: context.nearest(matte.blocks),
      u_blockScale: matte.blockScale,
      u_shift: this.#shift,
      u_edge: edgeOf(this.#look),
      u_lightWrap: this.#look.lightWrap,
    };
    context.draw(program, null, { ...(matte || kind === 'none' ? { u_frame: frame } : {}), ...person, ...uniforms });
  }

  #drawDebug(view: DebugView, matte: Matte, maskAgeMs: number): void {
    const context = this.#context;
    const { stages } = this.#matte;
    const seen = { u_frame: this.#frame, u_matte: matte.lines, u_edge: edgeOf(this.#look) };
    const uniforms: Record<DebugView, Record<string, unknown>> = {
      mask: { u_mask: stages?.raw.texture },
      time: { u_mask: stages?.steady.texture },
      matte: seen,
      blocks: { u_blocks: context.nearest(matte.blocks), u_blockScale: matte.blockScale },
      colors: { ...seen, u_person: matte.person, u_room: matte.room },
      age: { ...seen, u_age: Math.min(1, maskAgeMs / OLD_MASK_MS) },
    };
    const program = this.#program(`debug ${view}`, debugSource, { VIEW: DEBUG_VIEWS.indexOf(view) + 1 });
    context.draw(program, null, { ...uniforms[view], u_shift: this.#shift });
  }

  #compositeProgram(kind: keyof typeof BACKGROUND, person: boolean): Program {
    return this.#program(`composite ${kind}${person ? ' with person' : ''}`, compositeSource, { BACKGROUND: BACKGROUND[kind], PERSON: person ? 1 : 0 });
  }

  /** Compiled when first needed. */
  #program(name: string, source: string, defines: Record<string, number>): Program {
    let program = this.#programs.get(name);
    if (!program) {
      program = this.#context.createProgram(name, source, defines);
      this.#programs.set(name, program);
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
