/** Prints what an app's users download, in bytes after gzip, and what the app installs. Of `dist/`, which it builds. */
import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildPackage } from './build.mjs';
import { DIST, ROOT } from './paths.mjs';

const gzipBytes = (body) => gzipSync(body, { level: 9 }).length;

/**
 * What `import 'virtual-background-camera/define.js'` brings into an app at once, shaken and minified as its bundler
 * would. What is imported dynamically (the controls, languages, scenes, models) is loaded later or never, and not counted.
 *
 * @param {string[]} external packages to leave out
 */
async function entryBytes(external) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: "import './define.js';", resolveDir: DIST, sourcefile: 'app.js' },
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    outdir: DIST,
    absWorkingDir: ROOT,
    external,
    logLevel: 'silent',
  });
  const outputs = Object.fromEntries(Object.entries(metafile.outputs).map(([path, output]) => [resolve(ROOT, path), output]));
  const reached = new Set();
  const follow = (path) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { path: imported, kind, external: outside } of outputs[path].imports) {
      if (kind === 'import-statement' && !outside) follow(resolve(ROOT, imported));
    }
  };
  follow(join(DIST, 'stdin.js'));
  return outputFiles.filter(({ path }) => reached.has(path)).reduce((total, { contents }) => total + gzipBytes(contents), 0);
}

/** What a visitor's first use loads of the package, where both places for networks are compared (on a GPU). BodyPix comes besides. */
export const FIRST_USE = 'first use, all files';
const FIRST_USE_FILES = [
  'engine-gl.worker.js',
  'segmentation.worker.js',
  'assets/tfjs-backend-wasm-simd.wasm',
  'assets/selfie-landscape.json',
  'assets/selfie-landscape.bin',
];

/** @returns {Promise<Record<string, number>>} bytes after gzip */
export async function measureSizes() {
  const sizes = {
    'entry, packages left out': await entryBytes(['lit', 'lit/*', 'twgl.js']),
    'entry with lit and twgl.js': await entryBytes([]),
  };
  for (const name of (await readdir(DIST)).sort()) {
    if (/\.worker\.js$|^chunk-(controls|tensorflow|window-host)-|^virtual-background-camera\.js$/.test(name)) sizes[name.replace(/^(chunk-(controls|tensorflow|window-host))-.*/, '$1.js')] = gzipBytes(await readFile(join(DIST, name)));
  }
  for (const name of (await readdir(join(DIST, 'assets'))).sort()) {
    sizes[`assets/${name}`] = gzipBytes(await readFile(join(DIST, 'assets', name)));
  }
  const first = ['entry with lit and twgl.js', 'chunk-controls.js', ...FIRST_USE_FILES];
  sizes[FIRST_USE] = first.reduce((total, name) => total + sizes[name], 0);
  return sizes;
}

/** Bytes of a file, or of all files of a folder but installed packages in it. */
async function bytesOf(path) {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const inner = (await readdir(path)).filter((name) => name !== 'node_modules');
  return (await Promise.all(inner.map((name) => bytesOf(join(path, name))))).reduce((sum, bytes) => sum + bytes, 0);
}

/** @returns {Promise<number>} bytes on disk of what an app installs: the package, and all that it depends on, each once */
export async function measureInstalled() {
  const { files, dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const folders = new Set();
  const follow = async (names, from) => {
    for (const name of names) {
      let folder = from;
      while (!existsSync(join(folder, 'node_modules', name, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
      const found = join(folder, 'node_modules', name);
      if (folders.has(found) || !existsSync(found)) continue;
      folders.add(found);
      const { dependencies: next = {} } = JSON.parse(await readFile(join(found, 'package.json'), 'utf8'));
      await follow(Object.keys(next), found);
    }
  };
  await follow(Object.keys(dependencies), ROOT);
  const sizes = await Promise.all([...files.map((name) => join(ROOT, name)), ...folders].map(bytesOf));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await buildPackage({ ifStale: true });
  for (const [name, bytes] of Object.entries(await measureSizes())) console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KB  ${name}`);
  console.log(`${(await measureInstalled() / 1e6).toFixed(1).padStart(8)} MB  installed, with its dependencies`);
}
