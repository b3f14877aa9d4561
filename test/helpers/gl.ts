import { expect } from 'chai';
import { Compositor, type BackgroundMode, type CompositorOptions, type DrawnAs } from '../../src/gl/compositor';
import type { GpuFrame } from '../../src/gl/frame-ring';
import { FULL_FRAME_GEOMETRY } from '../../src/segmentation/network-input';
import type { DebugView, Mask, MaskGeometry, MatteLook, PictureRect, Quality, Size } from '../../src/types';
import { createCanvas, readCanvas, type Picture } from './pixels';

/** Size of the network's small picture, and of its mask, unless a test says otherwise. */
export const INPUT: Size = { width: 256, height: 144 };

const made: Compositor[] = [];
/** What each compositor drew last. */
const frames = new WeakMap<Compositor, GpuFrame>();

/** A compositor on a canvas of the page, disposed by {@link disposeCompositors}. */
export function createCompositor(): Compositor {
  const compositor = new Compositor(createCanvas({ width: 2, height: 2 }));
  made.push(compositor);
  return compositor;
}

/** The same as on a device that cannot draw into float textures. */
export function createPlainCompositor(): Compositor {
  const canvas = createCanvas({ width: 2, height: 2 });
  const gl = canvas.getContext('webgl2', { alpha: false }) as WebGL2RenderingContext;
  const getExtension = gl.getExtension.bind(gl);
  gl.getExtension = ((name: string) => (name === 'WEBGL_lose_context' ? (getExtension(name) as unknown) : null)) as typeof gl.getExtension;
  const compositor = new Compositor(canvas);
  expect(compositor.context.floatTargets).to.equal(false);
  made.push(compositor);
  return compositor;
}

/** The same as on a GPU that has the extensions, but no framebuffers of more bits for a pixel than this. */
export function createLimitedCompositor(bitsPerPixel: number): Compositor {
  const canvas = createCanvas({ width: 2, height: 2 });
  const gl = canvas.getContext('webgl2', { alpha: false }) as WebGL2RenderingContext;
  const bits: Record<number, number> = { [gl.RGBA32F]: 128, [gl.RGBA16F]: 64, [gl.RGBA8]: 32, [gl.RG16F]: 32, [gl.R16F]: 16, [gl.R8]: 8 };
  const formats = new WeakMap<WebGLTexture, number>();
  let bound: WebGLTexture | null = null;
  let used = 0;
  const spy = (name: 'bindTexture' | 'texImage2D' | 'bindFramebuffer' | 'framebufferTexture2D', note: (values: unknown[]) => void): void => {
    const original = (gl[name] as (...values: unknown[]) => void).bind(gl);
    Object.assign(gl, { [name]: (...values: unknown[]) => (note(values), original(...values)) });
  };
  spy('bindTexture', ([, texture]) => (bound = texture as WebGLTexture | null));
  spy('texImage2D', ([, , format]) => bound && formats.set(bound, format as number));
  spy('bindFramebuffer', () => (used = 0));
  spy('framebufferTexture2D', ([, , , texture]) => (used += bits[formats.get(texture as WebGLTexture) ?? 0] ?? 0));
  const check = gl.checkFramebufferStatus.bind(gl);
  gl.checkFramebufferStatus = (target) => (used > bitsPerPixel ? gl.FRAMEBUFFER_UNSUPPORTED : check(target));
  const compositor = new Compositor(canvas);
  made.push(compositor);
  return compositor;
}

/** For `afterEach`: also asserts that WebGL had nothing to complain about. */
export function disposeCompositors(): void {
  for (const compositor of made.splice(0)) {
    expectNoGlError(compositor);
    compositor.dispose();
    // Browsers keep only a few contexts; the oldest would be lost in a later test.
    compositor.context.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

export function expectNoGlError({ context: { gl } }: Compositor): void {
  if (!gl.isContextLost()) expect(gl.getError(), 'gl.getError()').to.equal(gl.NO_ERROR);
}

/** A mask whose cell at a column and a row has this value. */
export function createMask(
  size: Size,
  valueAt: (column: number, row: number) => number,
  { kind = 'probability', geometry = FULL_FRAME_GEOMETRY }: { kind?: Mask['kind']; geometry?: MaskGeometry } = {},
): Mask {
  const data = Float32Array.from({ length: size.width * size.height }, (_value, index) => valueAt(index % size.width, Math.floor(index / size.width)));
  return { ...size, data, kind, geometry };
}

/** 1 on the left of a share of the width, 0 on its right. */
export const leftMask = (size = INPUT, share = 0.5): Mask => createMask(size, (column) => (column + 0.5 < size.width * share ? 1 : 0));

export const fullMask = (value: number): Mask => createMask(INPUT, () => value);

export interface Scene {
  frame: HTMLCanvasElement;
  background: BackgroundMode;
  /** Missing: no mask yet. */
  mask?: Mask;
  /** A mask that was made for the frame before this one, which looked the same. */
  maskOfAnother?: Mask;
  quality?: Quality;
  /** Masks count at once unless a test says otherwise, and light stays where it is. */
  look?: Partial<MatteLook>;
  /** When the mask's frame arrived. */
  timeMs?: number;
  debug?: DebugView;
}

/** A frame on the GPU; the last one goes. */
export function takeFrame(compositor: Compositor, frame: HTMLCanvasElement): GpuFrame {
  const last = frames.get(compositor);
  if (last) compositor.releaseFrame(last);
  const taken = compositor.takeFrame(frame, { width: frame.width, height: frame.height });
  frames.set(compositor, taken);
  return taken;
}

/** Draws one frame the way the pipeline does and reads the canvas back. */
export function drawScene(compositor: Compositor, scene: Scene): Picture & { drawnAs: DrawnAs } {
  const { frame, background, mask, maskOfAnother, quality = 'medium', look, timeMs, debug } = scene;
  if (maskOfAnother) compositor.setMask(takeFrame(compositor, frame), maskOfAnother, { quality });
  const taken = takeFrame(compositor, frame);
  if (mask) compositor.setMask(taken, mask, { quality, ...(timeMs === undefined ? {} : { timeMs }) });
  return drawAgain(compositor, { background, quality, debug: debug ?? null, temporalStrength: 0, lightWrap: 0, ...look });
}

/** Draws the frame and mask that are there once more and reads the canvas back. */
export function drawAgain(compositor: Compositor, options: CompositorOptions): Picture & { drawnAs: DrawnAs } {
  const frame = frames.get(compositor);
  if (!frame) throw new Error('No frame was drawn before');
  const drawnAs = compositor.render(frame, options);
  const picture = readCanvas(compositor.context.canvas as HTMLCanvasElement);
  return { ...picture, drawnAs };
}

/** The small picture that the network would see of the frame that was drawn last. */
export function readInput(compositor: Compositor, size: Size, rect: PictureRect | null = null): Picture {
  const frame = frames.get(compositor);
  if (!frame) throw new Error('No frame was drawn before');
  const data = new Uint8Array(size.width * size.height * 4);
  compositor.readInput(frame, size, rect, data);
  return { ...size, data };
}
