import * as twgl from 'twgl.js';
import type { BenchCase, Running } from './page';

const VERTEX = `#version 300 es
in vec2 a_position; out vec2 v_texCoord;
void main() { v_texCoord = a_position * vec2(0.5, -0.5) + 0.5; gl_Position = vec4(a_position, 0.0, 1.0); }`;
const FRAGMENT = `#version 300 es
precision highp float; uniform sampler2D u_frame; in vec2 v_texCoord; out vec4 outColor;
void main() { outColor = texture(u_frame, v_texCoord); }`;

/** The bare floor: one texture upload and one draw a frame, handed out by captureStream. No background at all. */
export async function startFloor(track: MediaStreamTrack, { width, height }: BenchCase): Promise<Running> {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false }) as WebGL2RenderingContext;
  const program = twgl.createProgramInfo(gl, [VERTEX, FRAGMENT]);
  const quad = twgl.createBufferInfoFromArrays(gl, { a_position: { numComponents: 2, data: [-1, -1, 3, -1, -1, 3] } });
  const texture = twgl.createTexture(gl, { min: gl.LINEAR, mag: gl.LINEAR, wrap: gl.CLAMP_TO_EDGE, src: new Uint8Array(4), width: 1, height: 1 });
  const video: HTMLVideoElement = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  video.srcObject = new MediaStream([track]);
  await video.play();
  let stopped = false;
  const draw = (): void => {
    if (stopped) return;
    video.requestVideoFrameCallback(draw);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, video);
    gl.viewport(0, 0, width, height);
    gl.useProgram(program.program);
    twgl.setBuffersAndAttributes(gl, program, quad);
    twgl.setUniforms(program, { u_frame: texture });
    twgl.drawBufferInfo(gl, quad, gl.TRIANGLES, 3);
  };
  draw();
  const stream = canvas.captureStream(30);
  return {
    stream,
    stop: () => {
      stopped = true;
      video.srcObject = null;
      for (const output of stream.getTracks()) output.stop();
    },
  };
}
