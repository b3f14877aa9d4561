/** Runs the code of docs/call-sdks.md for the SDKs that need no account, and looks at the picture on the other side. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { launch } from 'puppeteer-core';
import { WebSocketServer } from 'ws';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { DIST, ROOT } from '../../scripts/paths.mjs';
import { codeModule, scriptBlocks } from '../../scripts/test-runner/docs-code.mjs';
import { installCallSdks } from './support/call-sdks.mjs';
import { whyNoRegistry } from './support/packed.mjs';

const LIMIT = { timeout: 180_000 };
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
/** What the blocks take over from one another. */
const GIVEN = ['camera', 'stream', 'track', 'transport', 'producer', 'connection', 'simplePeer'];
const START = 'Call SDKs';
const SECTIONS = [START, 'mediasoup-client', 'PeerJS', 'simple-peer'];
const PAGE = `<!doctype html><title>calls</title><link rel="icon" href="data:,">
<virtual-background-camera model="selfie" quality="low" background="#204060" width="320" height="180"></virtual-background-camera>
<script type="module" src="/calls.js"></script>`;
/** The other sides, and what a picture there shows; `run` runs a block of the page. */
const OTHER_SIDES = `
import { Peer } from 'peerjs';
import SimplePeer from 'simple-peer';
import { Device } from 'mediasoup-client';
import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler';
import * as fakeParameters from 'mediasoup-client/fakeParameters';
const names = {};
/** Resolves when the stream shows the background's colour in a corner and something else in the middle. */
async function person(stream) {
  const video = Object.assign(document.createElement('video'), { srcObject: stream, muted: true });
  await video.play();
  const context = new OffscreenCanvas(64, 36).getContext('2d', { willReadFrequently: true });
  const off = (x, y) => { const [r, g, b] = context.getImageData(x, y, 1, 1).data; return Math.hypot(r - 32, g - 64, b - 96); };
  do {
    await new Promise((shown) => video.requestVideoFrameCallback(shown));
    context.drawImage(video, 0, 0, 64, 36);
  } while (off(2, 2) > 40 || off(32, 24) < 60);
  return true;
}
globalThis.calls = { names, person, Peer, SimplePeer, Device, FakeHandler, fakeParameters, run: async (block) => void Object.assign(names, await blocks[block](names)) };
`;

