import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { ROOT } from '../../scripts/paths.mjs';
import { readRecipe } from '../bundlers/recipes.mjs';
import { composite, TEAL } from './support/composite.mjs';
import { createApp, pack, pinned, run, whyNoRegistry } from './support/packed.mjs';
import { serveFolder } from './support/static-server.mjs';

const VITE_APP = {
  'index.html': '<!doctype html><title>app</title><script type="module" src="/main.js"></script>',
  'main.js': `import 'virtual-background-camera/define.js';
import { createVirtualBackground } from 'virtual-background-camera';
const camera = document.createElement('virtual-background-camera');
camera.model = 'selfie';
camera.background = 'teal';
document.body.append(camera);
document.title = typeof createVirtualBackground;
`,
};

describe('the package, installed', async () => {
  const skip = await whyNoRegistry();
  let packed;
  let folder;
  let browser;

  before(async () => {
    if (skip) return;
    packed = await pack();
    folder = await mkdtemp(join(tmpdir(), 'vbc-apps-'));
    const camera = await ensureCameraClip();
    const flags = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera.file}`];
    browser = await launch({ executablePath: findBrowser(), headless: true, args: [...baseBrowserFlags(), ...flags], protocolTimeout: 300_000 });
  });

  after(async () => {
    await browser?.close();
    await packed?.remove();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function watchPage(root) {
    const { url, requests, close } = await serveFolder(root);
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    try {
      await page.goto(url);
      return { ...(await page.evaluate(composite, TEAL)), title: await page.title(), requests, errors };
    } finally {
      await page.close();
      close();
    }
  }

  it('should work in an app built with Vite, its workers and assets found by the bundler', { skip }, async () => {
    const app = join(folder, 'vite-app');
    await createApp(app, VITE_APP, { 'virtual-background-camera': `file:${packed.tarball}`, ...(await pinned('vite')) });
    await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], app);
    const seen = await watchPage(join(app, 'dist'));
    assert.deepEqual(seen.errors, []);
    assert.deepEqual([seen.state, seen.model, seen.host, seen.rawFrames], ['running', 'selfie', 'worker', 0]);
    assert.deepEqual(seen.warnings.filter((code) => code !== 'overloaded'), []);
    assert.equal(seen.title, 'function');
    assert.ok(seen.requests.some((path) => /^\/assets\/engine\.worker-[\w-]+\.js$/.test(path)), seen.requests.join('\n'));
    assert.ok(seen.requests.some((path) => /^\/assets\/selfie-\w+-[\w-]+\.bin$/.test(path)));
  });

  it('should work in an app built with esbuild, by the recipe of docs/bundlers.md', { skip }, async () => {
    const app = join(folder, 'esbuild-app');
    const { commands } = readRecipe(await readFile(join(ROOT, 'docs/bundlers.md'), 'utf8'), 'esbuild');
    assert.equal(commands.length, 1);
    await createApp(app, { 'main.js': VITE_APP['main.js'] }, { 'virtual-background-camera': `file:${packed.tarball}`, ...(await pinned('esbuild')) });
    await run(join(app, 'node_modules/.bin/esbuild'), ['main.js', '--bundle', '--splitting', '--format=esm', '--outdir=dist', '--log-level=warning'], app);
    const [program, ...words] = commands[0].split(' ');
    await run(program, words, app);
    await writeFile(join(app, 'dist/index.html'), VITE_APP['index.html']);
    const seen = await watchPage(join(app, 'dist'));
    assert.deepEqual(seen.errors, []);
    assert.deepEqual([seen.state, seen.model, seen.host, seen.rawFrames], ['running', 'selfie', 'worker', 0]);
    assert.ok(seen.requests.includes('/engine.worker.js'), seen.requests.join('\n'));
  });

  it('should work in a plain page, with the one-file build and no other file but its assets', { skip }, async () => {
    const app = join(folder, 'plain');
    const site = join(folder, 'site');
    await createApp(app, {}, { 'virtual-background-camera': `file:${packed.tarball}` });
    await mkdir(site);
    const dist = join(app, 'node_modules/virtual-background-camera/dist');
    for (const name of ['virtual-background-camera.js', 'assets']) await cp(join(dist, name), join(site, name), { recursive: true });
    await writeFile(join(site, 'index.html'), '<!doctype html><virtual-background-camera model="selfie" background="teal"></virtual-background-camera><script type="module" src="/virtual-background-camera.js"></script>');
    const seen = await watchPage(site);
    assert.deepEqual(seen.errors, []);
    assert.deepEqual([seen.state, seen.model, seen.rawFrames], ['running', 'selfie', 0]);
    assert.deepEqual([...new Set(seen.requests.filter((path) => path.endsWith('.js')))], ['/virtual-background-camera.js']);
  });

  it('should run its command from the installed package, and what that copies should work', { skip }, async () => {
    const app = join(folder, 'plain');
    const site = join(folder, 'copied');
    await run(join(app, 'node_modules/.bin/virtual-background-camera'), ['copy-assets', join(site, 'camera'), '--script'], app);
    await writeFile(join(site, 'index.html'), '<!doctype html><virtual-background-camera model="selfie" background="teal"></virtual-background-camera><script type="module" src="/camera/virtual-background-camera.js"></script>');
    const seen = await watchPage(site);
    assert.deepEqual([seen.state, seen.model, seen.rawFrames], ['running', 'selfie', 0]);
  });

  it('should work as the page of the README', { skip }, async () => {
    const site = join(folder, 'copied');
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const [, markup] = /^```html\n(<!doctype html>[\s\S]*?)^```$/m.exec(readme);
    await writeFile(join(site, 'index.html'), markup);
    const { url, close } = await serveFolder(site);
    const page = await browser.newPage();
    try {
      await page.goto(url);
      const seen = await page.evaluate(async () => {
        const video = document.querySelector('#others');
        const camera = document.querySelector('virtual-background-camera');
        // A busy machine whose masks are late is `interrupted` for a moment.
        while (!video.videoWidth || camera.state !== 'running') await new Promise((later) => setTimeout(later, 100));
        return { state: camera.state, rawFrames: camera.stats.rawFrames };
      });
      assert.deepEqual(seen, { state: 'running', rawFrames: 0 });
    } finally {
      await page.close();
      close();
    }
  });

  it('should be imported, extended and rendered on a server, where there is no DOM', { skip }, async () => {
    const app = join(folder, 'server');
    const { '@types/react': react } = await pinned('@types/react');
    const versions = { react: react.replace(/\.\d+$/, ''), 'react-dom': react.replace(/\.\d+$/, ''), '@lit-labs/ssr': '4.1.0' };
    const files = {
      'plain.mjs': `import * as definitions from 'virtual-background-camera/define.js';
import * as classes from 'virtual-background-camera';
await Promise.all(['react', 'vue', 'svelte', 'chime', 'livekit', 'twilio'].map((name) => import('virtual-background-camera/' + name)));
if (typeof document !== 'undefined') throw new Error('a DOM appeared');
console.log(JSON.stringify({ same: definitions.VirtualBackgroundCamera === classes.VirtualBackgroundCamera, create: typeof classes.createVirtualBackground }));
`,
      'react.mjs': `import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import 'virtual-background-camera/define.js';
console.log(renderToString(createElement('virtual-background-camera', { background: 'blur', 'edge-softness': 0.2, autostart: true })));
`,
      'lit.mjs': `import { render } from '@lit-labs/ssr';
import { collectResult } from '@lit-labs/ssr/lib/render-result.js';
import { html } from 'lit';
import 'virtual-background-camera/define.js';
console.log(await collectResult(render(html\`<virtual-background-camera background="blur" mirrored></virtual-background-camera>\`)));
`,
    };
    await createApp(app, files, { 'virtual-background-camera': `file:${packed.tarball}`, ...versions });
    const print = (name) => run(process.execPath, [name], app);
    assert.deepEqual(JSON.parse(await print('plain.mjs')), { same: true, create: 'function' });
    assert.match(await print('react.mjs'), /^<virtual-background-camera background="blur" edge-softness="0\.2" autostart=""><\/virtual-background-camera>/);
    const rendered = await print('lit.mjs');
    assert.match(rendered, /<virtual-background-camera +background="blur" mirrored>/);
    assert.match(rendered, /<template shadowroot(?:mode)?="open"[^>]*>[\s\S]*<video part="preview"/);
  });

  it('should bring lit and twgl.js into an app, and nothing else', { skip }, async () => {
    const folders = await readdir(join(folder, 'plain/node_modules'));
    assert.deepEqual(folders.filter((name) => !name.startsWith('.')).sort(), ['@lit', '@lit-labs', '@types', 'lit', 'lit-element', 'lit-html', 'twgl.js', 'virtual-background-camera']);
  });
});
