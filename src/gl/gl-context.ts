import * as twgl from 'twgl.js';
import { VirtualBackgroundError } from '../errors';
import type { FrameImage, PowerPreference, Size, SmallPicture } from '../types';
import { webgl2Of, type GlCanvas } from './webgl2';
import fullscreenVertexSource from '../shaders/fullscreen.vert.glsl?raw';

/** One or more textures of a size that are drawn into at once. Their pictures' top rows come first in memory. */
export interface RenderTarget extends Size {
  /** The first of {@link textures}. */
  texture: WebGLTexture;
  textures: readonly WebGLTexture[];
  framebuffer: WebGLFramebuffer;
}

export type TargetFormat = 'rgba8' | 'rgba16f';

export interface Program {
  info: twgl.ProgramInfo;
  name: string;
}

/** Triangles, in clip coordinates. */
export interface Mesh {
  info: twgl.BufferInfo;
}

export interface MeshPart {
  mesh: Mesh;
  /** Vertices. */
  first: number;
  count: number;
}

/** Live GL objects made through one {@link GlContext}; all are 0 after everything was disposed. */
export interface GlObjectCounts {
  textures: number;
  framebuffers: number;
  programs: number;
  buffers: number;
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
  readonly counts: GlObjectCounts = { textures: 0, framebuffers: 0, programs: 0, buffers: 0 };
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
    this.floatTargets = ['EXT_color_buffer_float', 'EXT_color_buffer_half_float'].some((name) => gl.getExtension(name) !== null);
    this.#quad = twgl.createBufferInfoFromArrays(gl, {
      a_position: { numComponents: 2, data: [-1, -1, 3, -1, -1, 3] },
    });
    this.counts.buffers += 1;
    this.#nearestSampler = createNearestSampler(gl);
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

  createMesh(): Mesh {
    this.counts.buffers += 1;
    return { info: twgl.createBufferInfoFromArrays(this.gl, { a_position: { numComponents: 2, data: new Float32Array(0), drawType: this.gl.DYNAMIC_DRAW } }) };
  }

  /** @param positions two a vertex, three vertices a triangle */
  fillMesh({ info }: Mesh, positions: Float32Array): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, info.attribs?.a_position?.buffer ?? null);
    gl.bufferData(gl.ARRAY_BUFFER, positions, gl.DYNAMIC_DRAW);
  }

  deleteMesh({ info }: Mesh): void {
    this.gl.deleteBuffer(info.attribs?.a_position?.buffer ?? null);
    this.counts.buffers -= 1;
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

  /** A texture with room for a picture of a size: linear filter, clamped to its edge. */
  createFilled({ width, height }: Size, wanted: TargetFormat): WebGLTexture {
    const { gl } = this;
    const texture = this.createTexture();
    const isFloat = wanted === 'rgba16f';
    gl.texImage2D(gl.TEXTURE_2D, 0, isFloat ? gl.RGBA16F : gl.RGBA8, width, height, 0, gl.RGBA, isFloat ? gl.HALF_FLOAT : gl.UNSIGNED_BYTE, null);
    return texture;
  }

  deleteTexture(texture: WebGLTexture): void {
    this.gl.deleteTexture(texture);
    this.counts.textures -= 1;
  }

  /** Copies a picture into a texture, top row first, straight alpha. The image stays the caller's. */
  uploadImage(texture: WebGLTexture, image: FrameImage): void {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image as TexImageSource);
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

  /** Copies four floats a texel into a 16-bit float texture that has their size already. */
  uploadLines(texture: WebGLTexture, data: Float32Array, { width, height }: Size): void {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.FLOAT, data);
  }

  /** Copies single-channel floats into a 16-bit float texture, whatever it held. */
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
    const textures = formats.map((format) => this.createFilled(size, format === 'rgba16f' && !this.floatTargets ? 'rgba8' : format));
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

  /** Draws a pass over the whole target, or over a part of it; `null` is the canvas. */
  draw(program: Program, target: RenderTarget | null, uniforms: Record<string, unknown>, part?: MeshPart): void {
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
    // TensorFlow.js draws its own triangles the other way round than a mesh's may be.
    gl.disable(gl.CULL_FACE);
    gl.useProgram(info.program);
    const triangles = part?.mesh.info ?? this.#quad;
    twgl.setBuffersAndAttributes(gl, info, triangles);
    twgl.setUniforms(info, uniforms);
    twgl.drawBufferInfo(gl, triangles, gl.TRIANGLES, part?.count ?? 3, part?.first ?? 0);
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