function sectionOf(markdown, title) {
  const [, section] = new RegExp(`^##? ${title}\\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(markdown);
  return section;
}

/** The blocks of the sections, and {@link OTHER_SIDES}, as one script. */
async function bundle(folder) {
  const markdown = await readFile(join(ROOT, 'docs/call-sdks.md'), 'utf8');
  const blocks = new Map(SECTIONS.flatMap((title) => {
    const section = sectionOf(markdown, title);
    return scriptBlocks(section).map((_code, index) => [`${title}/${index}`, codeModule(section, index, GIVEN)]);
  }));
  const keys = [...blocks.keys()];
  const imports = keys.map((key, index) => `import block${index} from 'docs:${key}';`).join('\n');
  const { outputFiles } = await build({
    stdin: { contents: `${imports}\nconst blocks = { ${keys.map((key, index) => `'${key}': block${index}`).join(', ')} };\n${OTHER_SIDES}`, resolveDir: folder },
    bundle: true, write: false, format: 'esm', target: 'es2022', logLevel: 'error', define: { global: 'globalThis' },
    alias: { 'simple-peer': join(folder, 'node_modules/simple-peer/simplepeer.min.js') },
    plugins: [{
      name: 'docs',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^docs:/ }, ({ path }) => ({ path: path.slice('docs:'.length), namespace: 'docs' }));
        onLoad({ filter: /.*/, namespace: 'docs' }, ({ path }) => ({ contents: blocks.get(path), loader: 'ts', resolveDir: folder }));
        onResolve({ filter: /^\/src\/define\.ts$/ }, () => ({ path: join(DIST, 'define.js') }));
      },
    }],
  });
  return outputFiles[0].contents;
}

/** PeerJS' server, as far as a call needs it: says that a peer is known, and passes on what one has for another. */
function servePeers(server) {
  const peers = new Map();
  new WebSocketServer({ server, path: '/peers/peerjs' }).on('connection', (socket, { url }) => {
    const id = new URL(url, 'http://localhost').searchParams.get('id');
    peers.set(id, socket);
    socket.send(JSON.stringify({ type: 'OPEN' }));
    socket.on('message', (text) => {
      const message = JSON.parse(text);
      peers.get(message.dst)?.send(JSON.stringify({ ...message, src: id }));
    });
  });
}

describe('the code of docs/call-sdks.md', { timeout: 600_000 }, async () => {
  const skip = await whyNoRegistry();
  let server;
  let browser;
  let page;

  before(async () => {
    if (skip) return;
    await buildPackage({ ifStale: true });
    const files = new Map([['/', PAGE], ['/calls.js', await bundle(await installCallSdks())]]);
    server = createServer(async ({ url }, response) => {
      const body = files.get(url) ?? (await readFile(join(DIST, url)).catch(() => null));
      response.writeHead(body ? 200 : 404, { 'Content-Type': TYPES[extname(url) || '.html'] ?? 'application/octet-stream' }).end(body);
    });
    servePeers(server);
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const camera = await ensureCameraClip();
    const flags = ['--allow-loopback-in-peer-connection', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera.file}`];
    browser = await launch({ executablePath: findBrowser(), headless: true, args: [...baseBrowserFlags(), ...flags], protocolTimeout: 300_000 });
    page = await browser.newPage();
    await page.goto(`http://localhost:${server.address().port}/`);
    await page.waitForFunction('globalThis.calls');
    await page.evaluate((start) => globalThis.calls.run(`${start}/0`), START);
  });

  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  it('should give mediasoup-client a track, and another one in its place', { skip, ...LIMIT }, async () => {
    const seen = await page.evaluate(async () => {
      const { names, run, Device, FakeHandler, fakeParameters } = globalThis.calls;
      const device = new Device({ handlerFactory: FakeHandler.createFactory(fakeParameters) });
      await device.load({ routerRtpCapabilities: fakeParameters.generateRouterRtpCapabilities() });
      names.transport = device.createSendTransport(fakeParameters.generateTransportRemoteParameters());
      names.transport.on('connect', (_parameters, done) => done());
      names.transport.on('produce', (_parameters, done) => done({ id: 'producer' }));
      await run('mediasoup-client/0');
      const first = names.producer.track === names.track;
      names.camera.stop();
      await run('mediasoup-client/1');
      return { first, second: names.producer.track === names.camera.stream.getVideoTracks()[0], state: names.producer.track.readyState };
    });
    assert.deepEqual(seen, { first: true, second: true, state: 'live' });
  });

  it('should call with PeerJS, and send another track in place of the first', { skip, ...LIMIT }, async () => {
    const seen = await page.evaluate(async () => {
      const { names, run, person, Peer } = globalThis.calls;
      names.stream = await names.camera.start();
      const you = new Peer('you', { host: location.hostname, port: Number(location.port), path: '/peers' });
      await new Promise((open) => you.on('open', open));
      const arrives = new Promise((come) => you.on('call', (call) => {
        call.on('stream', come);
        call.answer();
      }));
      await run('PeerJS/0');
      const stream = await arrives;
      const first = await person(stream);
      names.camera.stop();
      await run('PeerJS/1');
      return { first, second: await person(stream) };
    });
    assert.deepEqual(seen, { first: true, second: true });
  });

  it('should call with simple-peer, and send another track in place of the first', { skip, ...LIMIT }, async () => {
    const seen = await page.evaluate(async () => {
      const { names, run, person, SimplePeer } = globalThis.calls;
      names.stream = await names.camera.start();
      names.track = names.stream.getVideoTracks()[0];
      const other = new SimplePeer();
      addEventListener('to-other-side', ({ detail }) => other.signal(detail));
      const arrives = new Promise((come) => other.on('stream', come));
      await run('simple-peer/0');
      other.on('signal', (data) => names.simplePeer.signal(data));
      const stream = await arrives;
      const first = await person(stream);
      await run('simple-peer/1');
      return { first, second: await person(stream) };
    });
    assert.deepEqual(seen, { first: true, second: true });
  });
});
