/** The meeting page and its local meeting, as `npm run meeting` serves them, in two tabs. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import WebSocket from 'ws';
import { serveMeeting } from '../../demo/meeting/server/serve.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';

const TIME_LIMIT_MS = 240_000;
/** By the clock: a page behind another one has no animation frames. */
const WAIT = { timeout: 120_000, polling: 100 };

describe('the meeting page', { timeout: 4 * TIME_LIMIT_MS }, () => {
  let served;
  let browser;
  let ada;
  let grace;
  const problems = [];

  before(async () => {
    served = await serveMeeting({ port: 0 });
    served.meeting.on('problem', (error) => problems.push(error));
    const { file } = await ensureCameraClip();
    browser = await launch({
      executablePath: findBrowser(),
      headless: true,
      args: [...baseBrowserFlags(), '--allow-loopback-in-peer-connection', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${file}`],
    });
    ada = await open();
    grace = await open();
  });

  after(async () => {
    await browser?.close();
    await served?.close();
  });

  async function open() {
    const page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(error));
    await page.goto(served.url, { timeout: 120_000 });
    // Two pages share two cores here.
    await page.evaluate(() => Object.assign(document.querySelector('#camera'), { width: 320, height: 180, frameRate: 10, model: 'selfie', quality: 'low' }));
    await page.waitForFunction(() => document.querySelector('#camera').stream, WAIT);
    return page;
  }

  /** Clicks in the page in front; a page behind paints nothing. */
  async function click(page, selector) {
    await page.bringToFront();
    await page.evaluate((wanted) => document.querySelector(wanted).click(), selector);
  }

  const joined = (page) => page.waitForFunction(() => document.querySelector('#state').dataset.state === 'in', WAIT);
  const textOf = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted)?.textContent ?? null, selector);

  it('should join the local meeting, and with pasted information', { timeout: TIME_LIMIT_MS }, async () => {
    await ada.evaluate(() => (document.querySelector('#name').value = 'Ada Lovelace'));
    await click(ada, '#join-form button');
    await joined(ada);
    const information = served.meeting.createAttendee('u2#Grace Hopper', new URL(served.url).host);
    await grace.evaluate((text) => (document.querySelector('#information').value = text), JSON.stringify(information));
    await click(grace, '#paste-form button');
    await joined(grace);
    assert.equal(await textOf(ada, '#self-name'), 'Ada Lovelace (you)');
    assert.equal(await textOf(grace, '#self-name'), 'Grace Hopper (you)');
  });

  it("should show each the other's picture", { timeout: TIME_LIMIT_MS }, async () => {
    for (const [page, name] of [[ada, 'Grace Hopper'], [grace, 'Ada Lovelace']]) {
      await page.bringToFront();
      await page.waitForFunction(() => document.querySelector('.tile > video')?.videoWidth > 0, WAIT);
      assert.equal(await textOf(page, '.tile:not(#self) .name'), name);
    }
  });

  it('should pass on what is written, as text, and stamps', { timeout: TIME_LIMIT_MS }, async () => {
    assert.equal(await grace.evaluate(() => document.querySelector('.chat .empty').checkVisibility()), true, 'says that there are no messages');
    await ada.evaluate(() => (document.querySelector('#message').value = 'Good <b>morning</b>, see https://example.org/a?b=c.'));
    await click(ada, '#chat-form button');
    await grace.waitForFunction(() => document.querySelector('#messages li p'), WAIT);
    assert.equal(await textOf(grace, '#messages li p'), 'Good <b>morning</b>, see https://example.org/a?b=c.');
    assert.equal(await grace.evaluate(() => document.querySelector('#messages li a').href), 'https://example.org/a?b=c');
    assert.equal(await grace.evaluate(() => document.querySelector('.chat .empty').checkVisibility()), false);
    assert.equal(await textOf(grace, '#messages li strong'), 'Ada Lovelace');
    assert.equal(await textOf(ada, '#messages li strong'), 'You');
    await click(ada, '#stamps button');
    await grace.waitForFunction(() => document.querySelector('.tile:not(#self) .stamp'), WAIT);
    assert.equal(await textOf(grace, '.tile:not(#self) .stamp'), '👍');
    await grace.waitForFunction(() => !document.querySelector('.stamp'), WAIT);
  });

  it('should share the screen with the person in front', { timeout: TIME_LIMIT_MS }, async () => {
    await click(ada, '#present');
    await ada.waitForFunction(() => document.querySelector('#present').ariaLabel === 'Stop sharing', WAIT);
    assert.equal(await ada.evaluate(() => document.querySelector('#camera').background instanceof MediaStream), true);
    await grace.bringToFront();
    await grace.waitForFunction(() => document.querySelector('.tile-content > video')?.videoWidth > 0, WAIT);
    assert.equal(await textOf(grace, '.tile-content .name'), 'Ada Lovelace is sharing');
  });

  it('should go on with the screen alone when the camera is turned off', { timeout: TIME_LIMIT_MS }, async () => {
    await grace.evaluate(() => document.querySelector('.tile-content').classList.add('with-person'));
    await click(ada, '#video');
    await ada.waitForFunction(() => document.querySelector('#camera').state === 'idle', WAIT);
    assert.equal(await textOf(ada, '#video'), 'Start camera');
    assert.equal(await textOf(ada, '#present'), 'Stop sharing');
    await ada.waitForFunction(() => document.querySelector('#self > video')?.videoWidth > 0, WAIT);
    await grace.bringToFront();
    await grace.waitForFunction(() => document.querySelector('.tile-content:not(.with-person) > video')?.videoWidth > 0, WAIT);
    await click(ada, '#video');
    await ada.waitForFunction(() => document.querySelector('#camera').background instanceof MediaStream && !document.querySelector('#self > video'), WAIT);
  });

  it('should show the person again when the sharing ends', { timeout: TIME_LIMIT_MS }, async () => {
    await click(ada, '#present');
    await grace.waitForFunction(() => !document.querySelector('.tile-content'), WAIT);
    assert.equal(await ada.evaluate(() => document.querySelector('#camera').background), 'blur');
    await grace.bringToFront();
    await grace.waitForFunction(() => document.querySelector('.tile > video')?.videoWidth > 0, WAIT);
  });

  it('should turn the camera off and on', { timeout: TIME_LIMIT_MS }, async () => {
    await click(ada, '#video');
    await ada.waitForFunction(() => document.querySelector('#camera').state === 'idle', WAIT);
    await grace.waitForFunction(() => !document.querySelector('.tile > video'), WAIT);
    assert.equal(await textOf(grace, '.tile:not(#self) .initials'), 'AL');
    await click(ada, '#video');
    await grace.waitForFunction(() => document.querySelector('.tile > video'), WAIT);
  });

  it('should leave', { timeout: TIME_LIMIT_MS }, async () => {
    await click(ada, '#leave');
    await ada.waitForFunction(() => document.querySelector('#state').dataset.state === 'out', WAIT);
    await grace.waitForFunction(() => document.querySelectorAll('.tile').length === 1, WAIT);
    assert.equal(await textOf(ada, '#self-name'), 'You');
    assert.deepEqual(await served.meeting.mediaHost.page.evaluate(() => globalThis.mediaHost.counts().connections), 1);
  });

  it('should let nobody in without a token that it gave', { timeout: TIME_LIMIT_MS }, async () => {
    const { Meeting } = served.meeting.createAttendee('Eve', new URL(served.url).host);
    const socket = new WebSocket(Meeting.MediaPlacement.SignalingUrl, ['_aws_wt_session', 'guessed']);
    const code = await new Promise((resolve) => socket.on('close', resolve));
    assert.equal(code, 4403);
    const request = (body) => fetch(new URL('/local-meeting/attendees', served.url), { method: 'POST', body });
    for (const body of ['', '{}', '{"name": " "}', `{"name": "${'x'.repeat(65)}"}`]) assert.equal((await request(body)).status, 400);
  });

  it("should take the demo's options and languages, and put the picture first on a phone", { timeout: TIME_LIMIT_MS }, async () => {
    const page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(error));
    await page.setViewport({ width: 375, height: 800 });
    await page.goto(`${served.url}?lang=de&background=teal&source=sample&model=selfie&quality=low&width=320&height=180&mirrored=0`, { timeout: 120_000 });
    await page.waitForFunction(() => document.querySelector('#camera').stream && document.querySelector('vbc-background-gallery').shadowRoot?.querySelector('[role=radio]'), WAIT);
    const read = await page.evaluate(() => {
      const { background, mirrored, source } = document.querySelector('#camera');
      const tops = ['#self', '.toolbar', '.side', '.settings'].map((place) => document.querySelector(place).getBoundingClientRect().top);
      return {
        heading: document.querySelector('h1').textContent,
        labels: ['#video', '#microphone', '#leave'].map((place) => document.querySelector(place).ariaLabel),
        icons: [...document.querySelectorAll('.toolbar > button')].every((button) => button.querySelector('svg')),
        options: { background, mirrored, isDrawn: source instanceof MediaStream },
        isInOrder: tops.every((top, index) => index === 0 || top > tops[index - 1]),
        width: document.documentElement.scrollWidth,
      };
    });
    assert.deepEqual(read, {
      heading: 'Besprechung',
      labels: ['Kamera ausschalten', 'Mikrofon stummschalten', 'Verlassen'],
      icons: true,
      options: { background: 'teal', mirrored: false, isDrawn: true },
      isInOrder: true,
      width: 375,
    });
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const broken = await page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`));
    });
    assert.deepEqual(broken, []);
    await page.close();
  });

  it('should follow what a control element does with the camera', { timeout: TIME_LIMIT_MS }, async () => {
    await ada.bringToFront();
    const label = () => ada.evaluate(() => document.querySelector('#video').ariaLabel);
    const press = () => ada.evaluate(() => document.querySelector('vbc-controls').shadowRoot.querySelector('vbc-start-button').shadowRoot.querySelector('button').click());
    assert.equal(await label(), 'Start camera', 'it is off after leaving');
    await press();
    assert.equal(await label(), 'Stop camera');
    await ada.waitForFunction(() => document.querySelector('#camera').state === 'running', WAIT);
    await press();
    assert.equal(await label(), 'Start camera');
    assert.deepEqual(await ada.evaluate(() => [...document.querySelectorAll('.banner')].map(({ textContent }) => textContent)), [], 'that is no problem');
  });

  it('should have met no errors', () => assert.deepEqual(problems, []));
});
