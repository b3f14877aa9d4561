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

/** The package's workers; `engine-gl` is `engine` with TensorFlow.js for the shared GPU context. Each is a real file of the package; where that lies on another origin, see {@link prepareWorkers}. */
export type WorkerName = 'engine' | 'engine-gl' | 'segmentation' | 'ticker' | 'scene';

let singleFileUrl: string | null = null;

/** For the single-file build: the same script serves as page script and as every worker. */
export function useSingleFileWorkers(url: string): void {
  singleFileUrl = url;
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

type StartWorker = new (url: string | URL, options: WorkerOptions) => Worker;

/**
 * Starts one of the package's workers; the caller terminates it.
 *
 * @throws DOMException `SecurityError` when the script lies on another origin than the page, and no `blob:` worker can
 *   import it (see {@link prepareWorkers}); TypeError where Trusted Types forbid it
 */
export function createWorker(name: WorkerName): Worker {
  const address = addressOfWorker(name);
  if (isForeign(address)) {
    if (!importsWork || isForbidden) throw new DOMException(`${address} lies on another origin`, 'SecurityError');
    return createImportingWorker(name, address);
  }
  return startWorker(name, function startTrusted(url: string | URL, options: WorkerOptions) {
    return new globalThis.Worker(trustScript(url), options);
  } as unknown as StartWorker);
}

/** Where the script of one of the package's workers lies. */
export function addressOfWorker(name: WorkerName): string {
  let address = '';
  startWorker(name, function noteAddress(url: string | URL) {
    address = String(url);
  } as unknown as StartWorker);
  return address;
}

/** @param Worker named as it is because bundlers look for the words `new Worker(new URL(` and a literal address */
function startWorker(name: WorkerName, Worker: StartWorker): Worker {
  if (singleFileUrl) return new Worker(singleFileUrl, { type: 'module', name });
  switch (name) {
    case 'engine':
      return new Worker(new URL(/* @vite-ignore */ './engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' });
    case 'engine-gl':
      return new Worker(new URL(/* @vite-ignore */ './engine-gl.worker.ts', import.meta.url), { type: 'module', name: 'engine-gl' });
    case 'segmentation':
      return new Worker(new URL(/* @vite-ignore */ './segmentation.worker.ts', import.meta.url), { type: 'module', name: 'segmentation' });
    case 'ticker':
      return new Worker(new URL(/* @vite-ignore */ './ticker.worker.ts', import.meta.url), { type: 'module', name: 'ticker' });
    case 'scene':
      return new Worker(new URL(/* @vite-ignore */ './scene.worker.ts', import.meta.url), { type: 'module', name: 'scene' });
  }
}

/**
 * How long the first worker that imports a script from another origin may take until it runs. A policy that refuses it
 * says so at once; this is for slow lines.
 */
const IMPORT_LIMIT_MS = 10_000;

let isForbidden = false;
/** Whether a `blob:` worker that imports the package's script runs in this page; undefined: not tried. */
let importsWork: boolean | undefined;
let trial: Promise<void> | null = null;
const importers = new Map<string, string>();

/** The page wants no `blob:` workers, now and later, from any element in it. */
export function forbidBlobWorkers(): void {
  isForbidden = true;
}

/**
 * A script of another origin cannot be a worker, but a worker of the page's own can import it. So where the package's
 * script lies on another origin, and only there, workers are made of a `blob:` with one line that imports it. Policies can
 * refuse that in a dozen ways, some of them only while the script loads: one worker tries it out, once a visit.
 *
 * @returns null where there is nothing to wait for before {@link createWorker}
 */
export function prepareWorkers(): Promise<void> | null {
  if (isForbidden || importsWork !== undefined || !isForeign(addressOfWorker('ticker'))) return null;
  return (trial ??= tryImportingWorker().then((works) => {
    importsWork = works;
  }));
}

async function tryImportingWorker(): Promise<boolean> {
  let worker: Worker | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const started = createImportingWorker('ticker', addressOfWorker('ticker'));
    worker = started;
    return await new Promise<boolean>((resolve) => {
      started.onmessage = () => resolve(true);
      started.onerror = (event) => {
        event.preventDefault();
        resolve(false);
      };
      timer = setTimeout(() => resolve(false), IMPORT_LIMIT_MS);
      started.postMessage({ intervalMs: 1 });
    });
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    worker?.terminate();
  }
}

/** Nobody vouches for the `blob:` where Trusted Types are enforced: there it is refused, and nothing of it runs. */
function createImportingWorker(name: WorkerName, address: string): Worker {
  let url = importers.get(address);
  if (!url) {
    url = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: 'text/javascript' }));
    importers.set(address, url);
  }
  return new globalThis.Worker(url, { type: 'module', name });
}

/** Other schemes than http have rules of their own, and browsers refuse what they do not allow. */
function isForeign(address: string): boolean {
  const { protocol, origin } = new URL(address, globalThis.location.href);
  return protocol.startsWith('http') && origin !== globalThis.origin;
}
