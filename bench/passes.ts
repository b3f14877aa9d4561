import { Compositor, type BackgroundMode } from '../src/gl/compositor';
import type { Mask, Quality, Size } from '../src/types';

/** A mask like BodyPix's: one person in the middle, soft at the rim. */
export function createMask(width: number, height: number): Mask {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = ((x + 0.5) / width - 0.5) / 0.2;
      const v = ((y + 0.5) / height - 0.65) / 0.5;
      data[y * width + x] = 8 * (1 - Math.hypot(u, v));
    }
  }
  return { width, height, data, kind: 'logit', geometry: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 } };
}

function drawFrame({ width, height }: Size): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  for (let index = 0; index < 400; index++) {
    context.fillStyle = `hsl(${(index * 47) % 360} 60% ${30 + (index % 5) * 10}%)`;
    context.fillRect((index * 97) % width, (index * 53) % height, width / 12, height / 9);
  }
  return canvas;
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
  readonly #size: Size;
  readonly #mask = createMask(256, 144);
  readonly #input = { width: 256, height: 144 };
  readonly #pixels = new Uint8Array(256 * 144 * 4);

  constructor(size: Size) {
    this.#size = size;
    this.#compositor = new Compositor(new OffscreenCanvas(size.width, size.height));
    const canvas = drawFrame(size);
    this.#frame = new VideoFrame(canvas, { timestamp: 0 });
    this.#compositor.setFrame(this.#frame, size);
    this.#compositor.readSegmenterInput(this.#input, this.#pixels);
    this.#compositor.setPicture(canvas, size);
    this.#compositor.setMask(this.#mask);
  }

  upload(): void {
    this.#compositor.setFrame(this.#frame, this.#size);
  }

  input(): void {
    this.#compositor.readSegmenterInput(this.#input, this.#pixels);
  }

  render({ background, quality, usesMask, newMask }: PassCase): void {
    if (newMask) this.#compositor.setMask(this.#mask);
    this.#compositor.render({ background, quality }, usesMask);
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

/** @returns milliseconds for one repetition, wall clock */
export function timePass(size: Size, passCase: PassCase | 'upload' | 'input', repetitions: number): number {
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
