/**
 * Names, messages and pictures from somebody who means harm: nothing of them becomes markup or script, and no request
 * goes out for them. Only Trusted Types are enforced here; whatever else a policy would stop must stop by itself.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { buildPackage } from '../../scripts/build.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { DIST } from '../../scripts/paths.mjs';
import { watchPage } from '../support/watched-page.mjs';
import { fileIn, serve } from '../support/worker-pages.mjs';

const LIMIT = { timeout: 180_000 };
const POLICY = "require-trusted-types-for 'script'; trusted-types lit-html virtual-background-camera";
/** Stands in every hostile text. */
const MARK = 'hostile-7f3a';
const MARKUP = `<img src="/stolen?${MARK}" onerror="globalThis.hacked='${MARK}'"><script>globalThis.hacked='${MARK}'</script>"'\`&lt;`;

const PAGE = `<!doctype html><html lang="en"><title>markup</title><link rel="icon" href="/icon.svg">
<virtual-background-camera id="camera" width="320" height="180" quality="low" model="selfie" backend="wasm" background="teal"></virtual-background-camera>
<vbc-controls for="camera"></vbc-controls><vbc-camera-select for="camera"></vbc-camera-select><vbc-background-gallery for="camera"></vbc-background-gallery>
<script type="module" src="/virtual-background-camera.js"></script>`;

/** Everything that an SVG can try. `html`: HTML in it, which makes its pixels unreadable. */
const hostileSvg = (elsewhere, html = '') => `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="36" onload="fetch('${elsewhere}/onload')">
<style>@import url("${elsewhere}/import.css"); ellipse { fill: url("${elsewhere}/fill.svg#x"); } @font-face { font-family: f; src: url("${elsewhere}/font.woff2"); } text { font-family: f; }</style>
<script>fetch('${elsewhere}/script'); globalThis.hacked = '${MARK}'</script><script href="${elsewhere}/script.js"/>
<rect width="64" height="36" fill="#e00000"/><image href="${elsewhere}/image.png" width="9" height="9"/><use xlink:href="${elsewhere}/use.svg#x"/>
<filter id="f"><feImage href="${elsewhere}/filter.png"/></filter><rect width="9" height="9" filter="url(#f)"/><text y="8" font-size="6">text</text><ellipse rx="9" ry="9"/>
${html}
<animate attributeName="href" values="${elsewhere}/animated.png"/></svg>`;

const foreignObject = (elsewhere) =>
  `<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="${elsewhere}/frame"></iframe><img xmlns="http://www.w3.org/1999/xhtml" src="${elsewhere}/foreign.png" onerror="fetch('${elsewhere}/onerror')"/></foreignObject>`;

/** Runs before the page's scripts: notes what any policy is asked to vouch for, and hands out hostile devices. */
function prepare(markup) {
  globalThis.vouched = [];
  const create = trustedTypes.createPolicy.bind(trustedTypes);
  trustedTypes.createPolicy = (name, rules) => {
    const noting = Object.fromEntries(Object.entries(rules).map(([rule, make]) => [rule, (text) => {
      globalThis.vouched.push(text);
      return make(text);
    }]));
    return create(name, noting);
  };
  const devices = ['a', 'b'].map((id) => ({ deviceId: `${id}${markup}`, groupId: markup, kind: 'videoinput', label: `${id} ${markup}`, toJSON: () => ({}) }));
  navigator.mediaDevices.enumerateDevices = async () => devices;
}

/** Runs in the page: an element of the page with every shadow root below it. */
function describePage(mark) {
  const suspicious = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      // As an attribute's or a text node's value, markup is text.
      const isMade = element.getAttribute('src')?.startsWith('/stolen') || (element.tagName === 'SCRIPT' && element.textContent.includes(mark));
      const hasHandler = [...element.attributes].some(({ name }) => name.startsWith('on'));
      if (isMade || hasHandler) suspicious.push(element.outerHTML.slice(0, 200));
    }
  };
  walk(document);
  return { suspicious, hacked: globalThis.hacked ?? null, vouched: globalThis.vouched.filter((text) => text.includes(mark)), vouchedAtAll: globalThis.vouched.length };
}

