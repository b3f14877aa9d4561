import * as tf from '@tensorflow/tfjs-core';
import { GPGPUContext, MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { VirtualBackgroundError } from '../errors';
import { Readback, checkReadback } from '../readback';
import type { Backend, Mask, Size } from '../types';
import type { NetworkRuntime } from './network-runtime';
import type { Segmenter, TensorMask } from './segmenter';
import { assertMask } from './tf-runtime';

/** A small picture that is on the GPU already: RGBA8, top row first. Borrowed until the answer. */
export interface TexturePicture extends Size {
  texture: WebGLTexture;
}

/** TensorFlow.js has one registry a thread, and kernels in it that no backend takes along: names are used again. */
const backends: (ContextRuntime | null)[] = [];
/** Between two polls of the GPU: timers are not finer. */
const POLL_MS = 1;

/**
 * Networks in a WebGL2 context that someone else owns: the small picture goes in as a texture, and the small mask is
 * read back through a pixel-pack buffer once a fence says that it is there, so that the thread never waits for the GPU.
 * For real GPUs; where GL is software, WASM is faster.
 */
export class ContextRuntime implements NetworkRuntime<TexturePicture> {
  readonly #gl: WebGL2RenderingContext;
  /** Null while it has no backend. */
  #backendName: string | null = null;
  /** Sizes whose shaders are there: of the network in use, and of the one that is about to take its place. */
  #prepared = new WeakMap<Segmenter, Set<string>>();

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  get isLost(): boolean {
    return this.#gl.isContextLost();
  }

  async start(): Promise<Backend> {
    const name = this.#backendName ?? this.#register();
    await checkReadback(this.#gl, 'floats');
    if (!(await tf.setBackend(name))) throw new VirtualBackgroundError('model-load-failed', 'TensorFlow.js could not use the GPU context');
    return 'webgl';
  }

  createBlank({ width, height }: Size): { picture: TexturePicture; dispose(): void } {
    const gl = this.#gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    return { picture: { texture, width, height }, dispose: () => gl.deleteTexture(texture) };
  }

  /**
   * Compiles a network's shaders for pictures of a size without running them, beside the thread where the browser can
   * (KHR_parallel_shader_compile), so that frames go on being drawn meanwhile.
   */
  async prepare(segmenter: Segmenter, size: Size, signal?: AbortSignal): Promise<void> {
    await segmenter.prepare?.(size);
    const sizes = this.#prepared.get(segmenter) ?? new Set();
    this.#prepared.set(segmenter, sizes);
    const key = `${size.width}×${size.height}`;
    if (sizes.has(key)) return;
    const blank = this.createBlank(size);
    try {
      this.#onBackend((backend) => {
        tf.env().set('ENGINE_COMPILE_ONLY', true);
        try {
          this.#infer(segmenter, blank.picture).tensor.dispose();
        } finally {
          tf.env().set('ENGINE_COMPILE_ONLY', false);
        }
        return backend;
      });
      await this.#compiled(signal);
      this.#onBackend((backend) => {
        backend.checkCompileCompletion();
        backend.getUniformLocations();
      });
    } finally {
      blank.dispose();
    }
    sizes.add(key);
  }

  async segment(segmenter: Segmenter, picture: TexturePicture): Promise<Mask> {
    await this.prepare(segmenter, picture);
    const { mask, readback } = this.#onBackend(() => {
      const { tensor, ...rest } = this.#infer(segmenter, picture);
      try {
        return { mask: rest, readback: this.#beginReadback(tensor, rest) };
      } finally {
        tensor.dispose();
      }
    });
    const data = (await readback.finish()).slice(0, mask.width * mask.height);
    assertMask(data, segmenter.spec.model);
    return { ...mask, data };
  }

  dispose(): void {
    if (!this.#backendName) return;
    tf.removeBackend(this.#backendName);
    backends[backends.indexOf(this)] = null;
    this.#backendName = null;
    this.#prepared = new WeakMap();
  }

  #register(): string {
    const free = backends.indexOf(null);
    const place = free < 0 ? backends.length : free;
    backends[place] = this;
    const name = `vbc-shared-webgl-${place}`;
    this.#backendName = name;
    tf.registerBackend(name, () => new MathBackendWebGL(new GPGPUContext(this.#gl)));
    if (tf.getKernelsForBackend(name).length === 0) tf.copyRegisteredKernels('webgl', name);
    return name;
  }

  /** On its own backend, without waiting: another element's may be in use in the same thread. */
  #onBackend<Result>(work: (backend: MathBackendWebGL) => Result): Result {
    const name = this.#backendName;
    if (!name) throw new VirtualBackgroundError('segmentation-failed', 'No model is loaded');
    const before = tf.getBackend();
    // Done before it returns, for a backend that has been made.
    if (before !== name) void tf.setBackend(name);
    try {
      return work(tf.backend() as MathBackendWebGL);
    } finally {
      this.#restoreState();
      if (before && before !== name && tf.findBackendFactory(before)) void tf.setBackend(before);
    }
  }

  #infer(segmenter: Segmenter, { texture, width, height }: TexturePicture): TensorMask {
    return segmenter.infer(() => tf.tensor<tf.Rank.R4>({ texture, width, height, channels: 'RGB' }, [1, height, width, 3], 'float32'), { width, height });
  }

  /** Leaves the values in a dense texture: value i is channel i mod 4 of texel i div 4, which is their order in memory. */
  #beginReadback(tensor: TensorMask['tensor'], { width, height }: Size): Readback<Float32Array> {
    const gl = this.#gl;
    const texels = Math.ceil((width * height) / 4);
    const columns = Math.ceil(Math.sqrt(texels));
    const rows = Math.ceil(texels / columns);
    const { texture, tensorRef } = tensor.dataToGPU({ customTexShape: [rows, columns] });
    const framebuffer = gl.createFramebuffer();
    try {
      gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture as WebGLTexture, 0);
      return new Readback(gl, { width: columns, height: rows }, new Float32Array(columns * rows * 4));
    } finally {
      gl.deleteFramebuffer(framebuffer);
      tensorRef.dispose();
    }
  }

  /** TensorFlow.js leaves its vertex array and framebuffer bound; drawing code of others must not meet them. */
  #restoreState(): void {
    const gl = this.#gl;
    gl.bindVertexArray(null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.disable(gl.SCISSOR_TEST);
  }

  /**
   * Resolves when the browser has compiled every program. TensorFlow.js' own wait hangs on animation frames, which a hidden
   * page has none of.
   */
  async #compiled(signal?: AbortSignal): Promise<void> {
    const gl = this.#gl;
    const extension = gl.getExtension('KHR_parallel_shader_compile');
    if (!extension) return;
    const { binaryCache } = this.#onBackend((backend) => backend) as unknown as { binaryCache: Record<string, { webGLProgram: WebGLProgram }> };
    for (const { webGLProgram } of Object.values(binaryCache)) {
      while (!gl.isContextLost() && gl.getProgramParameter(webGLProgram, extension.COMPLETION_STATUS_KHR) === false) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        signal?.throwIfAborted();
      }
    }
  }
}
