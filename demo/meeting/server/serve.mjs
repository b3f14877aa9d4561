import { join } from 'node:path';
import { createServer } from 'vite';
import { ROOT } from '../../../scripts/paths.mjs';
import { LocalMeeting } from './local-meeting.mjs';

/**
 * The meeting page from the sources, and a local meeting for it, at one address.
 *
 * @param {{port?: number}} [options] `0` takes any free port
 * @returns {Promise<{url: string, meeting: LocalMeeting, close: () => Promise<void>}>}
 */
export async function serveMeeting({ port = 5174 } = {}) {
  const meeting = new LocalMeeting();
  const server = await createServer({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    // Of its own, since it holds other packages than the other demo's.
    cacheDir: '.cache/vite-meeting',
    optimizeDeps: { entries: ['demo/meeting/index.html'], include: ['amazon-chime-sdk-js'] },
    logLevel: 'error',
    server: { port, hmr: false, watch: null },
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
    await server.listen();
    const [origin] = server.resolvedUrls.local;
    await meeting.open(origin.replace(/\/$/, ''));
    return { url: `${origin}demo/meeting/`, meeting, close };
  } catch (error) {
    await close();
    throw error;
  }
}
