import * as tf from '@tensorflow/tfjs-core';
import { GPGPUContext, MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { Mask, Size } from '../types';
import { VirtualBackgroundError, createAbortError } from '../errors';
import type { LoadRequest } from './messages';
import { createSegmenter, type ModelLoadCallbacks } from './create-segmenter';
import { inputSizeFor, type SegmenterSpec } from './network-input';
import type { Segmenter } from './segmenter';

/** The mask as a texture of the same context, as TensorFlow.js leaves it. */
export interface TextureMask extends Omit<Mask, 'data'> {
  /** Float RGBA, dense: value i of the mask (row-major, top row first) is channel i mod 4 of texel i div 4. */
  texture: WebGLTexture;
  /** Texels in one row of `texture`. */
  rowTexels: number;
  /** Gives the texture back to TensorFlow.js; draw with it first. */
  release(): void;
}

/** TensorFlow.js has one registry a thread, and kernels in it that no backend takes along: names are used again. */
const backends: (TextureSegmenter | null)[] = [];
const WARM_UP_FRAME: Size = { width: 640, height: 360 };
const WARM_UP_RUNS = 4;

/**
 * Runs the networks in a WebGL2 context that somebody else owns: the small picture goes in as a texture and the
 * mask comes out as one, and nothing is read back. For real GPUs; where GL is software, WASM is faster.
 */
export class TextureSegmenter {
  readonly #gl: WebGL2RenderingContext;
  /** Null while it has no backend. */
  #backendName: string | null = null;
  #segmenter: Segmenter | null = null;
  #spec: SegmenterSpec | null = null;
  /** Input size whose network is there. */
  #prepared = '';
  /** Of the load that counts; ends it and what it fetches. */
  #loading = new AbortController();

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  get spec(): SegmenterSpec | null {
    return this.#spec;
  }

  /**
   * Loads a network; the previous one stays in use until the new one has warmed up.
   *
   * @returns null when its signal, a newer load or {@link dispose} ended it
   * @throws VirtualBackgroundError `model-load-failed`
   */
  async load(request: LoadRequest, callbacks: ModelLoadCallbacks): Promise<SegmenterSpec | null> {
    const { signal } = this.#beginLoad(callbacks.signal);
    try {
      await this.#startBackend();
      const segmenter = await createSegmenter(request, 'webgl', { ...callbacks, signal });
      if (!signal.aborted) callbacks.onProgress({ phase: 'compile' });
      const inferenceMs = await this.#warmUp(segmenter, signal).catch((error: unknown) => {
        segmenter.dispose();
        throw error;
      });
      return this.#take(segmenter, inferenceMs);
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  /** Ends the load before. @param parent ends this one, too */
  #beginLoad(parent?: AbortSignal): AbortController {
    this.#loading.abort(createAbortError());
    const loading = new AbortController();
    this.#loading = loading;
    if (parent?.aborted) loading.abort(parent.reason);
    else parent?.addEventListener('abort', () => loading.abort(parent.reason), { once: true, signal: loading.signal });
    return loading;
  }

  #take(segmenter: Segmenter, inferenceMs: number): SegmenterSpec {
    this.#segmenter?.dispose();
    this.#segmenter = segmenter;
    this.#prepared = '';
    this.#spec = { ...segmenter.spec, inferenceMs };
    return this.#spec;
  }

  /**
   * Queues one inference on the GPU.
   *
   * @param input RGBA8 picture of exactly `size`, top row first; stays the caller's
   * @returns null while no network for that size is loaded
   */
  segment(input: WebGLTexture, size: Size): TextureMask | null {
    const segmenter = this.#segmenter;
    if (!segmenter || !this.#isPrepared(segmenter, size)) return null;
    return this.#run(segmenter, input, size);
  }

  dispose(): void {
    this.#loading.abort(createAbortError());
    this.#segmenter?.dispose();
    this.#segmenter = null;
    this.#spec = null;
    if (!this.#backendName) return;
    tf.removeBackend(this.#backendName);
    backends[backends.indexOf(this)] = null;
    this.#backendName = null;
  }

  #isPrepared(segmenter: Segmenter, size: Size): boolean {
    const key = `${size.width}×${size.height}`;
    if (!segmenter.prepare || this.#prepared === key) return true;
    void segmenter.prepare(size).then(
      () => {
        if (this.#segmenter === segmenter) this.#prepared = key;
      },
      () => undefined,
    );
    return false;
  }

  async #startBackend(): Promise<void> {
    const gl = this.#gl;
    if (!this.#backendName) {
      const free = backends.indexOf(null);
      const place = free < 0 ? backends.length : free;
      backends[place] = this;
      const name = `vbc-shared-webgl-${place}`;
      this.#backendName = name;
      tf.registerBackend(name, () => new MathBackendWebGL(new GPGPUContext(gl)));
      if (tf.getKernelsForBackend(name).length === 0) tf.copyRegisteredKernels('webgl', name);
    }
    if (!(await tf.setBackend(this.#backendName))) {
      throw new VirtualBackgroundError('model-load-failed', 'TensorFlow.js could not use the GPU context');
    }
  }

  /** On its own backend: another element's may be in use in the same thread. */
  #run(segmenter: Segmenter, input: WebGLTexture, size: Size): TextureMask {
    const name = this.#backendName;
    const before = tf.getBackend();
    if (!name || before === name) return this.#infer(segmenter, input, size);
    // Done before it returns, for a backend that has been made.
    void tf.setBackend(name);
    try {
      return this.#infer(segmenter, input, size);
    } finally {
      if (before && tf.findBackendFactory(before)) void tf.setBackend(before);
    }
  }

  #infer(segmenter: Segmenter, input: WebGLTexture, size: Size): TextureMask {
    const { width, height } = size;
    const { tensor, ...mask } = segmenter.infer(
      () => tf.tensor<tf.Rank.R4>({ texture: input, width, height, channels: 'RGB' }, [1, height, width, 3], 'float32'),
      size,
    );
    const cells = mask.width * mask.height;
    const rowTexels = Math.ceil(Math.sqrt(Math.ceil(cells / 4)));
    const data = tensor.dataToGPU({ customTexShape: [Math.ceil(cells / 4 / rowTexels), rowTexels] });
    this.#restoreState();
    return {
      ...mask,
      texture: data.texture as WebGLTexture,
      rowTexels,
      release: () => {
        data.tensorRef.dispose();
        tensor.dispose();
      },
    };
  }

  /** TensorFlow.js leaves its vertex array and framebuffer bound; drawing code of others must not meet them. */
  #restoreState(): void {
    const gl = this.#gl;
    gl.bindVertexArray(null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.disable(gl.SCISSOR_TEST);
  }

  /** First runs compile; the best of the others, each waited for on the GPU, tells the speed. */
  async #warmUp(segmenter: Segmenter, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const size = inputSizeFor(segmenter.spec.input, WARM_UP_FRAME);
    const gl = this.#gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, size.width, size.height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    let best = Infinity;
    try {
      for (let run = 0; run < WARM_UP_RUNS; run++) {
        const start = performance.now();
        this.#run(segmenter, texture, size).release();
        await fenced(gl);
        signal.throwIfAborted();
        if (run > 1) best = Math.min(best, performance.now() - start);
      }
    } finally {
      gl.deleteTexture(texture);
    }
    return best;
  }
}

/** Resolves when the GPU has done everything queued so far. */
export async function fenced(gl: WebGL2RenderingContext): Promise<void> {
  const sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  if (!sync) return;
  gl.flush();
  try {
    while (!gl.isContextLost()) {
      const status = gl.clientWaitSync(sync, 0, 0);
      if (status !== gl.TIMEOUT_EXPIRED) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } finally {
    gl.deleteSync(sync);
  }
}
