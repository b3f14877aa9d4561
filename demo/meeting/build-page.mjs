/**
 * npm run meeting:build -- --api https://….amazonaws.com [--out FOLDER]: the meeting page as files for a web server. It
 * is built as apps are, on the package that `npm run build` makes.
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { buildPackage } from '../../scripts/build.mjs';
import { CACHE, DIST, ROOT } from '../../scripts/paths.mjs';

/** The sources find workers, models and WASM by addresses of the demo's server; the package's scripts as apps find them. */
const usePackage = {
  name: 'use-package',
  enforce: 'pre',
  resolveId: (id) => (/\/src\/(index|define)\.ts$/.test(id) ? join(DIST, id.replace(/^.*\/(\w+)\.ts$/, '$1.js')) : null),
};

function readApi(api) {
  const url = URL.canParse(api ?? '') ? new URL(api) : null;
  const isLocal = url?.hostname === 'localhost';
  if (!url || (url.protocol !== 'https:' && !isLocal)) throw new Error(`--api must be the https address of the HTTP API; got '${api}'`);
  return url.href;
}

/**
 * @param {{api: string, out?: string}} options `api`: the page's one setting; `out`: a folder, which is emptied first
 * @returns {Promise<string>} the folder
 */
export async function buildMeetingPage({ api, out = join(CACHE, 'meeting-page') }) {
  const setting = readApi(api);
  await buildPackage({ ifStale: true });
  await build({
    root: join(ROOT, 'demo/meeting'),
    configFile: join(ROOT, 'vite.config.ts'),
    base: './',
    logLevel: 'error',
    define: { 'import.meta.env.VITE_MEETING_API': JSON.stringify(setting) },
    build: { outDir: out, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 2000 },
    worker: { format: 'es' },
    plugins: [usePackage],
  });
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { api: { type: 'string' }, out: { type: 'string' } } });
  const out = await buildMeetingPage({ api: values.api, ...(values.out ? { out: resolve(values.out) } : {}) });
  console.log(`The page is in ${out}`);
}
