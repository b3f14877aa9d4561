/** The demo as `npm start` serves it: what a person sees, reads and hears of it, at several widths and in several languages. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { createServer } from 'vite';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ROOT } from '../../scripts/paths.mjs';

const LIMIT = { timeout: 180_000 };
const WAIT = { timeout: 60_000, polling: 100 };
const SMALL = 'source=sample&model=selfie&quality=low&width=320&height=180&background=teal';
const LANGUAGES = ['en', 'de', 'es', 'ja', 'zh'];

/** Runs in the page: arrows of selects that are not in their boxes. */
function findArrowsOutside() {
  const outside = [];
  for (const root of [document, ...[...document.querySelectorAll('vbc-camera-select, vbc-quality-select')].map(({ shadowRoot }) => shadowRoot)]) {
    for (const select of root.querySelectorAll('select')) {
      if (!select.checkVisibility()) continue;
      const box = select.getBoundingClientRect();
      const place = select.parentElement;
      const around = place.getBoundingClientRect();
      const arrow = place.querySelector('svg')?.getBoundingClientRect() ?? around;
      const isInside = arrow.top >= box.top - 1 && arrow.bottom <= box.bottom + 1 && arrow.left >= box.left - 1 && arrow.right <= box.right + 1;
      if (!isInside) outside.push(select.id || select.name || root.host.localName);
    }
  }
  return outside;
}

