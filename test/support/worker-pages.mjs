import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.ts': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webm': 'video/webm',
};

/**
 * A server of a test, which notes what is asked of it and what browsers report to it of forbidden scripts.
 *
 * @param {(path: string) => Promise<Uint8Array | string | null | undefined>} find what lies at a path; null: nothing;
 *   undefined: the browser gets no answer
 * @param {Record<string, string>} headers of every answer
 */
export async function serve(find, headers) {
  const requests = [];
  const reports = [];
  const held = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    requests.push(path);
    if (path === '/csp-report') {
      let text = '';
      for await (const part of request) text += part;
      reports.push(JSON.parse(text)['csp-report']);
      return void response.writeHead(204).end();
    }
    const body = await find(path);
    if (body === undefined) return void held.push(response);
    response.writeHead(body === null ? 404 : 200, { ...headers, 'Content-Type': TYPES[extname(path) || '.html'] ?? 'application/octet-stream' });
    response.end(body);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => {
    for (const response of held) response.destroy();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, requests, reports, close };
}

/** Finds files of a folder for {@link serve}. */
export const fileIn = (folder) => (path) => readFile(join(folder, path)).catch(() => null);

/**
 * All workers of a page, those of workers too, as the DevTools protocol tells of them: the addresses of their
 * scripts, now (`live`) and since the call (`seen`).
 *
 * @param {import('puppeteer-core').Page} page
 * @param {number} cores what the workers take `navigator.hardwareConcurrency` for
 */
export async function watchWorkers(page, cores) {
  const live = new Map();
  const seen = [];
  const watch = async (session) => {
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => void meet(session.connection().session(sessionId), sessionId, targetInfo));
    session.on('Target.detachedFromTarget', ({ sessionId }) => live.delete(sessionId));
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  };
  const meet = async (session, sessionId, { type, url }) => {
    if (type === 'worker') {
      live.set(sessionId, url);
      seen.push(url);
    }
    try {
      if (type === 'worker') await session.send('Runtime.evaluate', { expression: `Object.defineProperty(navigator, 'hardwareConcurrency', { value: ${cores} })` });
      await watch(session);
      await session.send('Runtime.runIfWaitingForDebugger');
    } catch {
      // ended already
    }
  };
  await watch(await page.createCDPSession());
  return { live: () => [...live.values()], seen };
}
