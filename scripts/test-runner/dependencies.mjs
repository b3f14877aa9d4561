/**
 * Test server: third-party packages, bundled once.
 *
 * TensorFlow.js alone is more than a thousand modules, and every test page and every worker would fetch them
 * one by one. So the packages that the sources import are bundled with esbuild into `.cache/deps/<key>/`, in
 * one build with shared chunks, which also keeps each of them a single instance.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { CACHE, ROOT } from '../paths.mjs';

const FOLDER = join(CACHE, 'deps');
const SOURCE_FOLDERS = ['src', 'test', 'demo', 'bench'];
const DAY_MS = 24 * 60 * 60 * 1000;

const BUILD_OPTIONS = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  absWorkingDir: ROOT,
  define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  logLevel: 'silent',
  metafile: true,
};

/** A package's address. The runner's own browser code (`@web/…`) speaks to its server and stays as it is. */
const isPackage = (specifier) => /^(@[\w.-]+\/)?[a-zA-Z][\w.-]*(\/.*)?$/.test(specifier) && !specifier.startsWith('@web/');
const entryName = (specifier) => specifier.replaceAll('/', '__');

async function listSources(folder) {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Every package address that a source file imports as a value, statically or dynamically. */
async function scanSources() {
  const files = (await Promise.all(SOURCE_FOLDERS.map((folder) => listSources(join(ROOT, folder))))).flat();
  const found = new Set();
  const collect = {
    name: 'collect-package-imports',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        if (isPackage(path)) found.add(path);
        return { path, external: true };
      });
    },
  };
  // One build a file: a syntax error in one must not hide what the others import.
  await Promise.allSettled(
    files.map((file) =>
      build({ entryPoints: [file], bundle: true, write: false, format: 'esm', logLevel: 'silent', plugins: [collect] }),
    ),
  );
  return [...found];
}

/** What a package keeps for Node (file systems, processes) is empty in the browser, as other bundlers have it. */
const emptyNodeBuiltins = {
  name: 'empty-node-builtins',
  setup({ onResolve, onLoad, resolve }) {
    const filter = new RegExp(`^(node:.*|${builtinModules.join('|')})$`);
    onResolve({ filter }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === 'package of that name') return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: 'package of that name' });
      return isAbsolute(found.path) ? found : { path, namespace: 'node-builtin' };
    });
    onLoad({ filter: /.*/, namespace: 'node-builtin' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * The module that stands for a package in the bundle: it re-exports everything. A bundler cannot see the names
 * that a CommonJS package exports, so Node is asked for them.
 *
 * @returns {Promise<string | undefined>} nothing when there is no such package
 */
async function entryModule(specifier) {
  const stdin = { contents: `import all from '${specifier}'; console.log(all);`, resolveDir: ROOT };
  const probe = await build({ ...BUILD_OPTIONS, stdin, write: false, plugins: [emptyNodeBuiltins] }).catch((error) => error);
  if (probe.errors.length) {
    const noDefault = probe.errors.every(({ text }) => text.startsWith('No matching export'));
    return noDefault ? `export * from '${specifier}';` : undefined;
  }
  const entry = probe.metafile.inputs['<stdin>'].imports[0].path;
  if (probe.metafile.inputs[entry].format !== 'cjs') return `export * from '${specifier}'; export { default } from '${specifier}';`;
  const found = await import(specifier);
  // Node too sees only what it can tell from the text; the rest hangs on the exports object, its default export.
  const known = new Set([...Object.keys(found), ...Object.keys(found.default ?? {})]);
  const names = [...known].filter((name) => name !== 'default' && /^[A-Za-z_$][\w$]*$/.test(name));
  // A package that was an ES module once has no default export unless it says so.
  return `import * as all from '${specifier}'; export default all.default ?? all; export const { ${names.join(', ')} } = all;`;
}

async function bundle(specifiers, outdir) {
  const modules = new Map(await Promise.all(specifiers.map(async (name) => [name, await entryModule(name)])));
  const entries = {
    name: 'package-entries',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, kind }) => (kind === 'entry-point' ? { path, namespace: 'entry' } : undefined));
      onLoad({ filter: /.*/, namespace: 'entry' }, ({ path }) => ({ contents: modules.get(path), resolveDir: ROOT }));
    },
  };
  const found = specifiers.filter((name) => modules.get(name));
  await build({
    ...BUILD_OPTIONS,
    entryPoints: found.map((name) => ({ in: name, out: entryName(name) })),
    splitting: true,
    chunkNames: 'chunk-[hash]',
    outdir,
    plugins: [entries, emptyNodeBuiltins],
  });
}

async function fingerprint(specifiers) {
  const hash = createHash('sha256').update(JSON.stringify(specifiers));
  for (const file of [join(ROOT, 'package-lock.json'), fileURLToPath(import.meta.url)]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 12);
}

async function removeOldBundles(keep) {
  for (const name of await readdir(FOLDER)) {
    const folder = join(FOLDER, name);
    const info = await stat(folder).catch(() => null);
    if (name !== keep && info && Date.now() - info.mtimeMs > DAY_MS) await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Bundles what the sources (and `extra`) import, unless that was done before.
 *
 * @param {string[]} [extra] package addresses to bundle besides those found in the sources
 * @returns {Promise<Map<string, string>>} package address → URL path on the test server
 */
export async function bundleDependencies(extra = []) {
  const specifiers = [...new Set([...(await scanSources()), ...extra])].sort();
  const key = await fingerprint(specifiers);
  const folder = join(FOLDER, key);
  if (!existsSync(folder)) {
    // Built beside and renamed, so that two runners at once cannot see half a bundle.
    const part = `${folder}.${process.pid}.part`;
    await mkdir(part, { recursive: true });
    try {
      await bundle(specifiers, part);
      await rename(part, folder).catch((error) => {
        if (!existsSync(folder)) throw error;
      });
    } finally {
      await rm(part, { recursive: true, force: true });
    }
    await removeOldBundles(key);
  }
  const known = specifiers.filter((name) => existsSync(join(folder, `${entryName(name)}.js`)));
  return new Map(known.map((name) => [name, `/.cache/deps/${key}/${entryName(name)}.js`]));
}

/** Points package imports at the bundles; an address that is new since the start is bundled when first met. */
export function bundledDependenciesPlugin() {
  let bundles = null;
  const tried = new Set();
  return {
    name: 'bundled-dependencies',
    async serverStart() {
      bundles = bundleDependencies();
      await bundles;
    },
    async resolveImport({ source, context }) {
      if (!isPackage(source) || !/^\/(src|test|demo|bench|dist)\//.test(context.path)) return undefined;
      if (!(await bundles).has(source) && !tried.has(source)) {
        tried.add(source);
        bundles = bundles.then((known) => bundleDependencies([...known.keys(), source]));
      }
      return (await bundles).get(source);
    },
  };
}
