/**
 * Builds `dist/`:
 *
 * - `index.js`, `define.js`, `chime.js`, `livekit.js`, `twilio.js`: what apps import; lit and twgl.js stay imports, TensorFlow.js
 *   and the shaders are inside;
 * - `*.worker.js`: one self-contained file each, so that they work wherever an app's bundler puts them;
 * - `virtual-background-camera.js`: everything in one file, for `<script type="module">` from any server;
 * - `assets/`: WASM and model files; `*.d.ts`: types; what frameworks and editors know of the elements
 *   (framework-types.mjs).
 *
 *   node scripts/build.mjs [--if-stale]
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform as minify } from 'esbuild';
import { build } from 'vite';
import { buildAssets } from './build-assets.mjs';
import { writeFrameworkTypes } from './framework-types.mjs';
import { CACHE, DIST, ROOT } from './paths.mjs';

/** Each in a file of its own: an app that uses none of these SDKs must not meet their types. */
export const INTEGRATIONS = ['chime', 'livekit', 'twilio'];
const TYPE_ENTRIES = ['index.d.ts', 'define.d.ts', ...INTEGRATIONS.map((name) => join('integrations', `${name}.d.ts`))];
const KEY_FILE = join(CACHE, 'build-key');
/** Which packages are inside of which script of `dist/`, as JSON: for NOTICE. */
export const BUNDLED_FILE = join(CACHE, 'bundled-packages.json');
const src = (name) => join(ROOT, 'src', name);

/** Names of the worker scripts: every `src/<name>.worker.ts`. */
export const WORKERS = readdirSync(src('')).filter((name) => name.endsWith('.worker.ts')).map((name) => name.replace(/\.ts$/, ''));

/**
 * Keeps `new URL('./x', import.meta.url)` as it is written, for the bundler of the app to find. Vite would put
 * the file itself there, as a `data:` URL. Workers are `.ts` in the sources and `.js` in the build.
 */
function literalUrlsPlugin() {
  const written = /new URL\(\s*\/\* @vite-ignore \*\/\s*'([^']+)',\s*import\.meta\.url\s*\)/g;
  const placeholder = /__PACKAGE_FILE__\(\s*(["'`])(.+?)\1\s*\)/g;
  return {
    name: 'literal-urls',
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(src(''))) return undefined;
      const marked = code.replace(written, (_all, path) => `__PACKAGE_FILE__('${path.replace(/\.worker\.ts$/, '.worker.js')}')`);
      return marked === code ? undefined : { code: marked, map: null };
    },
    renderChunk(code) {
      return { code: code.replace(placeholder, (_all, _quote, path) => `new URL('${path}', import.meta.url)`), map: null };
    },
  };
}

/** Shaders without their comments, a third of their text. Line breaks stay: a driver's message names lines of the source. */
function glslWithoutCommentsPlugin() {
  const comments = /\/\/.*|\/\*[^]*?\*\//g;
  return {
    name: 'glsl-without-comments',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith('.glsl?raw')) return undefined;
      const source = await readFile(id.replace(/\?raw$/, ''), 'utf8');
      const code = source.replace(comments, (comment) => comment.replace(/[^\n]/g, '')).replace(/^[ \t]+|[ \t]+$/gm, '');
      return `export default ${JSON.stringify(code)}`;
    },
  };
}

/**
 * TensorFlow.js reads 64-bit numbers with the package `long`, which on loading compiles a little WebAssembly for its
 * arithmetic. A policy without 'wasm-unsafe-eval' forbids that even where the network runs on WebGL; `long` has
 * the same in JavaScript.
 */
function longWithoutWasmPlugin() {
  return {
    name: 'long-without-wasm',
    transform(code, id) {
      if (!/[\\/]long[\\/]src[\\/]long\.js$/.test(id)) return undefined;
      const without = code.replace(/^try \{\s*wasm = new WebAssembly\.Instance[^]*?^\}[^]*?^\}/m, '');
      if (/new WebAssembly/.test(without)) throw new Error('long: its start on WebAssembly was not found');
      return { code: without, map: null };
    },
  };
}

/**
 * TensorFlow.js keeps its engine, flags and kernels on the global object, where every copy of it in a page finds those of
 * the others: two would switch each other's backends, and call kernels of each other's with tensors that these don't
 * know. Ours keeps them to itself.
 */
function ownTensorFlowPlugin() {
  return {
    name: 'own-tensorflow',
    transform(code, id) {
      if (!/[\\/]tfjs-core[\\/]dist[\\/](global_util|engine)\.js$/.test(id)) return undefined;
      const own = code.replace('const ns = getGlobalNamespace();', 'const ns = OWN_NAMESPACE;').replace('new Environment(ns)', 'new Environment(getGlobalNamespace())');
      if (own === code) throw new Error(`tfjs-core: ${id} keeps nothing on the global object where it did before`);
      return { code: `const OWN_NAMESPACE = {};\n${own}`, map: null };
    },
  };
}

