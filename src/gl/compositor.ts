import { DEBUG_VIEWS, DEFAULT_LOOK, type BackgroundFit, type DebugView, type FrameImage, type Mask, type MatteLook, type PictureRect, type PowerPreference, type Quality, type Size } from '../types';
import compositeSource from '../shaders/composite.frag.glsl?raw';
import debugSource from '../shaders/debug.frag.glsl?raw';
import { BlurPass, type BlurShape } from './blur-pass';
import { FrameRing, type GpuFrame } from './frame-ring';
import type { Matte } from './guided-pass';
import { GlContext, type GlCanvas, type GlObjectCounts, type Program, type RenderTarget } from './gl-context';
import { MatteMaker, edgeOf, type MaskOptions } from './matte-maker';
import { PicturePass } from './picture-pass';
import { SmallCopyPass } from './small-copy-pass';

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
  /** A stage of the matte in place of the picture. */
  debug?: DebugView | null;
  /** Size of the canvas against the frame's, 0…1; 1 when left out. */
  outputScale?: number;
}

/** BACKGROUND in composite.frag.glsl. */
const BACKGROUND = { none: 0, picture: 1, blur: 2, color: 3 } as const;
/** Shown in place of a picture that isn't there (yet): a calm dark grey, sRGB-encoded. */
export const FALLBACK_COLOR = [0.16, 0.17, 0.19] as const;
/** Size of what light the background throws, against the output. */
const GLOW_SCALE = 1 / 24;
const DEFAULT_BLUR = 0.025;
/** The curtain's blur, as a share of the frame's longer side: nothing smaller than a wall stays legible. */
const CURTAIN_RADIUS = 1 / 12;

/**
 * Draws frames: the passes in drawing order. A frame is uploaded once ({@link takeFrame}), waits for its mask
 * ({@link setMask}) and is drawn as often as needed ({@link render}): the person with the mask that was made for that
 * very frame, or nobody. Owns its context and everything in it until {@link dispose}.
 */
export class Compositor {
  readonly #context: GlContext;
  readonly #frames: FrameRing;
  readonly #copy: SmallCopyPass;
  readonly #matte: MatteMaker;
  readonly #picture: PicturePass;
  readonly #blur: BlurPass;
  readonly #programs = new Map<string, Program>();
  #glow: { target: RenderTarget; of: number } | null = null;
  #look: MatteLook = DEFAULT_LOOK;
  #disposed = false;

  /**
   * @param powerPreference which GPU to ask for
   * @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed`
   */
  constructor(canvas: GlCanvas, powerPreference?: PowerPreference) {
    this.#context = new GlContext(canvas, powerPreference);
    this.#frames = new FrameRing(this.#context);
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

  get hasPicture(): boolean {
    return this.#picture.hasPicture;
  }

  /**
   * The one upload of a frame.
   *
   * @param image stays the caller's
   * @param size as shown, pixels
   * @returns held until {@link releaseFrame}
   */
  takeFrame(image: FrameImage, size: Size): GpuFrame {
    return this.#frames.upload(image, size);
  }

  /** One user more for a frame, who releases it as well. */
  holdFrame(frame: GpuFrame): GpuFrame {
    return this.#frames.hold(frame);
  }

  releaseFrame(frame: GpuFrame): void {
    this.#frames.release(frame);
  }

  /**
   * What a network is to see of a frame, left on the GPU; the compositor keeps ownership, until the next call.
   *
   * @param rect null = the whole frame
   */
  drawInput(frame: GpuFrame, size: Size, rect: PictureRect | null = null): WebGLTexture {
    return this.#matte.drawInput(frame, size, rect).texture;
  }

  /**
   * The same, read back: waits for the GPU.
   *
   * @param into RGBA 0…255, `width * height * 4` bytes, top row first
   */
  readInput(frame: GpuFrame, size: Size, rect: PictureRect | null, into: Uint8Array): void {
    this.#context.readPixels(this.#matte.drawInput(frame, size, rect), into);
  }

  /**
   * The mask that was made for a frame; the array stays the caller's.
   *
   * @throws VirtualBackgroundError `internal` where the GPU has no memory left
   */
  setMask(frame: GpuFrame, mask: Mask, options: MaskOptions): void {
    this.#matte.setMask(frame, mask, options);
  }

  hasMaskOf(frame: GpuFrame): boolean {
    return this.#matte.hasMaskOf(frame);
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

  /** Draws a frame onto the canvas, which takes its size: with the mask that was made for it, or the curtain. */
  render(frame: GpuFrame, { background, quality, debug = null, outputScale = 1, ...look }: CompositorOptions): DrawnAs {
    this.#look = { ...DEFAULT_LOOK, ...look };
    const size = this.#fitCanvas(frame.size, outputScale);
    if (background.kind === 'none') {
      this.#draw('none', frame, null, {});
      return 'raw';
    }
    const matte = this.#matte.resolve(frame, quality, this.#look, size);
    if (matte && debug) this.#drawDebug(debug, frame, matte);
    else if (background.kind === 'blur') this.#drawBlur(background, frame, matte, quality);
    else if (background.kind === 'picture') this.#drawPicture(background.fit, frame, matte);
    else this.#draw('color', frame, matte, { u_color: background.color });
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
    this.#frames.dispose();
    this.#context.dispose();
  }

  /** Setting a canvas's size clears it, so only where it changes. */
  #fitCanvas({ width, height }: Size, scale: number): Size {
    const { canvas } = this.#context;
    const size = scale === 1 ? { width, height } : { width: toEven(width * scale), height: toEven(height * scale) };
    if (canvas.width !== size.width) canvas.width = size.width;
    if (canvas.height !== size.height) canvas.height = size.height;
    return size;
  }

  #drawBlur({ radius: wanted, shape = 'gaussian' }: BackgroundMode & { kind: 'blur' }, frame: GpuFrame, matte: Matte | null, quality: Quality): void {
    const { width, height } = this.#context.canvas;
    const size = { width, height };
    const radius = matte ? (wanted ?? defaultBlurRadius(size, shape)) : Math.max(width, height) * CURTAIN_RADIUS;
    const blurred = this.#blur.render({ frame: frame.texture, matte: matte?.lines ?? null, frameSize: size, radius, shape, quality });
    this.#draw('blur', frame, matte, { u_background: blurred.texture });
  }

