/**
 * Makes the script that the threads of TensorFlow.js' WASM backend run, out of two files of its package: the
 * module factory, and the thread worker, which the package holds as text. There the backend makes `blob:` scripts
 * of both; a strict content security policy has none of that, so here they are one plain file.
 */

/** The thread worker, as its file exports it. Raw text: an escape in it belongs to the script. */
const EXPORTED = /^module\.exports\.wasmWorkerContents = `([^`]*)`;\s*$/;
/** Where the thread worker loads the factory, which here stands in the same file. */
const LOADS_FACTORY =
  'if(typeof e.data.urlOrBlob=="string"){importScripts(e.data.urlOrBlob)}else{var objectUrl=URL.createObjectURL(e.data.urlOrBlob);importScripts(objectUrl);URL.revokeObjectURL(objectUrl)}';
const FACTORY = 'var WasmBackendModuleThreadedSimd = (';

/**
 * @param {{ factory: string, worker: string, source: string }} files texts of `…-threaded-simd.js` and
 *   `…-threaded-simd.worker.js`, and where they are from
 * @returns {string} a classic script
 * @throws {Error} when the files are not what is expected: another version of the package
 */
export function joinThreadScript({ factory, worker, source }) {
  const thread = EXPORTED.exec(worker)?.[1];
  const parts = thread?.split(LOADS_FACTORY) ?? [];
  if (parts.length !== 2 || thread.includes('${') || !factory.trimStart().startsWith(FACTORY)) {
    throw new Error(`the thread script cannot be made of ${source}; this script was written for another version`);
  }
  // The worker's text is strict code and the factory is not: a function each.
  return `/* ${source}. Copyright Google LLC. Apache License 2.0, see NOTICE.txt. Two files put into one. */\n${factory.trim()}\n(function () {\n${parts.join('')}\n})();\n`;
}