describe('the demo', () => {
  let server;
  let browser;
  let url;
  let axe;

  before(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    server = await createServer({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error', server: { port: 0, hmr: false, watch: null } });
    await server.listen();
    [url] = server.resolvedUrls.local;
    browser = await launch({ executablePath: findBrowser(), headless: true, args: [...baseBrowserFlags(), '--use-fake-ui-for-media-stream'], protocolTimeout: LIMIT.timeout });
  }, LIMIT);

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(query = '', viewport = { width: 1200, height: 900 }) {
    const page = await browser.newPage();
    const said = [];
    page.on('console', (message) => message.type() !== 'debug' && said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`uncaught: ${error.message}`));
    await page.setViewport(viewport);
    await page.goto(`${url}?${SMALL}&${query}`, { timeout: 120_000 });
    await page.waitForFunction(() => document.querySelector('#camera').stream && document.querySelector('vbc-background-gallery').shadowRoot, WAIT);
    return { page, said };
  }

  it('should say what to do while the camera is off, and leave nothing of the run before', LIMIT, async () => {
    const { page, said } = await open();
    const read = () => page.evaluate(() => ({
      idle: document.querySelector('#idle').checkVisibility(),
      figures: [...document.querySelectorAll('#stats dd')].map(({ textContent }) => textContent),
      warning: document.querySelector('#camera').shadowRoot.querySelector('[part=warning]')?.textContent ?? null,
    }));
    await page.waitForFunction(() => [...document.querySelectorAll('#stats dd')].some(({ textContent }) => textContent === '320×180'), WAIT);
    assert.equal((await read()).idle, false);
    await page.evaluate(() => document.querySelector('#camera').stop());
    await page.waitForFunction(() => [...document.querySelectorAll('#stats dd')].every(({ textContent }) => textContent === '–'), WAIT);
    const { idle, warning } = await read();
    assert.deepEqual({ idle, warning }, { idle: true, warning: null });
    const { button, picture, sentence } = await page.evaluate(() => {
      const middle = ({ left, right, top, bottom }) => [(left + right) / 2, (top + bottom) / 2];
      return {
        button: middle(document.querySelector('#idle vbc-start-button').getBoundingClientRect()),
        picture: middle(document.querySelector('#camera').getBoundingClientRect()),
        sentence: document.querySelector('#idle p').textContent,
      };
    });
    assert.ok(Math.abs(button[0] - picture[0]) < 2 && Math.abs(button[1] - picture[1]) < 60, `${button} in the middle of ${picture}`);
    assert.match(sentence, /camera is off/);
    await page.evaluate(() => document.querySelector('#idle vbc-start-button').shadowRoot.querySelector('button').click());
    await page.waitForFunction(() => document.querySelector('#camera').state === 'running' && document.querySelector('#idle').hidden, WAIT);
    assert.deepEqual(said, [], 'the console is the developer’s');
    await page.close();
  });

  it('should take a colour from the picker', LIMIT, async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const input = document.querySelector('#colour');
      input.value = '#123456';
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    assert.equal(await page.evaluate(() => document.querySelector('#camera').background), '#123456');
    await page.evaluate(() => (document.querySelector('#camera').background = '#abcdef'));
    await page.waitForFunction(() => document.querySelector('#colour').value === '#abcdef', WAIT);
    await page.close();
  });

  it('should speak one language at a time, all over the page', LIMIT, async () => {
    const { page, said } = await open();
    const english = await page.evaluate(() => document.querySelector('main').innerText);
    for (const lang of LANGUAGES.slice(1)) {
      await page.select('#language', lang);
      await page.waitForFunction((wanted) => document.querySelector('vbc-start-button').shadowRoot.querySelector('button').ariaLabel !== 'Stop camera' && document.documentElement.lang === wanted, WAIT, lang);
      const left = await page.evaluate(() => [...document.querySelectorAll('[data-text], [data-label]')].map((element) => [element.dataset.text ?? element.dataset.label, element.textContent.trim() || element.ariaLabel]));
      const title = await page.title();
      assert.notEqual(title, 'Virtual background camera', lang);
      assert.ok(left.every(([, text]) => text), `${lang}: nothing is empty`);
      assert.equal(await page.evaluate(() => document.querySelectorAll('main [lang]').length), 0, 'no islands of English');
    }
    await page.select('#language', 'en');
    assert.equal(await page.evaluate(() => document.querySelector('h1').textContent), 'Virtual background camera');
    assert.ok(english.includes('What the others see'));
    assert.deepEqual(said, []);
    await page.close();
  });

  it('should leave code and figures as they are where a page is read from right to left', LIMIT, async () => {
    const { page } = await open('dir=rtl');
    const directions = await page.evaluate(() => Object.fromEntries(['h1', '#snippet', '#stats dd', 'figcaption code', 'input[name=model-url]', '#tuning output'].map((place) => [place, getComputedStyle(document.querySelector(place)).direction])));
    assert.deepEqual(directions, { h1: 'rtl', '#snippet': 'ltr', '#stats dd': 'ltr', 'figcaption code': 'ltr', 'input[name=model-url]': 'ltr', '#tuning output': 'ltr' });
    assert.deepEqual(await page.evaluate(findArrowsOutside), []);
    await page.close();
  });

  for (const width of [1440, 768, 375]) {
    it(`should fit into ${width} px, with every arrow in its box, in German too`, LIMIT, async () => {
      const { page } = await open('lang=de', { width, height: 900 });
      await page.waitForFunction(() => document.documentElement.lang === 'de', WAIT);
      const { scroll, order } = await page.evaluate(() => {
        const top = (place) => document.querySelector(place).getBoundingClientRect().top;
        return { scroll: document.documentElement.scrollWidth, order: ['.backgrounds', '.stats'].sort((a, b) => top(a) - top(b)) };
      });
      assert.ok(scroll <= width, `${scroll} px wide`);
      assert.deepEqual(order, width < 576 ? ['.backgrounds', '.stats'] : ['.stats', '.backgrounds']);
      assert.deepEqual(await page.evaluate(findArrowsOutside), []);
      await page.close();
    });
  }

  for (const scheme of ['light', 'dark']) {
    it(`should break no rule of axe-core in ${scheme} colours, running and off`, LIMIT, async () => {
      const { page } = await open();
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.evaluate(axe);
      const violations = () => page.evaluate(async () => {
        const { violations: found } = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
        return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`));
      });
      assert.deepEqual(await violations(), []);
      await page.evaluate(() => document.querySelector('#camera').stop());
      await page.waitForFunction(() => !document.querySelector('#idle').hidden, WAIT);
      assert.deepEqual(await violations(), []);
      await page.close();
    });
  }
});
