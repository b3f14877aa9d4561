import { join } from 'node:path';
import { createServer } from 'vite';
import { ROOT } from '../../../scripts/paths.mjs';
import { LocalMeeting } from './local-meeting.mjs';
import { startServerless } from './local-serverless.mjs';

/** The page's one setting: where meetings come from. */
const MEETING_API = 'import.meta.env.VITE_MEETING_API';

/** The meeting page from the sources. */
function createPageServer({ port, define = {}, plugins = [] }) {
  return createServer({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    // Of its own, since it holds other packages than the other demo's.
    cacheDir: '.cache/vite-meeting',
    optimizeDeps: { entries: ['demo/meeting/index.html'], include: ['amazon-chime-sdk-js'] },
    logLevel: 'error',
    server: { port, hmr: false, watch: null },
    define,
    plugins,
  });
}

async function listen(server) {
  await server.listen();
  return server.resolvedUrls.local[0].replace(/\/$/, '');
}

/**
 * The meeting page from the sources, and a local meeting for it, at one address.
 *
 * @param {{port?: number}} [options] `0` takes any free port
 * @returns {Promise<{url: string, meeting: LocalMeeting, close: () => Promise<void>}>}
 */
export async function serveMeeting({ port = 5174 } = {}) {
  const meeting = new LocalMeeting();
  const server = await createPageServer({
    port,
    plugins: [{
      name: 'local-meeting',
      configureServer({ middlewares, httpServer }) {
        middlewares.use((request, response, next) => {
          meeting.handleRequest(request, response).then((handled) => handled || next(), next);
        });
        httpServer.on('upgrade', (request, socket, head) => meeting.handleUpgrade(request, socket, head));
      },
    }],
  });
  const close = async () => {
    await meeting.close();
    await server.close();
  };
  try {
    const origin = await listen(server);
    await meeting.open(origin);
    return { url: `${origin}/demo/meeting/`, meeting, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The meeting page from the sources, and the serverless testbed, all on this machine.
 *
 * @param {{port?: number, onProblem?: (error: Error) => void}} [options] `port` of the page; `0` takes any free one
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export async function serveTestbed({ port = 5174, onProblem } = {}) {
  const origins = [];
  const testbed = await startServerless({ origins, onProblem });
  let server;
  const close = async () => {
    await server?.close();
    await testbed.close();
  };
  try {
    server = await createPageServer({ port, define: { [MEETING_API]: JSON.stringify(testbed.url) } });
    const origin = await listen(server);
    origins.push(origin);
    return { url: `${origin}/demo/meeting/`, close };
  } catch (error) {
    await close();
    throw error;
  }
}