  #drawPicture(fit: BackgroundFit, frame: GpuFrame, matte: Matte | null): void {
    const { width, height } = this.#context.canvas;
    const size = { width, height };
    this.#picture.setFit(fit);
    const picture = this.#picture.render(size);
    if (picture) {
      const glow = matte && { u_glow: this.#drawGlow(picture, size) };
      this.#draw('picture', frame, matte, { u_background: this.#context.nearest(picture.texture), ...glow });
    } else {
      this.#draw('color', frame, matte, { u_color: FALLBACK_COLOR });
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
  #draw(kind: keyof typeof BACKGROUND, { texture, textureSize }: GpuFrame, matte: Matte | null, uniforms: Record<string, unknown>): void {
    const context = this.#context;
    const program = this.#compositeProgram(kind, matte !== null);
    const { width, height } = context.canvas;
    const isExact = textureSize.width === width && textureSize.height === height;
    const frame = isExact ? context.nearest(texture) : texture;
    const person = matte && {
      u_matte: matte.lines,
      u_person: matte.person,
      u_room: matte.room,
      u_blocks: context.nearest(matte.blocks),
      u_blockScale: matte.blockScale,
      u_edge: edgeOf(this.#look),
      u_lightWrap: this.#look.lightWrap,
    };
    context.draw(program, null, { ...(matte || kind === 'none' ? { u_frame: frame } : {}), ...person, ...uniforms });
  }

  #drawDebug(view: DebugView, { texture }: GpuFrame, matte: Matte): void {
    const context = this.#context;
    const { stages } = this.#matte;
    const seen = { u_frame: texture, u_matte: matte.lines, u_edge: edgeOf(this.#look) };
    const uniforms: Record<DebugView, Record<string, unknown>> = {
      mask: { u_mask: stages?.raw.texture },
      time: { u_mask: stages?.steady.texture },
      matte: seen,
      blocks: { u_blocks: context.nearest(matte.blocks), u_blockScale: matte.blockScale },
      colors: { ...seen, u_person: matte.person, u_room: matte.room },
    };
    const program = this.#program(`debug ${view}`, debugSource, { VIEW: DEBUG_VIEWS.indexOf(view) + 1 });
    context.draw(program, null, uniforms[view]);
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

/** Video encoders want even sizes. */
function toEven(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}

/** A disc is as strong a blur as a Gaussian of half its radius. */
function defaultBlurRadius({ width, height }: Size, shape: BlurShape): number {
  return Math.max(4, Math.min(width, height) * DEFAULT_BLUR) * (shape === 'disc' ? 2 : 1);
}
