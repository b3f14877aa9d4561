/** What can be done to GPU contexts; the same on the page and in the engine's worker. */
export type GlOrder = 'lose' | 'restore' | 'break-shaders' | 'mend-shaders' | 'out-of-memory' | 'no-large-textures' | 'enough-memory';

type GetContext = (this: unknown, ...args: unknown[]) => unknown;

const contexts: WebGL2RenderingContext[] = [];
/** A context whose extension was not asked for before it was lost gives none. */
const extensions = new Map<WebGL2RenderingContext, WEBGL_lose_context | null>();
let shadersAreBroken = false;
let isOutOfMemory = false;
/** Pictures of this width or more find no memory. */
let firstTooWide = Infinity;
const LARGE_WIDTH = 2000;

/** Every WebGL2 context of a kind of canvas can be given orders from now on. @returns takes it back */
export function installGlFaults(prototype: { getContext: unknown }): () => void {
  const original = prototype.getContext as GetContext;
  prototype.getContext = function getContext(this: unknown, ...args: unknown[]) {
    const context = original.apply(this, args);
    if (context instanceof WebGL2RenderingContext && !extensions.has(context)) adopt(context);
    return context;
  };
  return () => {
    prototype.getContext = original;
    contexts.length = 0;
    extensions.clear();
    shadersAreBroken = false;
    isOutOfMemory = false;
    firstTooWide = Infinity;
  };
}

function adopt(gl: WebGL2RenderingContext): void {
  contexts.push(gl);
  extensions.set(gl, gl.getExtension('WEBGL_lose_context'));
  const shaderSource = gl.shaderSource.bind(gl);
  gl.shaderSource = (shader, source) => shaderSource(shader, shadersAreBroken ? `${source}\n#error no driver compiles this` : source);
  const texImage2D = gl.texImage2D.bind(gl) as (...args: unknown[]) => void;
  const getError = gl.getError.bind(gl);
  let isErrorDue = false;
  // What a texture without memory is: one without a picture.
  gl.texImage2D = (...args: unknown[]) => {
    const isTooLarge = isOutOfMemory || widthOf(args) >= firstTooWide;
    if (isTooLarge) isErrorDue = true;
    else texImage2D(...args);
  };
  gl.getError = () => {
    const error = isErrorDue ? gl.OUT_OF_MEMORY : getError();
    isErrorDue = false;
    return error;
  };
}

export function orderGl(order: GlOrder): void {
  if (order === 'break-shaders' || order === 'mend-shaders') shadersAreBroken = order === 'break-shaders';
  else if (order === 'no-large-textures') firstTooWide = LARGE_WIDTH;
  else if (order === 'out-of-memory') isOutOfMemory = true;
  else if (order === 'enough-memory') [isOutOfMemory, firstTooWide] = [false, Infinity];
  else for (const gl of contexts) act(gl, order);
}

/** Of what is uploaded: told in the call, or by the picture that is its last argument. */
function widthOf(args: readonly unknown[]): number {
  if (args.length > 6) return args[3] as number;
  return (args.at(-1) as { width?: number }).width ?? 0;
}

function act(gl: WebGL2RenderingContext, order: 'lose' | 'restore'): void {
  const extension = extensions.get(gl);
  if (order === 'lose' && !gl.isContextLost()) extension?.loseContext();
  if (order === 'restore' && gl.isContextLost()) extension?.restoreContext();
}
