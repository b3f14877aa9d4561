import { VirtualBackgroundError } from './errors';
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
