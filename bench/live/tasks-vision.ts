/**
 * A rival: MediaPipe's ImageSegmenter (tasks-vision) on the CPU, and the plainest blend that there is. Each picture is
 * cut out with its own mask, on the page's thread.
 */
import * as twgl from 'twgl.js';
import type { Running } from '../page';
import type { Clip } from './clip';
import type { Color } from './unblend';

const FOLDER = '/rivals/@mediapipe/tasks-vision';
/** The landscape model of the package `@mediapipe/selfie_segmentation`, with the metadata that tasks-vision asks for. */
const MODEL = '/page/selfie-landscape.tflite';

/** The few members of the package that are used here. */
interface SegmentationMask {
  readonly width: number;
  readonly height: number;
  getAsFloat32Array(): Float32Array;
  close(): void;
}
interface Segmenter {
  segmentForVideo(frame: VideoFrame, timestampMs: number, callback: (result: { confidenceMasks?: SegmentationMask[] }) => void): void;
}
interface Tasks {
  FilesetResolver: { forVisionTasks(folder: string): Promise<object> };
  ImageSegmenter: { createFromOptions(files: object, options: object): Promise<Segmenter> };
}

const VERTEX = `#version 300 es
in vec2 a_position; out vec2 v_texCoord;
void main() { v_texCoord = a_position * vec2(0.5, -0.5) + 0.5; gl_Position = vec4(a_position, 0.0, 1.0); }`;
const FRAGMENT = `#version 300 es
precision highp float; uniform sampler2D u_frame, u_mask; uniform vec3 u_background; in vec2 v_texCoord; out vec4 outColor;
void main() { outColor = vec4(mix(u_background, texture(u_frame, v_texCoord).rgb, texture(u_mask, v_texCoord).r), 1.0); }`;

export async function startTasksVision(track: MediaStreamTrack, clip: Clip): Promise<Running> {
  const segmenter = await openSegmenter();
  const blend = new Blend(clip, clip.background);
  const video: HTMLVideoElement = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  video.srcObject = new MediaStream([track]);
  await video.play();
  let stopped = false;
  const draw = (): void => {
    if (stopped) return;
    video.requestVideoFrameCallback(draw);
    // One picture for mask and blend: the element would go on to the next meanwhile.
    const frame = new VideoFrame(video);
    segmenter.segmentForVideo(frame, performance.now(), ({ confidenceMasks: [mask] = [] }) => {
      if (!mask) throw new Error('tasks-vision made no mask');
      blend.draw(frame, mask);
      mask.close();
    });
    frame.close();
  };
  draw();
  const stream = blend.canvas.captureStream(30);
  return {
    stream,
    stop: () => {
      stopped = true;
      video.srcObject = null;
      for (const output of [...stream.getTracks(), track]) output.stop();
    },
  };
}

async function openSegmenter(): Promise<Segmenter> {
  const address = `${FOLDER}/vision_bundle.mjs`;
  const { FilesetResolver, ImageSegmenter } = (await import(address)) as Tasks;
  return ImageSegmenter.createFromOptions(await FilesetResolver.forVisionTasks(`${FOLDER}/wasm`), {
    baseOptions: { modelAssetPath: MODEL, delegate: 'CPU' },
    runningMode: 'VIDEO',
    outputConfidenceMasks: true,
    outputCategoryMask: false,
  });
}

class Blend {
  readonly canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #program: twgl.ProgramInfo;
  readonly #quad: twgl.BufferInfo;
  readonly #frame: WebGLTexture;
  readonly #mask: WebGLTexture;
  readonly #background: Color;

  constructor({ width, height }: { width: number; height: number }, background: Color) {
    this.canvas = Object.assign(document.createElement('canvas'), { width, height });
    const gl = (this.#gl = this.canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false }) as WebGL2RenderingContext);
    // A mask of 32-bit numbers may be smaller than the picture.
    gl.getExtension('OES_texture_float_linear');
    this.#program = twgl.createProgramInfo(gl, [VERTEX, FRAGMENT]);
    this.#quad = twgl.createBufferInfoFromArrays(gl, { a_position: { numComponents: 2, data: [-1, -1, 3, -1, -1, 3] } });
    const options = { min: gl.LINEAR, mag: gl.LINEAR, wrap: gl.CLAMP_TO_EDGE, src: new Uint8Array(4), width: 1, height: 1 };
    this.#frame = twgl.createTexture(gl, options);
    this.#mask = twgl.createTexture(gl, options);
    this.#background = background;
  }

  draw(frame: VideoFrame, mask: SegmentationMask): void {
    const gl = this.#gl;
    gl.bindTexture(gl.TEXTURE_2D, this.#frame);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, frame);
    gl.bindTexture(gl.TEXTURE_2D, this.#mask);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, mask.width, mask.height, 0, gl.RED, gl.FLOAT, mask.getAsFloat32Array());
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.useProgram(this.#program.program);
    twgl.setBuffersAndAttributes(gl, this.#program, this.#quad);
    twgl.setUniforms(this.#program, { u_frame: this.#frame, u_mask: this.#mask, u_background: this.#background.map((channel) => channel / 255) });
    twgl.drawBufferInfo(gl, this.#quad, gl.TRIANGLES, 3);
  }
}
