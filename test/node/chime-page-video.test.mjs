/**
 * The meeting page's own video, in every order of "Camera", "Present" and "Leave": judged on the frames that the
 * other side decodes, and on the camera's tracks in the page.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import { serveMeeting } from '../../demo/meeting/server/serve.mjs';
import { baseBrowserFlags, findBrowser } from '../../scripts/find-browser.mjs';
import { ensureCameraClip } from '../../scripts/make-camera-clip.mjs';
import { FarEnd } from '../chime/far-end.mjs';
import { MeetingPage } from '../chime/meeting-page.mjs';
import { stateAfter, walkAllOrders } from '../chime/video-walk.mjs';

const TIME_LIMIT_MS = 1_200_000;
const COLORS = { screen: [40, 70, 200], background: [0, 150, 60] };
const START = { on: true, sharing: false };
/**
 * From each state. Longer orders, and all times at which the browser may answer, are walked without a camera in
 * test/chime/own-video.test.ts.
 */
const ORDERS = { stays: 2, leaves: 1 };
/** What is decoded within this time shows the state that was reached. */
const WINDOW_MS = 250;
/** Nothing arrives in this time when nothing is sent any more. */
const SILENCE_MS = 500;
const STEP_LIMIT_MS = 120_000;
/** Presses in a row that nothing waits for. */
const BURST = 3;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * What frames have to show, and what they may show besides: a person whose mask is late is hidden by what is behind
 * them. Null where no frame may come.
 */
function expectedFrames({ on, sharing }) {
  if (on) return sharing ? { shows: 'person, screen', may: 'screen, screen' } : { shows: 'person, background', may: 'background, background' };
  return sharing ? { shows: 'screen, screen' } : null;
}

/** Whose video the meeting says it has. */
const expectedSources = ({ on, sharing }) => (sharing ? ['content'] : on ? ['main'] : []);

const isAllowed = (frame, expected) => expected !== null && (frame === expected.shows || frame === expected.may);