const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
const isDependency = (id) => Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`));

/** Notes whose modules went into each script; what was shaken off does not count. */
function inlinedPackagesPlugin(found) {
  return {
    name: 'inlined-packages',
    generateBundle(_options, output) {
      for (const { type, fileName, modules } of Object.values(output)) {
        if (type !== 'chunk') continue;
        const ids = Object.keys(modules).filter((id) => modules[id].renderedLength > 0);
        const names = ids.map((id) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1].replaceAll('\\', '/'));
        found[fileName] = [...new Set(names.filter(Boolean))].sort();
      }
    },
  };
}

/**
 * The engine, the camera and the controls in a chunk each, with what it needs and the one before has not:
 * `define.js` loads the controls after the camera, and who brings an interface of their own loads neither. TensorFlow.js,
 * for pages that run networks in their own thread, comes when it is needed.
 */
const CHUNKS = {
  groups: [
    { name: 'engine', test: /src[\\/]create-virtual-background\.ts$/, priority: 3 },
    { name: 'camera', test: /src[\\/]components[\\/]virtual-background-camera\.ts$/, priority: 2 },
    { name: 'controls', test: /src[\\/]components[\\/]controls[\\/]/, priority: 1 },
    { name: 'tensorflow', test: /node_modules[\\/]/, priority: 1 },
  ],
};

/** TensorFlow.js is a third of its size when minified, which is what an app installs. The rest stays readable. */
function minifyTensorFlowPlugin() {
  return {
    name: 'minify-tensorflow',
    async renderChunk(code, { name }) {
      if (!name.startsWith('tensorflow')) return undefined;
      return { code: (await minify(code, { minify: true, format: 'esm', target: 'es2022', legalComments: 'none' })).code, map: null };
    },
  };
}

function bundle(entry, { external = () => false, isMinified, singleFile, found }) {
  return build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [literalUrlsPlugin(), glslWithoutCommentsPlugin(), longWithoutWasmPlugin(), ownTensorFlowPlugin(), minifyTensorFlowPlugin(), inlinedPackagesPlugin(found)],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      lib: { entry, formats: ['es'], fileName: (_format, name) => `${name}.js` },
      outDir: DIST,
      emptyOutDir: false,
      target: 'es2022',
      minify: isMinified,
      reportCompressedSize: false,
      rolldownOptions: {
        external,
        output: { chunkFileNames: 'chunk-[name]-[hash].js', codeSplitting: singleFile ? false : CHUNKS, minify: isMinified },
      },
    },
  });
}

const TYPE_IMPORTS = /(\bfrom '|\bimport\('|\bimport '|\bdeclare module ')(\.{1,2}\/[^']*)(')/g;

async function writeTypes() {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
  const needed = new Set();
  const finish = async (file) => {
    if (needed.has(file)) return;
    needed.add(file);
    const imported = [];
    // Node's module resolution, which TypeScript can follow too, wants whole file names.
    const text = (await readFile(file, 'utf8')).replace(TYPE_IMPORTS, (_all, before, path, after) => {
      const stem = resolve(dirname(file), path.replace(/\.[jt]s$/, ''));
      const ending = existsSync(`${stem}.d.ts`) ? '' : '/index';
      imported.push(`${stem}${ending}.d.ts`);
      return `${before}${path.replace(/\.[jt]s$/, '')}${ending}.js${after}`;
    });
    await writeFile(file, text);
    for (const next of imported) await finish(next);
  };
  for (const entry of TYPE_ENTRIES) await finish(join(DIST, entry));
  // What no entry leads to is of no use to an app.
  for (const entry of await readdir(DIST, { recursive: true })) {
    const file = join(DIST, entry);
    if (entry.endsWith('.d.ts') && !needed.has(file)) await rm(file);
  }
  await removeEmptyFolders(DIST);
}

async function removeEmptyFolders(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const inner = join(folder, entry.name);
    await removeEmptyFolders(inner);
    if (!(await readdir(inner)).length) await rmdir(inner);
  }
}

async function fingerprint() {
  const hash = createHash('sha256');
  const sources = await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true });
  const files = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const configs = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'custom-elements.json', 'scripts/build.mjs', 'scripts/framework-types.mjs'].map((name) => join(ROOT, name));
  for (const file of [...files.sort(), ...configs]) hash.update(file.slice(ROOT.length)).update(await readFile(file));
  return hash.digest('hex');
}

export async function buildPackage({ ifStale = false } = {}) {
  await buildAssets();
  const key = await fingerprint();
  const fresh = existsSync(DIST) && existsSync(BUNDLED_FILE) && existsSync(KEY_FILE) && (await readFile(KEY_FILE, 'utf8')) === key;
  if (ifStale && fresh) return;
  await rm(KEY_FILE, { force: true });
  await rm(DIST, { recursive: true, force: true });
  await mkdir(DIST, { recursive: true });
  const found = {};
  const integrations = Object.fromEntries(INTEGRATIONS.map((name) => [name, src(`integrations/${name}.ts`)]));
  await bundle({ index: src('index.ts'), define: src('define.ts'), ...integrations }, { external: isDependency, isMinified: false, found });
  for (const name of WORKERS) {
    await bundle({ [name]: src(`${name}.ts`) }, { isMinified: true, singleFile: true, found });
  }
  await bundle({ 'virtual-background-camera': src('cdn.ts') }, { isMinified: true, singleFile: true, found });
  await cp(src('assets'), join(DIST, 'assets'), { recursive: true });
  await writeTypes();
  await writeFrameworkTypes(DIST);
  await mkdir(CACHE, { recursive: true });
  await writeFile(BUNDLED_FILE, `${JSON.stringify(found, null, 2)}\n`);
  await writeFile(KEY_FILE, key);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await buildPackage({ ifStale: process.argv.includes('--if-stale') });
}
