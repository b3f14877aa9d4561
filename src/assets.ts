/**
 * Addresses of the files that the package ships beside its scripts. Each is a literal
 * `new URL('…', import.meta.url)` so that bundlers find the file and emit it with the app; from a plain
 * static server they resolve to the `assets/` folder beside the script.
 */
export interface AssetUrls {
  /** Whether they are the package's own, not what `asset-base` named. */
  own: boolean;
  /** TensorFlow.js WASM backend, by the file name the backend asks for. */
  wasm: Record<WasmFile, string>;
  /** What the threads of that backend run: a classic worker script. */
  wasmThreads: string;
  /** Bundled selfie models: graph JSON and weights. */
  selfieLandscape: ModelFiles;
  selfieGeneral: ModelFiles;
}

export interface ModelFiles {
  json: string;
  weights: string;
}

export type WasmFile = (typeof WASM_FILES)[number];

export const WASM_FILES = [
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm',
] as const;

/* `@vite-ignore` keeps our own library build from inlining the files; the build strips the comment. */
const defaultUrls = (): AssetUrls => ({
  own: true,
  wasm: {
    'tfjs-backend-wasm.wasm': new URL(/* @vite-ignore */ './assets/tfjs-backend-wasm.wasm', import.meta.url).href,
    'tfjs-backend-wasm-simd.wasm': new URL(/* @vite-ignore */ './assets/tfjs-backend-wasm-simd.wasm', import.meta.url).href,
    'tfjs-backend-wasm-threaded-simd.wasm': new URL(/* @vite-ignore */ './assets/tfjs-backend-wasm-threaded-simd.wasm', import.meta.url).href,
  },
  wasmThreads: new URL(/* @vite-ignore */ './assets/tfjs-backend-wasm-threads.worker.js', import.meta.url).href,
  selfieLandscape: {
    json: new URL(/* @vite-ignore */ './assets/selfie-landscape.json', import.meta.url).href,
    weights: new URL(/* @vite-ignore */ './assets/selfie-landscape.bin', import.meta.url).href,
  },
  selfieGeneral: {
    json: new URL(/* @vite-ignore */ './assets/selfie-general.json', import.meta.url).href,
    weights: new URL(/* @vite-ignore */ './assets/selfie-general.bin', import.meta.url).href,
  },
});

/**
 * Where the package's files lie.
 *
 * @param assetBase Folder that holds copies of the package's `assets/` files, absolute or relative to the
 *   page; empty or missing means beside the script.
 */
export function resolveAssetUrls(assetBase?: string | null): AssetUrls {
  if (!assetBase) return defaultUrls();
  const folder = new URL(assetBase.endsWith('/') ? assetBase : `${assetBase}/`, globalThis.location?.href);
  const at = (name: string): string => new URL(name, folder).href;
  return {
    own: false,
    wasm: Object.fromEntries(WASM_FILES.map((name) => [name, at(name)])) as Record<WasmFile, string>,
    wasmThreads: at('tfjs-backend-wasm-threads.worker.js'),
    selfieLandscape: { json: at('selfie-landscape.json'), weights: at('selfie-landscape.bin') },
    selfieGeneral: { json: at('selfie-general.json'), weights: at('selfie-general.bin') },
  };
}

/** What a page has to list where it restricts Trusted Types (`trusted-types lit-html virtual-background-camera`). */
const POLICY_NAME = 'virtual-background-camera';

interface ScriptPolicy {
  createScriptURL(url: string): string;
}

let policy: ScriptPolicy | null | undefined;

/**
 * Vouches for a script's address in pages with Trusted Types. Only for addresses that stand in this package's own
 * code: one that an attribute names may have been written by whoever got markup into the page.
 *
 * @returns what `new Worker()` takes; the address itself where there are no Trusted Types, or the page's policy
 *   list leaves this package out
 */
export function trustScript(url: string | URL): string | URL {
  if (policy === undefined) policy = createPolicy();
  return policy?.createScriptURL(String(url)) ?? url;
}

function createPolicy(): ScriptPolicy | null {
  const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy } };
  try {
    return trustedTypes?.createPolicy(POLICY_NAME, { createScriptURL: (url) => url }) ?? null;
  } catch {
    return null;
  }
}
