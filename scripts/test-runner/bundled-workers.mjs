/**
 * Test server: each worker as one script.
 *
 * A worker is a hundred modules and more, which it would fetch one by one at each start, and a test run starts a
 * thousand of them. What it has in common with the page it has twice anyway: no module is shared between them.
 */
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../paths.mjs';
import { bundleDependencies } from './dependencies.mjs';

/** What a module finds beside itself, it finds there when it is part of another script, too. */
const ownAddresses = {
  name: 'own-addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\/(src|test)\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes('import.meta.url')) return undefined;
      const address = `new URL(${JSON.stringify(`/${relative(ROOT, path)}`)}, self.location.origin).href`;
      return { contents: source.replaceAll('import.meta.url', address), loader: 'ts' };
    });
  },
};

const bundledPackages = {
  name: 'bundled-packages',
  setup({ onResolve }) {
    const packages = bundleDependencies();
    onResolve({ filter: /^[@a-zA-Z]/ }, async ({ path, kind }) => {
      const external = kind !== 'entry-point' && (await packages).get(path);
      return external ? { path: external, external: true } : undefined;
    });
  },
};

const glslText = {
  name: 'glsl-text',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.glsl\?raw$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path.replace('?raw', '')), namespace: 'glsl' }));
    onLoad({ filter: /.*/, namespace: 'glsl' }, async ({ path }) => ({ contents: await readFile(path, 'utf8'), loader: 'text', watchFiles: [path] }));
  },
};

async function bundle(path) {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, path)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    tsconfig: join(ROOT, 'tsconfig.json'),
    plugins: [bundledPackages, glslText, ownAddresses],
  });
  return outputFiles[0].text;
}

/** @param {{ watch: boolean }} options whether sources may change meanwhile */
export function bundledWorkers({ watch }) {
  const bundles = new Map();
  return async (context, next) => {
    const { path } = context;
    if (!/^\/(src|test)\/.*\.worker\.ts$/.test(path)) return next();
    if (watch || !bundles.has(path)) bundles.set(path, bundle(path));
    context.body = await bundles.get(path);
    context.type = 'js';
  };
}
