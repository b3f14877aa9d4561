import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm' };

/**
 * Serves a folder on a free port.
 *
 * @returns {Promise<{ url: string, requests: string[], close: () => void }>} `requests`: paths asked for
 */
export async function serveFolder(folder) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    requests.push(path);
    const body = await readFile(join(folder, path.endsWith('/') ? `${path}index.html` : path)).catch(() => null);
    const type = path.endsWith('/') ? TYPES['.html'] : TYPES[extname(path)];
    response.writeHead(body ? 200 : 404, { 'Content-Type': type ?? 'application/octet-stream' });
    response.end(body);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, requests, close: () => server.close() };
}