describe('hostile text and pictures', () => {
  const servers = [];
  let browser;
  let own;
  let elsewhere;
  let page;
  let watched;

  before(async () => {
    await buildPackage({ ifStale: true });
    elsewhere = await serve(async () => 'globalThis.hacked = 1', { 'Access-Control-Allow-Origin': '*' });
    const find = async (path) => {
      if (path === '/') return PAGE;
      if (path === '/icon.svg') return '<svg xmlns="http://www.w3.org/2000/svg"/>';
      if (path === '/hostile.svg') return hostileSvg(elsewhere.url);
      if (path === '/foreign.svg') return hostileSvg(elsewhere.url, foreignObject(elsewhere.url));
      return fileIn(DIST)(path);
    };
    own = await serve(find, { 'Content-Security-Policy': POLICY });
    servers.push(own, elsewhere);
    const flags = [...baseBrowserFlags(), '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
    browser = await launch({ executablePath: findBrowser(), headless: true, args: flags, protocolTimeout: LIMIT.timeout });
    page = await browser.newPage();
    watched = await watchPage(page);
    await page.evaluateOnNewDocument(prepare, MARKUP);
    await page.goto(own.url);
    await page.evaluate(async () => {
      await customElements.whenDefined('virtual-background-camera');
      globalThis.camera = document.querySelector('virtual-background-camera');
      await globalThis.camera.start();
      /** What the preview shows in its middle on the left, where no person is; throws where the picture is tainted. */
      globalThis.look = () => {
        const context = Object.assign(document.createElement('canvas'), { width: 32, height: 18 }).getContext('2d');
        context.drawImage(globalThis.camera.shadowRoot.querySelector('video'), 0, 0, 32, 18);
        return [...context.getImageData(1, 9, 1, 1).data];
      };
      globalThis.errorOf = (change) => new Promise((resolve) => {
        globalThis.camera.addEventListener('vbc-error', ({ detail: { code, message } }) => resolve({ code, message }), { once: true });
        change(globalThis.camera);
      });
      globalThis.shownError = async () => {
        await globalThis.camera.updateComplete;
        const part = globalThis.camera.shadowRoot.querySelector('[part~=error]');
        return { text: part.textContent, children: part.querySelectorAll('img, script').length };
      };
    });
  });
  after(async () => {
    await browser?.close();
    for (const server of servers) server.close();
  });

  async function assertHarmless() {
    const { suspicious, hacked, vouched, vouchedAtAll } = await page.evaluate(describePage, MARK);
    assert.deepEqual({ suspicious, hacked, vouched }, { suspicious: [], hacked: null, vouched: [] });
    assert.ok(vouchedAtAll > 0, 'the templates and workers came by');
    assert.deepEqual(elsewhere.requests, []);
    assert.deepEqual(own.requests.filter((path) => path.startsWith('/stolen')), []);
    assert.deepEqual(watched.messages.filter((message) => /trusted|securitypolicy/i.test(message)), []);
  }

  for (const [name, change] of [
    ['a file name', `camera.background = new File(['no picture'], MARKUP, { type: 'image/png' })`],
    ['the address of a background', `camera.background = '/missing/' + MARKUP`],
    ['a colour function', `camera.background = 'blur:' + MARKUP`],
    ['an attribute', `camera.setAttribute('quality', MARKUP)`],
    ['a device id', `camera.deviceId = MARKUP`],
  ]) {
    it(`should show ${name} in an error as text`, LIMIT, async () => {
      const source = change.replaceAll('MARKUP', JSON.stringify(MARKUP));
      const isCamera = name === 'a device id';
      const error = await page.evaluate(`errorOf((camera) => { ${source} })`);
      const shown = await page.evaluate(() => globalThis.shownError());
      assert.ok(error.message.includes(MARK), `${error.code}: ${error.message}`);
      // Of some errors the element shows its own words alone.
      assert.ok(isCamera || shown.text.includes(error.message), shown.text);
      assert.equal(shown.children, 0);
      if (isCamera) await page.evaluate(() => void (globalThis.camera.deviceId = null));
      await assertHarmless();
    });
  }

  it("should show the browser's own words as text", LIMIT, async () => {
    await page.evaluate((markup) => {
      globalThis.open = navigator.mediaDevices.getUserMedia;
      navigator.mediaDevices.getUserMedia = async () => {
        throw new Error(markup);
      };
      globalThis.camera.stop();
      return globalThis.camera.start().catch(() => undefined);
    }, MARKUP);
    const { message, children } = await page.evaluate(async () => ({ message: globalThis.camera.error.message, ...(await globalThis.shownError()) }));
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = globalThis.open;
      return globalThis.camera.start().then(() => undefined);
    });
    assert.ok(message.includes(MARKUP), message);
    assert.equal(children, 0);
    await assertHarmless();
  });

  for (const [name, make] of [
    ['a file', 'new File([svg], MARKUP, { type: "image/svg+xml" })'],
    ['an address', '"/hostile.svg"'],
    ['an image of the page', 'Object.assign(new Image(), { src: "/hostile.svg" })'],
  ]) {
    it(`should draw an SVG with scripts and references, given as ${name}, without running or asking for anything`, LIMIT, async () => {
      const source = make.replaceAll('MARKUP', JSON.stringify(MARKUP));
      const seen = await page.evaluate(`(async () => {
        const svg = ${JSON.stringify(hostileSvg(elsewhere.url))};
        camera.background = '#0000c0';
        const until = async (isSo) => {
          for (let wait = 0; !isSo(look()); wait += 1) {
            if (wait > 600) throw new Error('Waited half a minute; last seen: ' + look() + ' ' + camera.error?.message);
            await new Promise((later) => setTimeout(later, 50));
          }
        };
        await until(([red, , blue]) => blue > 120 && red < 60);
        camera.background = ${source};
        await until(([red, green, blue]) => red > 120 && blue < 90 && green < 90);
        const stream = camera.stream;
        return { state: camera.state, raw: camera.stats.rawFrames, live: stream.getVideoTracks()[0].readyState };
      })()`);
      assert.deepEqual(seen, { state: 'running', raw: 0, live: 'live' });
      await assertHarmless();
    });
  }

  for (const [name, make] of [
    ['a file', 'new File([svg], "foreign.svg", { type: "image/svg+xml" })'],
    ['an address', '"/foreign.svg"'],
    ['an image of the page', 'Object.assign(new Image(), { src: "/foreign.svg" })'],
  ]) {
    it(`should refuse an SVG with HTML in it, given as ${name}, and keep what it shows`, LIMIT, async () => {
      const { error, ...seen } = await page.evaluate(`(async () => {
        const svg = ${JSON.stringify(hostileSvg(elsewhere.url, foreignObject(elsewhere.url)))};
        const error = await errorOf((camera) => { camera.background = ${make}; });
        const frames = camera.stats.outputFrames;
        while (camera.stats.outputFrames < frames + 5) await new Promise((later) => setTimeout(later, 50));
        look();
        return { error, state: camera.state, raw: camera.stats.rawFrames };
      })()`);
      assert.deepEqual(seen, { state: 'running', raw: 0 });
      assert.equal(error.code, 'background-load-failed');
      assert.match(error.message, /foreignObject/);
      await assertHarmless();
    });
  }

  it('should show device labels and names of backgrounds as text in the controls', LIMIT, async (context) => {
    const present = await page.evaluate(async (markup) => {
      const gallery = document.querySelector('vbc-background-gallery');
      const select = document.querySelector('vbc-camera-select');
      if (!customElements.get('vbc-background-gallery') || !customElements.get('vbc-camera-select')) return null;
      gallery.backgrounds = ['teal', { src: '/hostile.svg', label: markup, thumbnail: '/hostile.svg' }];
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
      await Promise.all([gallery.updateComplete, select.updateComplete]);
      await new Promise((later) => setTimeout(later, 500));
      const texts = [...gallery.shadowRoot.querySelectorAll('*')].flatMap((element) => [element.textContent, ...[...element.attributes].map(({ value }) => value)]);
      return { devices: select.shadowRoot.textContent.includes(markup), backgrounds: texts.some((text) => text.includes(markup)) };
    }, MARKUP);
    if (!present) return context.skip('no such controls in this build');
    assert.deepEqual(present, { devices: true, backgrounds: true });
    await assertHarmless();
  });
});
