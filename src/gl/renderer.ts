import type { PowerPreference } from '../types';
import { webgl2Of, type GlCanvas } from './webgl2';

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

export interface Renderer {
  /** As far as the browser says; empty while the GPU is away. */
  name: string;
  /** The processor draws: every shader competes with everything else that runs there. */
  software: boolean;
}

/** One entry for each power preference, because a laptop with two GPUs may answer each with another one. */
const known = new Map<PowerPreference, Renderer>();

/**
 * What draws WebGL2 on this machine. The browser is asked once a visit, until it names a renderer.
 *
 * @returns null without WebGL2
 */
export function probeRenderer(powerPreference: PowerPreference = 'default'): Renderer | null {
  const before = known.get(powerPreference);
  if (before) return before;
  const renderer = askRenderer(probeCanvases(), powerPreference);
  if (renderer?.name) known.set(powerPreference, renderer);
  return renderer;
}

/**
 * Asks the first of these canvases that has WebGL2. No context stays alive, since browsers allow only a few.
 *
 * @returns null where none of them has WebGL2
 */
export function askRenderer(canvases: Iterable<GlCanvas>, powerPreference: PowerPreference = 'default'): Renderer | null {
  let isAway = false;
  for (const canvas of canvases) {
    const gl = tryWebgl2(canvas, powerPreference);
    if (!gl) continue;
    try {
      const name = nameOf(gl);
      if (name) return { name, software: SOFTWARE.test(name) };
      isAway = true;
    } finally {
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    }
  }
  // A context that is lost from the start names no renderer. There is WebGL2, and nothing else can be relied on.
  return isAway ? { name: '', software: true } : null;
}

/** Safari before version 17 has an OffscreenCanvas without WebGL, while a canvas of the window has WebGL2. */
function* probeCanvases(): Generator<GlCanvas> {
  if (typeof OffscreenCanvas === 'function') yield new OffscreenCanvas(1, 1);
  if (typeof document === 'object') yield Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
}

function tryWebgl2(canvas: GlCanvas, powerPreference: PowerPreference): WebGL2RenderingContext | null {
  try {
    return webgl2Of(canvas, { powerPreference });
  } catch (error) {
    // A browser whose OffscreenCanvas does not know the word 'webgl2' throws in place of returning null.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function nameOf(gl: WebGL2RenderingContext): string {
  if (gl.isContextLost()) return '';
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER) ?? '');
}
