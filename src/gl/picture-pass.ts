import type { BackgroundFit, FrameImage, Size } from '../types';
import fitSource from '../shaders/fit.frag.glsl?raw';
import type { GlContext, Program, RenderTarget } from './gl-context';
import { tapsFor } from './taps';

export interface Placement {
  /** Output coordinate (0…1) to source coordinate: `source = output * scale + offset`. */
  scale: [number, number];
  offset: [number, number];
}

/** Where a source lies in the output, as CSS `object-fit` with `object-position: center`. */
export function placePicture(source: Size, output: Size, fit: BackgroundFit): Placement {
  if (fit === 'fill') return { scale: [1, 1], offset: [0, 0] };
  const ratioX = output.width / source.width;
  const ratioY = output.height / source.height;
  const zoom = fit === 'cover' ? Math.max(ratioX, ratioY) : Math.min(ratioX, ratioY);
  const scaleX = ratioX / zoom;
  const scaleY = ratioY / zoom;
  return { scale: [scaleX, scaleY], offset: [(1 - scaleX) / 2, (1 - scaleY) / 2] };
}

/**
 * The background picture (image or movie frame), placed once in a texture of the output's size and drawn
 * again only when the picture, the size or the fit changes.
 */
export class PicturePass {
  readonly #context: GlContext;
  readonly #program: Program;
  readonly #source: WebGLTexture;
  #sourceSize: Size | null = null;
  #target: RenderTarget | null = null;
  #fit: BackgroundFit = 'cover';
  #dirty = true;
  #version = 0;

  constructor(context: GlContext) {
    this.#context = context;
    this.#program = context.createProgram('fit', fitSource);
    this.#source = context.createTexture();
  }

  get hasPicture(): boolean {
    return this.#sourceSize !== null;
  }

  /** Another number whenever the placed picture was drawn again. */
  get version(): number {
    return this.#version;
  }

  /** Copies the picture to the GPU; the image stays the caller's. */
  setPicture(image: FrameImage, size: Size): void {
    this.#context.uploadImage(this.#source, image, size);
    this.#sourceSize = { width: size.width, height: size.height };
    this.#dirty = true;
  }

  setFit(fit: BackgroundFit): void {
    this.#dirty ||= fit !== this.#fit;
    this.#fit = fit;
  }

  clear(): void {
    this.#sourceSize = null;
  }

  /** @returns the placed picture, or null when there is none; the pass keeps ownership */
  render(output: Size): RenderTarget | null {
    if (!this.#sourceSize) return null;
    const before = this.#target;
    this.#target = this.#context.fitTarget(before, output, 'rgba8');
    if (this.#target === before && !this.#dirty) return before;
    const { scale, offset } = placePicture(this.#sourceSize, output, this.#fit);
    const covered = { width: output.width / scale[0], height: output.height / scale[1] };
    this.#context.draw(this.#program, this.#target, {
      u_source: this.#source,
      u_scale: scale,
      u_offset: offset,
      u_texel: [1 / covered.width, 1 / covered.height],
      u_taps: tapsFor(this.#sourceSize, covered),
      u_surround: [0, 0, 0],
    });
    this.#dirty = false;
    this.#version += 1;
    return this.#target;
  }

  dispose(): void {
    if (this.#target) this.#context.deleteTarget(this.#target);
    this.#target = null;
    this.#context.deleteTexture(this.#source);
    this.#context.deleteProgram(this.#program);
  }
}
