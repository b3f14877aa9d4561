import { DrawnSample } from '../demo/drawn-sample';
import { Compositor, type BackgroundMode } from '../src/gl/compositor';
import type { GpuFrame } from '../src/gl/frame-ring';
import { GlContext } from '../src/gl/gl-context';
import { FULL_FRAME_GEOMETRY } from '../src/segmentation/network-input';
import type { Mask, Quality, Size } from '../src/types';

/** A mask like the selfie network's: the figure's own matte, a value a cell. */
export function createMask(width: number, height: number): Mask {
  const alpha = new DrawnSample({ width, height, background: 'none' }).alpha(0);
  return { width, height, data: Float32Array.from(alpha, (value) => value / 255), kind: 'probability', geometry: FULL_FRAME_GEOMETRY };
}

export interface PassCase {
  name: string;
  size: Size;
  background: BackgroundMode;
  quality: Quality;
  usesMask: boolean;
  /** Whether every frame comes with a mask of its own. */
  newMask?: boolean;
}

/** One compositor, one frame on the GPU, drawn again and again. */
export class PassBench {
  readonly #compositor: Compositor;
  readonly #frame: VideoFrame;
  #taken: GpuFrame;
  readonly #size: Size;
  readonly #mask = createMask(256, 144);
  readonly #input = { width: 256, height: 144 };
  readonly #pixels = new Uint8Array(256 * 144 * 4);

  constructor(size: Size) {
    this.#size = size;
    this.#compositor = new Compositor(new OffscreenCanvas(size.width, size.height));
    const { canvas } = new DrawnSample(size);
    this.#frame = new VideoFrame(canvas, { timestamp: 0 });
    this.#taken = this.#compositor.takeFrame(this.#frame, size);
    this.#compositor.setPicture(canvas, size);
    this.#compositor.setMask(this.#taken, this.#mask, { quality: 'medium' });
  }

  upload(): void {
    this.#compositor.releaseFrame(this.#taken);
    this.#taken = this.#compositor.takeFrame(this.#frame, this.#size);
  }

  input(): void {
    this.#compositor.readInput(this.#taken, this.#input, null, this.#pixels);
  }

  render({ background, quality, usesMask, newMask }: PassCase): void {
    if (newMask) this.#compositor.setMask(this.#taken, this.#mask, { quality });
    if (!usesMask) this.#compositor.clearMask();
    this.#compositor.render(this.#taken, { background, quality });
  }

  /** Waits until all of it is drawn: a readback of one pixel, since a finish alone may return early. */
  finish(): void {
    const { gl } = this.#compositor.context;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, this.#pixels);
  }

  dispose(): void {
    this.#frame.close();
    this.#compositor.dispose();
  }
}

const BLEND = `#version 300 es
precision highp float; uniform sampler2D u_frame; uniform sampler2D u_background; uniform sampler2D u_mask; in vec2 v_texCoord; out vec4 outColor;
void main() {
  vec2 coord = vec2(v_texCoord.x, 1.0 - v_texCoord.y);
  outColor = vec4(mix(texture(u_background, coord).rgb, texture(u_frame, coord).rgb, texture(u_mask, coord).r), 1.0);
}`;

/** The least that puts a background behind a person: the mask as it is, upsampled by the texture unit. */
function timePlainBlend(size: Size, repetitions: number): number {
  const context = new GlContext(new OffscreenCanvas(size.width, size.height));
  const { gl } = context;
  const program = context.createProgram('plain blend', BLEND);
  const [frame, background, maskTexture] = [context.createTexture(), context.createTexture(), context.createTexture()];
  context.uploadImage(frame, new DrawnSample(size).canvas, size);
  context.uploadImage(background, new DrawnSample({ ...size, person: false }).canvas, size);
  const mask = createMask(256, 144);
  const bytes = Uint8Array.from(mask.data, (value) => value * 255);
  gl.bindTexture(gl.TEXTURE_2D, maskTexture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, mask.width, mask.height, 0, gl.RED, gl.UNSIGNED_BYTE, bytes);
  const pixel = new Uint8Array(4);
  const run = (): void => {
    context.draw(program, null, { u_frame: context.nearest(frame), u_background: context.nearest(background), u_mask: maskTexture });
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  };
  for (let index = 0; index < 3; index++) run();
  const start = performance.now();
  for (let index = 0; index < repetitions; index++) run();
  const wallMs = (performance.now() - start) / repetitions;
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return wallMs;
}

/** @returns milliseconds for one repetition, wall clock */
export function timePass(size: Size, passCase: PassCase | 'upload' | 'input' | 'plain blend', repetitions: number): number {
  if (passCase === 'plain blend') return timePlainBlend(size, repetitions);
  const bench = new PassBench(size);
  const run = (): void => {
    if (passCase === 'upload') bench.upload();
    else if (passCase === 'input') bench.input();
    else bench.render(passCase);
  };
  try {
    for (let index = 0; index < 3; index++) run();
    bench.finish();
    const start = performance.now();
    for (let index = 0; index < repetitions; index++) {
      run();
      bench.finish();
    }
    return (performance.now() - start) / repetitions;
  } finally {
    bench.dispose();
  }
}
