/** The meeting page as it is uploaded, from another origin than the testbed's API, in two tabs. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { launch } from 'puppeteer-core';
import { buildMeetingPage } from '../../demo/meeting/build-page.mjs';
import { startServerless } from '../../demo/meeting/server/local-serverless.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { ROOT } from '../../scripts/paths.mjs';
import { serveFolder } from './support/static-server.mjs';

const TIME_LIMIT_MS = 240_000;
const WAIT = { timeout: 120_000, polling: 100 };
const TITLE = '朝会 Standup';

describe('the page of the serverless testbed', { timeout: 3 * TIME_LIMIT_MS }, () => {
  let folder;
  let site;
  let testbed;
  let browser;
  let ada;
  let grace;
  const problems = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'meeting-page-'));
    const origins = [];
    testbed = await startServerless({ origins, onProblem: (error) => problems.push(error) });
    await buildMeetingPage({ api: testbed.url, out: folder });
    site = await serveFolder(folder);
    origins.push(new URL(site.url).origin);
    const { file } = await ensureCameraClip();
    browser = await launch({
      executablePath: findBrowser(),
      headless: true,
      args: [...baseBrowserFlags(), '--allow-loopback-in-peer-connection', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${file}`],
    });
    ada = await open({ camera: true });
    grace = await open();
  });

  after(async () => {
    await browser?.close();
    await site?.close();
    await testbed?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** One camera is enough here: chime-page.test.mjs has the pictures of both sides. */
  async function open({ camera = false } = {}) {
    const page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(error));
    // As after the page was loaded again with the camera off.
    if (!camera) await page.evaluateOnNewDocument(() => sessionStorage.setItem('meeting-camera', 'off'));
    await page.goto(site.url, { timeout: WAIT.timeout });
    if (!camera) return page;
    await page.evaluate(() => Object.assign(document.querySelector('#camera'), { width: 320, height: 180, frameRate: 10, model: 'selfie', quality: 'low' }));
    await page.waitForFunction(() => document.querySelector('#camera').stream, WAIT);
    return page;
  }

  async function enter(page, title, name) {
    await page.bringToFront();
    await page.evaluate((...values) => {
      for (const [place, id] of ['title', 'name'].entries()) document.getElementById(id).value = values[place];
      document.querySelector('#join-form').requestSubmit();
    }, title, name);
  }

  async function joinAs(page, title, name) {
    await enter(page, title, name);
    await page.waitForFunction(() => document.querySelector('#state').dataset.state === 'in', WAIT);
  }

  const textOf = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted)?.textContent ?? null, selector);
  const waitForText = (page, selector, text) => page.waitForFunction((...wanted) => document.querySelector(wanted[0])?.textContent === wanted[1], WAIT, selector, text);

  /** Until this many are left in the table. */
  async function waitForAttendees(count) {
    const end = Date.now() + WAIT.timeout;
    for (;;) {
      const { Items } = await testbed.tables.client.send(new ScanCommand({ TableName: 'AttendeesTable' }));
      if (Items.length === count) return;
      if (Date.now() > end) assert.fail(`attendees: ${Items.map(({ name }) => name.S).join(', ')}`);
      await new Promise((later) => setTimeout(later, WAIT.polling));
    }
  }

  it('should say what the server says', { timeout: TIME_LIMIT_MS }, async () => {
    await enter(grace, TITLE, '\u202EEve');
    await grace.waitForFunction(() => document.querySelector('.banner-error')?.textContent.includes('name must be a string of 1 to 64 printable characters'), WAIT);
    assert.equal(testbed.chime.meetings.length, 0);
  });

  it('should bring people into the same meeting by its title', { timeout: TIME_LIMIT_MS }, async () => {
    await joinAs(ada, TITLE, 'Ada Lovelace');
    await joinAs(grace, TITLE.toUpperCase(), 'グレース・ホッパー');
    assert.equal(testbed.chime.meetings.length, 1);
    assert.equal(await textOf(grace, '#self-name'), 'グレース・ホッパー (you)');
  });

  it('should show whole names, which Amazon Chime does not pass on', { timeout: TIME_LIMIT_MS }, async () => {
    await waitForText(ada, '.tile:not(#self) .name', 'グレース・ホッパー');
    await waitForText(grace, '.tile:not(#self) .name', 'Ada Lovelace');
    await grace.evaluate(() => {
      document.querySelector('#message').value = 'おはよう';
      document.querySelector('#chat-form').requestSubmit();
    });
    await waitForText(ada, '#messages li strong', 'グレース・ホッパー');
  });

  it('should show the picture of the element, with its workers and models from the uploaded files', { timeout: TIME_LIMIT_MS }, async () => {
    await grace.bringToFront();
    await grace.waitForFunction(() => document.querySelector('.tile > video')?.videoWidth > 0, WAIT);
    assert.equal(await ada.evaluate(() => document.querySelector('#camera').stats.model), 'selfie');
  });

  it('should leave when a page is closed, and find the meeting again', { timeout: TIME_LIMIT_MS }, async () => {
    // As a person does it: the page is asked first.
    await grace.close({ runBeforeUnload: true });
    await ada.waitForFunction(() => document.querySelectorAll('.tile').length === 1, WAIT);
    await waitForAttendees(1);
    grace = await open();
    await joinAs(grace, TITLE, 'Grace');
    await waitForText(ada, '.tile:not(#self) .name', 'Grace');
    assert.equal(testbed.chime.meetings.length, 1);
  });

  it('should end the meeting for all', { timeout: TIME_LIMIT_MS }, async () => {
    await grace.evaluate(() => document.querySelector('#end').click());
    for (const page of [ada, grace]) {
      await page.waitForFunction(() => document.querySelector('.banner-error')?.textContent.includes('The meeting has ended.'), WAIT);
      await page.waitForFunction(() => document.querySelector('#state').dataset.state === 'out', WAIT);
      assert.equal(await page.evaluate(() => document.querySelector('#end').hidden), true);
    }
    assert.equal(testbed.chime.meetings.length, 0);
  });

  it('should have no secret in its files, and the address of the API as its only setting', async () => {
    const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(html|js|css)$/.test(name));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    assert.equal(texts.filter((text) => text.includes(testbed.url)).length, 1);
    for (const text of texts) assert.doesNotMatch(text, /AKIA[0-9A-Z]{16}|aws_secret_access_key|MEETINGS_TABLE|MeetingsTable/i);
  });

  it('should be built for an https address only', async () => {
    for (const api of [undefined, '', 'x', 'http://api.example']) await assert.rejects(buildMeetingPage({ api, out: folder }), /--api must be the https address/);
  });

  it('should run from the sources on this machine', { timeout: TIME_LIMIT_MS }, async () => {
    const child = spawn(process.execPath, [join(ROOT, 'demo/meeting/server/run.mjs'), '--serverless', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = new Promise((resolve) => child.once('close', resolve));
    let printed = '';
    for await (const part of child.stdout.setEncoding('utf8')) {
      printed += part;
      if (printed.includes('Ctrl+C')) break;
    }
    const [url] = /http:\S+/.exec(printed);
    const script = await (await fetch(new URL('main.ts', url))).text();
    const [api] = /http:\/\/localhost:\d+/.exec(script) ?? [];
    assert.ok(api, 'the page knows the address');
    const origin = new URL(url).origin;
    const response = await fetch(`${api}/attendees`, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: JSON.stringify({ title: TITLE, name: 'Ada' }) });
    assert.equal(response.headers.get('access-control-allow-origin'), origin);
    assert.ok((await response.json()).Attendee.JoinToken);
    child.kill('SIGTERM');
    await closed;
  });

  it('should have met no errors', () => assert.deepEqual(problems, []));
});
