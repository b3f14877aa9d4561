import { VirtualBackgroundError, createReadError } from './errors';
import type { Size } from './types';

/** A GPU that has not done its work by then hangs. */
const FENCE_LIMIT_MS = 5000;
/** Between two polls of the GPU: timers are not finer. */
const POLL_MS = 1;

/**
 * A small picture on its way from the GPU to memory, through a pixel-pack buffer and behind a fence, so that the thread
 * never waits for the GPU.
 */
export class Readback<Values extends Uint8Array | Float32Array> {
  readonly #gl: WebGL2RenderingContext;
  readonly #buffer: WebGLBuffer;
  readonly #fence: Fence;
  readonly #values: Values;

  /**
   * Reads what is bound for reading.
   *
   * @param into RGBA, top row first as it lies in memory; of the picture's size
   */
  constructor(gl: WebGL2RenderingContext, { width, height }: Size, into: Values) {
    this.#gl = gl;
    this.#values = into;
    this.#buffer = gl.createBuffer();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, this.#buffer);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, into.byteLength, gl.STREAM_READ);
    gl.readPixels(0, 0, width, height, gl.RGBA, into instanceof Float32Array ? gl.FLOAT : gl.UNSIGNED_BYTE, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    this.#fence = new Fence(gl);
  }

  /**
   * To be called once.
   *
   * @throws VirtualBackgroundError `segmentation-failed` where the GPU hangs or its context is lost
   */
  async finish(): Promise<Values> {
    const gl = this.#gl;
    try {
      await this.#fence.passed();
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, this.#buffer);
      gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, this.#values);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
      // Lost meanwhile, the values are all zero: half a person everywhere.
      if (gl.isContextLost()) throw lostContext();
      return this.#values;
    } finally {
      gl.deleteBuffer(this.#buffer);
    }
  }
}

/** Side of the test picture, pixels: noise does not look like it by chance. */
const TEST_SIDE = 4;
/** Some browsers add a little noise against fingerprints, which harms nothing. Of the whole range. */
const TOLERANCE = 0.03;

/**
 * Makes sure that the browser hands out what is on the GPU, both at once and behind a fence: masks are made of it, and of
 * noise they would show the room.
 *
 * @param kind what will be read: bytes, or floats, for which the context has to have EXT_color_buffer_float
 * @throws VirtualBackgroundError `canvas-read-blocked`; `segmentation-failed` where the GPU hangs or its context is lost
 */
export async function checkReadback(gl: WebGL2RenderingContext, kind: 'bytes' | 'floats'): Promise<void> {
  const size = { width: TEST_SIDE, height: TEST_SIDE };
  const range = kind === 'bytes' ? 255 : 1;
  const create = (): Uint8Array | Float32Array => new (kind === 'bytes' ? Uint8Array : Float32Array)(TEST_SIDE * TEST_SIDE * 4);
  const [expected, atOnce] = [create(), create()];
  for (const index of expected.keys()) expected[index] = (((index * 89) % 256) * range) / 255;
  let fenced: Readback<Uint8Array | Float32Array>;
  const texture = gl.createTexture();
  const framebuffer = gl.createFramebuffer();
  try {
    const [format, type] = kind === 'bytes' ? [gl.RGBA8, gl.UNSIGNED_BYTE] : [gl.RGBA32F, gl.FLOAT];
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, format, TEST_SIDE, TEST_SIDE, 0, gl.RGBA, type, expected);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    gl.readPixels(0, 0, TEST_SIDE, TEST_SIDE, gl.RGBA, type, atOnce);
    fenced = new Readback(gl, size, create());
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  } finally {
    gl.deleteFramebuffer(framebuffer);
    gl.deleteTexture(texture);
  }
  for (const values of [atOnce, await fenced.finish()]) {
    if (expected.some((value, index) => Math.abs(value - (values[index] ?? NaN)) > TOLERANCE * range)) throw createReadError();
  }
}

/** Passed once the GPU has done everything queued so far. */
class Fence {
  readonly #gl: WebGL2RenderingContext;
  readonly #sync: WebGLSync | null;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
  }

  async passed(): Promise<void> {
    const gl = this.#gl;
    const end = performance.now() + FENCE_LIMIT_MS;
    try {
      while (this.#sync && !gl.isContextLost()) {
        const status = gl.clientWaitSync(this.#sync, 0, 0);
        if (status === gl.ALREADY_SIGNALED || status === gl.CONDITION_SATISFIED) return;
        if (status === gl.WAIT_FAILED) break;
        if (performance.now() > end) throw new VirtualBackgroundError('segmentation-failed', `The GPU has not answered for ${FENCE_LIMIT_MS / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      throw lostContext();
    } finally {
      gl.deleteSync(this.#sync);
    }
  }
}

const lostContext = (): VirtualBackgroundError => new VirtualBackgroundError('segmentation-failed', 'The GPU context is lost');
