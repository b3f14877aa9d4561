import { DEBUG_VIEWS, DEFAULT_LOOK, type BackgroundFit, type DebugView, type FrameImage, type Mask, type MatteLook, type PictureRect, type PowerPreference, type Quality, type Size, type SmallPicture } from '../types';
import compositeSource from '../shaders/composite.frag.glsl?raw';
import debugSource from '../shaders/debug.frag.glsl?raw';
import { VERDICTS } from '../matte/verdicts';
import { BlurPass, type BlurShape } from './blur-pass';
import { FALLBACK_COLOR } from './fallback-color';
import { FrameCopies } from './frame-copies';
import { FrameRing, type GpuFrame } from './frame-ring';
import { GlContext, type GlObjectCounts, type MeshPart, type Program, type RenderTarget } from './gl-context';
import { MatteMaker, edgeOf, type MaskOptions, type MatteTextures } from './matte-maker';
import { PicturePass } from './picture-pass';
import { SmallCopyPass } from './small-copy-pass';
import type { GlCanvas } from './webgl2';

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
  readonly #copies: FrameCopies;
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
    this.#copies = new FrameCopies(this.#context, this.#copy);
    this.#matte = new MatteMaker(this.#context, (frame, quality) => this.readGuideNow(frame, quality));
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
    return this.#copies.drawInput(frame, size, rect).texture;
  }

  /**
   * The same, read back: waits for the GPU.
   *
   * @param into RGBA 0…255, `width * height * 4` bytes, top row first
   */
  readInput(frame: GpuFrame, size: Size, rect: PictureRect | null, into: Uint8Array): void {
    this.#context.readPixels(this.#copies.drawInput(frame, size, rect), into);
  }

  /**
   * The small picture that guides the matte of a frame, without waiting for the GPU.
   *
   * @throws VirtualBackgroundError where the GPU hangs or its context is lost
   */
  readGuide(frame: GpuFrame, quality: Quality): Promise<SmallPicture> {
    return this.#copies.readGuide(frame, quality);
  }

  /** The same at once: waits for the GPU. */
  readGuideNow(frame: GpuFrame, quality: Quality): SmallPicture {
    return this.#copies.readGuideNow(frame, quality);
  }

  /**
   * The mask that was made for a frame; the array stays the caller's, and as it is until the next mask.
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
      this.#drawFrame(frame);
      return 'raw';
    }
    const matte = this.#matte.resolve(frame, this.#look, size);
    if (matte && debug) this.#drawDebug(debug, frame, matte);
    else if (background.kind === 'blur') this.#drawBlur(background, frame, matte, quality);
    else if (background.kind === 'picture') this.#drawPicture(background.fit, frame, matte);
    else this.#draw('color', { u_color: background.color }, frame, matte);
    return matte ? 'person' : 'curtain';
  }

  /** Deletes every GL object. Safe to call twice. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#glow) this.#context.deleteTarget(this.#glow.target);
    this.#glow = null;
    for (const pass of [this.#matte, this.#copies, this.#copy, this.#picture, this.#blur]) pass.dispose();
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

  #drawBlur({ radius: wanted, shape = 'gaussian' }: BackgroundMode & { kind: 'blur' }, frame: GpuFrame, matte: MatteTextures | null, quality: Quality): void {
    const { width, height } = this.#context.canvas;
    const size = { width, height };
    const radius = matte ? (wanted ?? defaultBlurRadius(size, shape)) : Math.max(width, height) * CURTAIN_RADIUS;
    const blurred = this.#blur.render({ frame: frame.texture, matte: matte?.lines ?? null, frameSize: size, radius, shape, quality });
    this.#draw('blur', { u_background: blurred.texture }, frame, matte);
  }

  #drawPicture(fit: BackgroundFit, frame: GpuFrame, matte: MatteTextures | null): void {
    const { width, height } = this.#context.canvas;
    const size = { width, height };
    this.#picture.setFit(fit);
    const picture = this.#picture.render(size);
    if (!picture) return this.#draw('color', { u_color: FALLBACK_COLOR }, frame, matte);
    const glow = matte ? { u_glow: this.#drawGlow(picture, size) } : {};
    this.#draw('picture', { u_background: this.#context.nearest(picture.texture) }, frame, matte, glow);
  }

  #drawGlow(picture: RenderTarget, size: Size): WebGLTexture {
    const { version } = this.#picture;
    if (this.#glow?.of === version) return this.#glow.target.texture;
    const small = { width: Math.max(1, Math.round(size.width * GLOW_SCALE)), height: Math.max(1, Math.round(size.height * GLOW_SCALE)) };
    const target = this.#copy.draw(this.#glow?.target ?? null, { source: picture.texture, sourceSize: size, size: small });
    this.#glow = { target, of: version };
    return target.texture;
  }

  /**
   * The last pass, onto the canvas. Without a matte only the background is drawn; with one, each part of the picture by
   * the program that does no more than is seen there.
   */
  #draw(kind: Exclude<keyof typeof BACKGROUND, 'none'>, background: Record<string, unknown>, frame: GpuFrame, matte: MatteTextures | null, glow: Record<string, unknown> = {}): void {
    if (!matte) return this.#context.draw(this.#compositeProgram(kind, false), null, background);
    const [behind, rim, person] = [matte.partOf('background'), matte.partOf('rim'), matte.partOf('person')];
    if (behind) this.#context.draw(this.#compositeProgram(kind, false), null, background, behind);
    if (person) this.#drawFrame(frame, person);
    if (!rim) return;
    const uniforms = {
      u_frame: this.#frameOf(frame),
      u_matte: matte.lines,
      u_person: matte.person,
      u_room: matte.room,
      u_edge: edgeOf(this.#look),
      u_lightWrap: this.#look.lightWrap,
    };
    this.#context.draw(this.#compositeProgram(kind, true), null, { ...uniforms, ...background, ...glow }, rim);
  }

  /** The picture as it came. */
  #drawFrame(frame: GpuFrame, part?: MeshPart): void {
    this.#context.draw(this.#compositeProgram('none', false), null, { u_frame: this.#frameOf(frame) }, part);
  }

  #frameOf({ texture, textureSize }: GpuFrame): WebGLTexture | { texture: WebGLTexture; sampler: WebGLSampler } {
    const { width, height } = this.#context.canvas;
    return textureSize.width === width && textureSize.height === height ? this.#context.nearest(texture) : texture;
  }

  #drawDebug(view: DebugView, { texture }: GpuFrame, matte: MatteTextures): void {
    const context = this.#context;
    if (view === 'blocks') return this.#drawVerdicts(matte);
    const seen = { u_frame: texture, u_matte: matte.lines, u_edge: edgeOf(this.#look) };
    const uniforms: Record<Exclude<DebugView, 'blocks'>, Record<string, unknown>> = {
      mask: view === 'mask' ? { u_mask: this.#matte.drawStage('raw') } : {},
      time: view === 'time' ? { u_mask: this.#matte.drawStage('steady') } : {},
      matte: seen,
      colors: { ...seen, u_person: matte.person, u_room: matte.room },
    };
    const program = this.#program(`debug ${view}`, debugSource, { VIEW: DEBUG_VIEWS.indexOf(view) + 1 });
    context.draw(program, null, uniforms[view]);
  }

  #drawVerdicts(matte: MatteTextures): void {
    const program = this.#compositeProgram('color', false);
    for (const [index, verdict] of VERDICTS.entries()) {
      const part = matte.partOf(verdict);
      const grey = index / (VERDICTS.length - 1);
      if (part) this.#context.draw(program, null, { u_color: [grey, grey, grey] }, part);
    }
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
