import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { createServer } from 'vite';
import { buildAssets } from '../scripts/build-assets.mjs';
import { ROOT, SHARED } from '../scripts/paths.mjs';

const TYPES = { json: 'application/json', png: 'image/png', jpg: 'image/jpeg', webm: 'video/webm' };

/**
 * The demo's own server, with the test people under /shared/ where they are.
 *
 * @param {import('vite').Plugin[]} [plugins] more of Vite's
 */
export async function serveSources(plugins = []) {
  await buildAssets();
  const server = await createServer({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    server: { port: 0, hmr: false, watch: null },
    plugins: [...plugins, {
      name: 'shared-people',
      configureServer({ middlewares }) {
        middlewares.use('/shared', async (request, response, next) => {
          const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
          try {
            const body = await readFile(join(SHARED, path));
            response.setHeader('Content-Type', TYPES[path.split('.').pop()] ?? 'application/octet-stream');
            response.end(body);
          } catch {
            next();
          }
        });
      },
    }],
  });
  await server.listen();
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}
