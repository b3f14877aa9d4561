export type GlCanvas = HTMLCanvasElement | OffscreenCanvas;

/**
 * The WebGL2 context of either kind of canvas, null where there is none. Typed as the window's canvas:
 * what a call on the union of both resolves to hangs on which file the type checker reads first.
 */
export function webgl2Of(canvas: GlCanvas, attributes?: WebGLContextAttributes): WebGL2RenderingContext | null {
  return (canvas as HTMLCanvasElement).getContext('webgl2', attributes);
}
