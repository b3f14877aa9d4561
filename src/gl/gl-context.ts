import * as twgl from 'twgl.js';
import { VirtualBackgroundError } from '../errors';
import type { FrameImage, PowerPreference, Size, SmallPicture } from '../types';
import { askTargetSupport } from './target-support';
import fullscreenVertexSource from '../shaders/fullscreen.vert.glsl?raw';

export type GlCanvas = HTMLCanvasElement | OffscreenCanvas;

/** One or more textures of a size that are drawn into at once. Their pictures' top rows come first in memory. */
export interface RenderTarget extends Size {
  /** The first of {@link textures}. */
  texture: WebGLTexture;
  textures: readonly WebGLTexture[];
  framebuffer: WebGLFramebuffer;
}

export type TargetFormat = 'rgba8' | 'rgba16f' | 'rgba32f' | 'rg16f' | 'r16f' | 'r8';

export interface Program {
  info: twgl.ProgramInfo;
  name: string;
}

/** Live GL objects made through one {@link GlContext}; all are 0 after everything was disposed. */
export interface GlObjectCounts {
  textures: number;
  framebuffers: number;
  programs: number;
  buffers: number;
}

interface FormatInfo {
  internalFormat: number;
  format: number;
  type: number;
}

/**
 * The WebGL2 context of either kind of canvas, null where there is none. Typed as the window's canvas:
 * what a call on the union of both resolves to hangs on which file the type checker reads first.
 */
export function webgl2Of(canvas: GlCanvas, attributes?: WebGLContextAttributes): WebGL2RenderingContext | null {
  return (canvas as HTMLCanvasElement).getContext('webgl2', attributes);
}

/**
 * Thin owner of one WebGL2 context and of twgl's calls on it. It adds what twgl leaves out: programs that
 * don't compile throw with the pass and the line, framebuffers are checked for completeness, target and
 * viewport are bound together, and objects are counted.
 */
export class GlContext {
  readonly gl: WebGL2RenderingContext;
  readonly canvas: GlCanvas;
  /** Whether 16-bit float textures can be drawn into; without, their formats become 8-bit ones. */
  readonly floatTargets: boolean;
  /** Whether 32-bit float textures can; without, they become 16-bit ones. */
  readonly fullFloatTargets: boolean;
  readonly counts: GlObjectCounts = { textures: 0, framebuffers: 0, programs: 0, buffers: 0 };
  /** Longest side of a texture, pixels. */
  readonly #textureLimit: number;
  readonly #quad: twgl.BufferInfo;
  readonly #nearestSampler: WebGLSampler;

