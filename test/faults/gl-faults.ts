/** What can be done to GPU contexts; the same on the page and in the engine's worker. */
export type GlOrder = 'lose' | 'restore' | 'break-shaders' | 'mend-shaders' | 'out-of-memory' | 'enough-memory';

type GetContext = (this: unknown, ...args: unknown[]) => unknown;

const contexts: WebGL2RenderingContext[] = [];
/** A context whose extension was not asked for before it was lost gives none. */
const extensions = new Map<WebGL2RenderingContext, WEBGL_lose_context | null>();
let shadersAreBroken = false;
let isOutOfMemory = false;

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
  };
}

function adopt(gl: WebGL2RenderingContext): void {
  contexts.push(gl);
  extensions.set(gl, gl.getExtension('WEBGL_lose_context'));
  const shaderSource = gl.shaderSource.bind(gl);
  gl.shaderSource = (shader, source) => shaderSource(shader, shadersAreBroken ? `${source}\n#error no driver compiles this` : source);
  const texImage2D = gl.texImage2D.bind(gl) as (...args: unknown[]) => void;
  // What a texture without memory is: one without a picture.
  gl.texImage2D = (...args: unknown[]) => {
    if (!isOutOfMemory) texImage2D(...args);
  };
}

export function orderGl(order: GlOrder): void {
  if (order === 'break-shaders' || order === 'mend-shaders') shadersAreBroken = order === 'break-shaders';
  else if (order === 'out-of-memory' || order === 'enough-memory') isOutOfMemory = order === 'out-of-memory';
  else for (const gl of contexts) act(gl, order);
}

function act(gl: WebGL2RenderingContext, order: 'lose' | 'restore'): void {
  const extension = extensions.get(gl);
  if (order === 'lose' && !gl.isContextLost()) extension?.loseContext();
  if (order === 'restore' && gl.isContextLost()) extension?.restoreContext();
}

/** Contexts that were made and are not lost. */
export function countLiveContexts(): number {
  return contexts.filter((gl) => !gl.isContextLost()).length;
}
