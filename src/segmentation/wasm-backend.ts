import * as tf from '@tensorflow/tfjs-core';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { BackendWasmModule, WasmFactoryConfig } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm';
import createModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import type { AssetUrls, WasmFile } from '../assets';
import type { Downloads } from './downloads';
import { fetchPackageFile } from './package-files';

/** With what Emscripten gives every module; its types are no part of the package. */
interface EmscriptenModule extends BackendWasmModule {
  cwrap<Wrapped extends (...values: number[]) => number | void>(name: string, returns: 'number' | null, takes: 'number'[]): Wrapped;
}

/** The file that one thread runs on this machine. */
export async function singleThreadFile(): Promise<WasmFile> {
  return (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? 'tfjs-backend-wasm-simd.wasm' : 'tfjs-backend-wasm.wasm';
}

/**
 * TensorFlow.js' WASM backend on the thread that calls. Its own start fetches by itself, which can be neither
 * watched, nor checked, nor ended; so its module is made here, of bytes that were.
 *
 * @throws {Error} naming the file that cannot be loaded or is another one
 */
export async function startWasmBackend(assets: AssetUrls, downloads: Downloads): Promise<BackendWasm> {
  const name = await singleThreadFile();
  const code = await compileFile(downloads, name, assets.wasm[name]);
  return new BackendWasm(await instantiateModule(createModule, code, {}));
}

/** @throws {Error} naming the file */
export async function compileFile(downloads: Downloads, name: WasmFile, url: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await fetchPackageFile(downloads, name, url));
}

/** Makes Emscripten's module of compiled code, with what the backend's own start adds (tfjs-backend-wasm, backend_wasm.ts). */
export async function instantiateModule<Made extends BackendWasmModule>(
  factory: (settings: WasmFactoryConfig) => Promise<Made>,
  code: WebAssembly.Module,
  settings: WasmFactoryConfig,
): Promise<Made> {
  const failed = new Promise<never>((_resolve, reject) => {
    settings.instantiateWasm = (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void) => {
      // Emscripten waits for ever when nothing is received.
      WebAssembly.instantiate(code, imports).then((instance) => receive(instance, code), reject);
      return {};
    };
  });
  const module = (await Promise.race([factory(settings), failed])) as Made & EmscriptenModule;
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
  return module;
}