  /** @throws VirtualBackgroundError `webgl2-unavailable` */
  constructor(canvas: GlCanvas, powerPreference: PowerPreference = 'default') {
    const gl = webgl2Of(canvas, {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      preserveDrawingBuffer: false,
      powerPreference,
    });
    if (!gl || gl.isContextLost()) {
      throw new VirtualBackgroundError(
        'webgl2-unavailable',
        'WebGL2 is not available: update the browser, or turn hardware acceleration on in its settings',
      );
    }
    this.gl = gl;
    this.canvas = canvas;
    this.#textureLimit = Number(gl.getParameter(gl.MAX_TEXTURE_SIZE)) || Infinity;
    // Until it is known, formats are tried as they are.
    this.floatTargets = this.fullFloatTargets = true;
    const support = askTargetSupport(gl, (formats) => this.#isComplete(formats));
    this.floatTargets = support.half;
    this.fullFloatTargets = support.full;
    this.#quad = twgl.createBufferInfoFromArrays(gl, {
      a_position: { numComponents: 2, data: [-1, -1, 3, -1, -1, 3] },
    });
    this.counts.buffers += 1;
    this.#nearestSampler = createNearestSampler(gl);
  }

  /** Name of the GPU or of the software renderer, as far as the browser tells. */
  get rendererName(): string {
    const info = this.gl.getExtension('WEBGL_debug_renderer_info');
    return String(this.gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : this.gl.RENDERER));
  }

  /** @throws VirtualBackgroundError `shader-failed` naming the pass, the stage and the compiler's line */
  createProgram(name: string, fragmentSource: string, defines: Readonly<Record<string, number>> = {}): Program {
    const messages: string[] = [];
    const info = twgl.createProgramInfo(this.gl, [fullscreenVertexSource, withDefines(fragmentSource, defines)], {
      errorCallback: (message: string) => messages.push(message),
    }) as twgl.ProgramInfo | null;
    if (!info) {
      throw new VirtualBackgroundError('shader-failed', `Pass '${name}' does not compile: ${messages.join('\n').trim()}`);
    }
    // twgl keeps the shaders; flagged now, they go with the program.
    for (const shader of this.gl.getAttachedShaders(info.program) ?? []) this.gl.deleteShader(shader);
    this.counts.programs += 1;
    return { info, name };
  }

  /** A texture for a uniform, read without filtering whatever the texture's own filter is. */
  nearest(texture: WebGLTexture): { texture: WebGLTexture; sampler: WebGLSampler } {
    return { texture, sampler: this.#nearestSampler };
  }

  deleteProgram(program: Program): void {
    this.gl.deleteProgram(program.info.program);
    this.counts.programs -= 1;
  }

  /** An empty texture: linear filter, clamped to its edge, no mipmaps. */
  createTexture(filter: 'linear' | 'nearest' = 'linear'): WebGLTexture {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    const mode = filter === 'linear' ? gl.LINEAR : gl.NEAREST;
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, mode);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, mode);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    this.counts.textures += 1;
    return texture;
  }

  deleteTexture(texture: WebGLTexture): void {
    this.gl.deleteTexture(texture);
    this.counts.textures -= 1;
  }

  /**
   * Copies a picture into a texture, top row first, straight alpha. The image stays the caller's. One that is larger than
   * the GPU's textures is made smaller.
   *
   * @param size of the picture's own pixels
   * @returns the texture's size
   */
  uploadImage(texture: WebGLTexture, image: FrameImage, size: Size): Size {
    const { gl } = this;
    const zoom = this.#textureLimit / Math.max(size.width, size.height);
    if (zoom < 1) {
      const small = { width: Math.max(1, Math.floor(size.width * zoom)), height: Math.max(1, Math.floor(size.height * zoom)) };
      return this.uploadImage(texture, shrink(image, small), small);
    }
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image as TexImageSource);
    return size;
  }

  /** Copies a small picture into a texture that has its size already. */
  uploadBytes(texture: WebGLTexture, { width, height, pixels }: SmallPicture): void {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  }

  /** Whether something found no memory since this was asked last. Waits for the GPU. */
  takeOutOfMemory(): boolean {
    const { gl } = this;
    let found = false;
    for (let error = gl.getError(); error !== gl.NO_ERROR && error !== gl.CONTEXT_LOST_WEBGL; error = gl.getError()) found ||= error === gl.OUT_OF_MEMORY;
    return found;
  }

  /** Copies single-channel floats into a 16-bit float texture. */
  uploadFloats(texture: WebGLTexture, data: Float32Array, { width, height }: Size): void {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R16F, width, height, 0, gl.RED, gl.FLOAT, data);
  }

  /** @throws VirtualBackgroundError `internal` when the framebuffer is incomplete */
  createTarget(size: Size, ...formats: [TargetFormat, ...TargetFormat[]]): RenderTarget {
    const { gl } = this;
    const { width, height } = size;
    const textures = formats.map((format) => this.#createTargetTexture(size, format));
    const framebuffer = gl.createFramebuffer();
    this.counts.framebuffers += 1;
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    const attachments = textures.map((texture, index) => {
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + index, gl.TEXTURE_2D, texture, 0);
      return gl.COLOR_ATTACHMENT0 + index;
    });
    if (attachments.length > 1) gl.drawBuffers(attachments);
    const status = gl.checkFramebufferStatus(gl.FRAMEBUFFER);
    const target = { texture: textures[0] as WebGLTexture, textures, framebuffer, width, height };
    if (status !== gl.FRAMEBUFFER_COMPLETE && !gl.isContextLost()) {
      this.deleteTarget(target);
      throw new VirtualBackgroundError('internal', `Framebuffer ${width}×${height} ${formats.join()} is incomplete (0x${status.toString(16)})`);
    }
    return target;
  }

  deleteTarget(target: RenderTarget): void {
    this.gl.deleteFramebuffer(target.framebuffer);
    this.counts.framebuffers -= 1;
    for (const texture of target.textures) this.deleteTexture(texture);
  }

  /** Returns `target` when it already has the size, else a new one in its place (the old one is deleted). */
  fitTarget(target: RenderTarget | null, size: Size, ...formats: [TargetFormat, ...TargetFormat[]]): RenderTarget {
    if (target?.width === size.width && target.height === size.height) return target;
    const next = this.createTarget(size, ...formats);
    if (target) this.deleteTarget(target);
    return next;
  }

  /** Draws a pass over the whole target; `null` is the canvas. */
  draw(program: Program, target: RenderTarget | null, uniforms: Record<string, unknown>): void {
    const { gl } = this;
    const { info } = program;
    for (const name of Object.keys(uniforms)) {
      if (!info.uniformSetters[name] && !info.uniformSetters[`${name}[0]`]) {
        throw new VirtualBackgroundError('internal', `Pass '${program.name}' has no uniform '${name}'`);
      }
    }
    const width = target ? target.width : this.canvas.width;
    const height = target ? target.height : this.canvas.height;
    // TensorFlow.js in the same context leaves its own bound while it waits, and would lose it to the quad below.
    gl.bindVertexArray(null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target ? target.framebuffer : null);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.BLEND);
    gl.disable(gl.SCISSOR_TEST);
    gl.useProgram(info.program);
    twgl.setBuffersAndAttributes(gl, info, this.#quad);
    twgl.setUniforms(info, uniforms);
    twgl.drawBufferInfo(gl, this.#quad, gl.TRIANGLES, 3);
  }

  /** Reads a target back, RGBA 0…255, top row first. For the segmenter's small picture, and for tests. */
  readPixels(target: RenderTarget, into: Uint8Array): void {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.readPixels(0, 0, target.width, target.height, gl.RGBA, gl.UNSIGNED_BYTE, into);
  }

  dispose(): void {
    for (const attribute of Object.values(this.#quad.attribs ?? {})) this.gl.deleteBuffer(attribute.buffer);
    this.gl.deleteSampler(this.#nearestSampler);
    this.counts.buffers = 0;
  }

  /** Whether a framebuffer with these targets can be drawn into. Leaves nothing behind. */
  #isComplete(formats: readonly TargetFormat[]): boolean {
    try {
      this.deleteTarget(this.createTarget({ width: 4, height: 4 }, ...(formats as [TargetFormat])));
      return true;
    } catch {
      return false;
    }
  }

  #createTargetTexture({ width, height }: Size, wanted: TargetFormat): WebGLTexture {
    const { gl } = this;
    const { internalFormat, format, type } = this.#formatInfo(wanted);
    // WebGL2 filters 16-bit floats but not 32-bit ones, which would read as black.
    const texture = this.createTexture(internalFormat === gl.RGBA32F ? 'nearest' : 'linear');
    gl.texImage2D(gl.TEXTURE_2D, 0, internalFormat, width, height, 0, format, type, null);
    return texture;
  }

  #formatInfo(format: TargetFormat): FormatInfo {
    const { gl } = this;
    switch (this.#supportedFormat(format)) {
      case 'rgba32f':
        return { internalFormat: gl.RGBA32F, format: gl.RGBA, type: gl.FLOAT };
      case 'rgba16f':
        return { internalFormat: gl.RGBA16F, format: gl.RGBA, type: gl.HALF_FLOAT };
      case 'rg16f':
        return { internalFormat: gl.RG16F, format: gl.RG, type: gl.HALF_FLOAT };
      case 'r16f':
        return { internalFormat: gl.R16F, format: gl.RED, type: gl.HALF_FLOAT };
      case 'r8':
        return { internalFormat: gl.R8, format: gl.RED, type: gl.UNSIGNED_BYTE };
      case 'rgba8':
        return { internalFormat: gl.RGBA8, format: gl.RGBA, type: gl.UNSIGNED_BYTE };
    }
  }

  #supportedFormat(format: TargetFormat): TargetFormat {
    if (format === 'rgba32f' && !this.fullFloatTargets) return this.#supportedFormat('rgba16f');
    if (this.floatTargets) return format;
    return ({ rgba16f: 'rgba8', rg16f: 'rgba8', r16f: 'r8' } as Partial<Record<TargetFormat, TargetFormat>>)[format] ?? format;
  }
}

/** A smaller copy of a picture. */
function shrink(image: FrameImage, { width, height }: Size): GlCanvas {
  const canvas = typeof document === 'object' ? Object.assign(document.createElement('canvas'), { width, height }) : new OffscreenCanvas(width, height);
  const context = (canvas as HTMLCanvasElement).getContext('2d');
  context?.drawImage(image, 0, 0, width, height);
  return canvas;
}

function createNearestSampler(gl: WebGL2RenderingContext): WebGLSampler {
  const sampler = gl.createSampler();
  for (const parameter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.samplerParameteri(sampler, parameter, gl.NEAREST);
  for (const parameter of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.samplerParameteri(sampler, parameter, gl.CLAMP_TO_EDGE);
  return sampler;
}

/** Defines go behind the version, which has to come first. */
function withDefines(source: string, defines: Readonly<Record<string, number>>): string {
  const lines = Object.entries(defines).map(([name, value]) => `#define ${name} ${value}`);
  if (lines.length === 0) return source;
  const [version = '', ...rest] = source.split('\n');
  // The compiler's messages keep the file's own line numbers.
  return [version, ...lines, '#line 2', ...rest].join('\n');
}
