/**
 * What the tests of the meeting stand on: one HTTP server with the built package, the client's page and the local
 * meeting; one browser with a fake camera for the clients; one for the media host.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { launch } from 'puppeteer-core';
import { LocalMeeting } from '../../demo/meeting/server/local-meeting.mjs';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { DIST, ROOT, SHARED } from '../../scripts/paths.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

/** By these, drivers keep hidden pages going. */
const DRIVER_FLAGS = ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'];

const HERE = join(ROOT, 'test/chime');
const EMPTY_MODULE = join(ROOT, 'demo/meeting/empty-module.ts');

/** Bundles a script that uses the SDK. The SDK's chat client, which nobody here uses, stays out. */
export async function bundleForBrowser(options) {
  const { outputFiles } = await build({
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    define: { global: 'globalThis' },
    alias: { '@aws-sdk/client-chime-sdk-messaging': EMPTY_MODULE },
    logLevel: 'error',
    ...options,
  });
  return outputFiles[0].contents;
}

const PAGE = `<!doctype html><title>meeting client</title><link rel="icon" href="data:,">
<script type="module" src="/virtual-background-camera.js"></script>
<script type="module" src="/chime/watch-page.mjs"></script>
<script type="module" src="/client.js"></script>`;

export class Stage {
  #server;
  #browser;
  /** Lies over a page that shall be hidden. */
  cover;

  static async open() {
    const stage = new Stage();
    try {
      await stage.#open();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  async #open() {
    await buildPackage({ ifStale: true });
    this.camera = await ensureCameraClip();
    const client = await bundleForBrowser({ entryPoints: [join(HERE, 'client-page.mjs')] });
    this.files = new Map([['/', PAGE], ['/client.js', client]]);
    this.meeting = new LocalMeeting();
    this.problems = [];
    this.meeting.on('problem', (error) => this.problems.push(error));
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.meeting.handleUpgrade(request, socket, head) || socket.destroy());
    await new Promise((listening) => this.#server.listen(0, '127.0.0.1', listening));
    this.host = `localhost:${this.#server.address().port}`;
    this.url = `http://${this.host}/`;
    await this.meeting.open(`http://${this.host}`);
    await this.hostPage.addScriptTag({ url: '/chime/watch-page.mjs', type: 'module' });
    this.#browser = await launch({
      executablePath: findBrowser(),
      headless: true,
      args: [
        ...baseBrowserFlags(),
        '--allow-loopback-in-peer-connection',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${this.camera.file}`,
        '--enable-precise-memory-info',
        '--js-flags=--expose-gc',
      ],
      ignoreDefaultArgs: DRIVER_FLAGS,
    });
    this.cover = await this.#browser.newPage();
  }

  async #serve(request, response) {
    if (await this.meeting.handleRequest(request, response)) return;
    const pathname = normalize(decodeURIComponent(new URL(request.url, this.url).pathname));
    const body = this.files.get(pathname) ?? (await this.#read(pathname).catch(() => null));
    response.writeHead(body ? 200 : 404, { 'Content-Type': TYPES[extname(pathname) || '.html'] ?? 'application/octet-stream' });
    response.end(body);
  }

  #read(pathname) {
    if (pathname.startsWith('/chime/')) return readFile(join(HERE, pathname.slice('/chime/'.length)));
    if (pathname.startsWith('/shared/')) return readFile(join(SHARED, pathname.slice('/shared/'.length)));
    return readFile(join(DIST, pathname));
  }

  get hostPage() {
    return this.meeting.mediaHost.page;
  }

  get clientProcessId() {
    return this.#browser.process().pid;
  }

  /** A page of a client, in front. */
  async openPage(path = '') {
    const page = await this.#browser.newPage();
    page.on('pageerror', (error) => this.problems.push(error));
    await page.goto(this.url + path);
    await page.waitForFunction('globalThis.client !== undefined && globalThis.watchTrack !== undefined');
    await page.bringToFront();
    return page;
  }

  async close() {
    await this.#browser?.close();
    await this.meeting?.close();
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}
