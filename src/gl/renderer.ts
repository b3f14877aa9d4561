import { webgl2Of } from './gl-context';

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

export interface Renderer {
  /** As far as the browser tells. */
  name: string;
  /** Drawn by the processor: every shader competes with everything else. */
  software: boolean;
}

let known: Renderer | null = null;

/** What draws WebGL2 on this machine; asked once a visit. Null without WebGL2. */
export function probeRenderer(): Renderer | null {
  if (known) return known;
  const canvas = typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(1, 1) : document.createElement('canvas');
  const gl = webgl2Of(canvas);
  if (!gl) return null;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  known = { name, software: SOFTWARE.test(name) };
  return known;
}