describe("the meeting page's own video", { timeout: 2 * TIME_LIMIT_MS }, () => {
  let served;
  let browser;
  let farEnd;
  let page;
  let state = START;
  const problems = [];

  before(async () => {
    served = await serveMeeting({ port: 0 });
    served.meeting.on('problem', (error) => problems.push(error));
    const { id: clip, file } = await ensureCameraClip();
    farEnd = await FarEnd.open(served.meeting, { script: '/test/chime/watch-page.mjs', clip, flats: COLORS });
    browser = await launch({
      executablePath: findBrowser(),
      headless: true,
      args: [...baseBrowserFlags(), '--allow-loopback-in-peer-connection', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${file}`],
    });
    page = await MeetingPage.open(browser, served.url, COLORS);
    page.page.on('pageerror', (error) => problems.push(error));
    await page.waitFor(() => document.querySelector('#camera').stream);
  });

  after(async () => {
    await browser?.close();
    await served?.close();
  });

  const sources = () => served.meeting.index().sources.map(({ attendeeId }) => (attendeeId.endsWith('#content') ? 'content' : 'main'));

  /** Waits for a window in which frames of the state arrive, and no others. */
  async function arrives(label) {
    const expected = expectedFrames(state);
    const limit = Date.now() + STEP_LIMIT_MS;
    for (;;) {
      await sleep(expected ? WINDOW_MS : SILENCE_MS);
      const frames = await farEnd.take();
      const isSent = sources().join() === expectedSources(state).join();
      if (isSent && frames.every((frame) => isAllowed(frame, expected)) && (!expected || frames.includes(expected.shows))) return;
      if (Date.now() > limit) {
        assert.fail(`${label}: expected ${expected?.shows ?? 'no frames'} of ${expectedSources(state)}, got ${frames.join(' | ') || 'none'} of ${sources()}`);
      }
    }
  }

  /** Nothing else has arrived since {@link arrives}. */
  async function stays(label) {
    const expected = expectedFrames(state);
    const others = (await farEnd.take()).filter((frame) => !isAllowed(frame, expected));
    assert.deepEqual(others, [], `${label}: after it had shown ${expected?.shows ?? 'nothing'}`);
  }

  /** What is true in the page as soon as something was pressed: what must not be live has ended. */
  function checkPage(label, read) {
    const { on, sharing } = state;
    if (!on) assert.equal(read.cameras, 0, `${label}: a camera is live`);
    if (!sharing) assert.equal(read.screens, 0, `${label}: a screen is live`);
    assert.equal(read.camera, on ? 'Stop camera' : 'Start camera', label);
    assert.equal(read.present, sharing ? 'Stop sharing' : 'Present in front of the screen', label);
  }

  /** What is true in the page and at the far end once everything has followed. */
  async function checkReached(label) {
    await arrives(label);
    const read = await page.read();
    checkPage(label, read);
    assert.equal(read.cameras, state.on ? 1 : 0, `${label}: live cameras`);
    return read;
  }

  const act = {
    on: () => page.press('#video'),
    off: () => page.press('#video'),
    stop: () => page.press('#present'),
    leave: () => page.leave(),
    share: async () => {
      await page.press('#present');
      await page.waitFor(() => document.querySelector('#present').ariaLabel === 'Stop sharing');
      return page.read();
    },
  };

  async function step(label, action) {
    await stays(label);
    state = stateAfter(state, action);
    checkPage(label, await act[action]());
    const { warnings } = await checkReached(label);
    assert.deepEqual(warnings, [], label);
    if (action === 'leave') await page.join('Ada Lovelace');
  }

  /** In the meeting, however the page was left by the test before. */
  async function reach(wanted) {
    const read = await page.read();
    state = { on: read.camera === 'Stop camera', sharing: read.present === 'Stop sharing' };
    if (!read.joined) await page.join('Ada Lovelace');
    if (state.sharing !== wanted.sharing) await step('prepare', wanted.sharing ? 'share' : 'stop');
    if (state.on !== wanted.on) await step('prepare', wanted.on ? 'on' : 'off');
    await arrives('prepared');
  }

  it('should be what the buttons say in every order', { timeout: TIME_LIMIT_MS }, async (test) => {
    await page.join('Ada Lovelace');
    await arrives('joined');
    const { actions, orders } = walkAllOrders(state, ORDERS);
    test.diagnostic(`${orders} orders in ${actions.length} steps`);
    for (const [index, action] of actions.entries()) await step(`step ${index}, ${actions.slice(Math.max(0, index - 3), index + 1).join(', ')}`, action);
  });

  for (const on of [false, true]) {
    it(`should end with the browser's own "Stop sharing", the camera being ${on ? 'on' : 'off'}`, { timeout: TIME_LIMIT_MS }, async () => {
      await reach({ on, sharing: true });
      state = { on, sharing: false };
      checkPage('stopped', await page.endTracks('screen'));
      await checkReached('stopped');
    });
  }

  it('should go on with the screen alone, and say so, when the camera is unplugged', { timeout: TIME_LIMIT_MS }, async () => {
    await reach({ on: true, sharing: true });
    await page.endTracks('camera');
    state = { on: false, sharing: true };
    await page.waitFor(() => document.querySelector('#video').ariaLabel === 'Start camera');
    const { warnings } = await checkReached('unplugged');
    assert.match(warnings.join(), /Your camera stopped/);
    await step('on again, without the warning', 'on');
  });

  it('should send the person beside a screen that is shared plainly, and in front of it when they step there', { timeout: TIME_LIMIT_MS }, async () => {
    await reach({ on: true, sharing: false });
    await page.press('#share');
    await page.waitFor(() => document.querySelector('#share').ariaLabel === 'Stop sharing');
    const [beside, limit] = [new Set(['person, background', 'screen, screen']), Date.now() + STEP_LIMIT_MS];
    for (let frames = []; sources().sort().join() !== 'content,main' || [...beside].some((frame) => !frames.includes(frame)); frames = await farEnd.take()) {
      assert.ok(Date.now() < limit, `expected both, got ${frames.join(' | ')} of ${sources()}`);
      await sleep(WINDOW_MS);
    }
    const { cameras, screens, present } = await page.read();
    assert.deepEqual({ cameras, isShared: screens > 0, present }, { cameras: 1, isShared: true, present: 'Step in front of the screen' });
    state = { on: true, sharing: true };
    await page.press('#present');
    await checkReached('stepped in front');
    await step('ended', 'stop');
  });

  it('should drop a screen that is chosen after leaving', { timeout: TIME_LIMIT_MS }, async () => {
    await reach({ on: false, sharing: false });
    const { given } = await page.read();
    await page.hold('screen');
    await page.press('#present');
    await page.leave();
    await page.release('screen');
    await page.waitFor((before) => globalThis.readPage().given.screen > before, given.screen);
    await checkReached('left');
    await page.join('Ada Lovelace');
    await checkReached('back again');
  });

  it('should drop a camera that opens after it was turned off', { timeout: TIME_LIMIT_MS }, async () => {
    await reach({ on: false, sharing: false });
    const { given } = await page.read();
    await page.hold('camera');
    await page.press('#video');
    checkPage('off again', await page.press('#video'));
    await page.release('camera');
    await page.waitFor((before) => globalThis.readPage().given.camera > before, given.camera);
    await checkReached('off again');
  });

  it('should share the screen while the camera opens, and drop the camera after leaving', { timeout: TIME_LIMIT_MS }, async () => {
    await reach({ on: false, sharing: true });
    const { given } = await page.read();
    await page.hold('camera');
    await page.press('#video');
    await stays('opening');
    await arrives('opening');
    state = stateAfter(state, 'leave');
    checkPage('left', await page.leave());
    await page.release('camera');
    await page.waitFor((before) => globalThis.readPage().given.camera > before, given.camera);
    await checkReached('left');
  });

  it('should come to what the buttons say, however fast they are pressed', { timeout: TIME_LIMIT_MS }, async () => {
    for (let burst = 0; burst < 2 ** BURST; burst += 1) {
      await reach({ on: false, sharing: false });
      const buttons = Array.from({ length: BURST }, (_value, place) => (burst & (1 << place) ? '#video' : '#present'));
      await page.pressAll(buttons);
      // A screen was asked for once, and is there.
      state = { on: buttons.filter((button) => button === '#video').length % 2 === 1, sharing: buttons.includes('#present') };
      await page.waitFor((sharing) => (document.querySelector('#present').ariaLabel === 'Stop sharing') === sharing, state.sharing);
      await checkReached(buttons.join(' '));
    }
  });

  it('should stay off when the page is loaded again', { timeout: TIME_LIMIT_MS }, async () => {
    for (const before of [{ on: false, sharing: true }, { on: true, sharing: true }]) {
      await reach(before);
      await page.reload();
      state = stateAfter(before, 'leave');
      await checkReached('loaded again');
      assert.equal((await page.read()).given.camera, 0, 'the camera was not asked for');
    }
  });

  it('should look at the person again before joining when the camera was on there', { timeout: TIME_LIMIT_MS }, async () => {
    await page.press('#video');
    await page.reload();
    await page.waitFor(() => globalThis.readPage().cameras === 1);
    assert.equal((await page.read()).camera, 'Stop camera');
    await page.press('#video');
    await page.reload();
    const { camera, cameras, given } = await page.read();
    assert.deepEqual({ camera, cameras, given: given.camera }, { camera: 'Start camera', cameras: 0, given: 0 });
  });

  it('should have met no errors', () => assert.deepEqual(problems, []));
});
