/** The meeting page in a browser, whose camera and screen answer when the test lets them. */

/** By the clock: a page behind another one has no animation frames. */
const WAIT = { timeout: 180_000, polling: 50 };

export class MeetingPage {
  #background;

  /** @param {import('puppeteer-core').Page} page */
  constructor(page, background) {
    this.page = page;
    this.#background = background;
  }

  /** @param {{screen: number[], background: number[]}} colors of the screen that is shared, and behind the person */
  static async open(browser, url, { screen, background }) {
    const page = await browser.newPage();
    const meetingPage = new MeetingPage(page, background);
    await page.evaluateOnNewDocument(controlMedia, screen);
    await page.goto(url, { timeout: 120_000 });
    await meetingPage.#prepare();
    return meetingPage;
  }

  async reload() {
    await this.page.reload({ timeout: 120_000 });
    await this.#prepare();
  }

  /** A small and slow picture, which two cores can make, and the background as a picture of the person's own. */
  async #prepare() {
    await this.page.waitForFunction(() => document.querySelector('#camera')?.start, WAIT);
    await this.page.evaluate(async (color) => {
      Object.assign(document.querySelector('#camera'), { width: 320, height: 180, frameRate: 10, model: 'selfie', quality: 'low' });
      const canvas = new OffscreenCanvas(320, 180);
      const context = canvas.getContext('2d');
      context.fillStyle = `rgb(${color.join(' ')})`;
      context.fillRect(0, 0, 320, 180);
      document.querySelector('#camera').background = new File([await canvas.convertToBlob()], 'background.png', { type: 'image/png' });
    }, this.#background);
  }

  /** Presses a button. @returns what is true before anything that takes time has happened */
  press(selector) {
    return this.page.evaluate((wanted) => {
      document.querySelector(wanted).click();
      return globalThis.readPage();
    }, selector);
  }

  /** Presses one after the other, faster than anything can follow. */
  async pressAll(selectors) {
    await this.page.evaluate((wanted) => {
      for (const selector of wanted) document.querySelector(selector).click();
    }, selectors);
  }

  read() {
    return this.page.evaluate(() => globalThis.readPage());
  }

  async waitFor(condition, ...values) {
    await this.page.waitForFunction(condition, WAIT, ...values);
  }

  async join(name) {
    await this.page.evaluate((wanted) => (document.querySelector('#name').value = wanted), name);
    await this.press('#join-form button');
    await this.waitFor(() => document.querySelector('#state').dataset.state === 'in');
  }

  async leave() {
    const atOnce = await this.press('#leave');
    await this.waitFor(() => document.querySelector('#state').dataset.state === 'out');
    return atOnce;
  }

  /** Ends all tracks of the kind, `camera` or `screen`, as the browser's own buttons and an unplugged camera do. */
  endTracks(kind) {
    return this.page.evaluate((wanted) => {
      globalThis.media.end(wanted);
      return globalThis.readPage();
    }, kind);
  }

  /** Whatever the page asks for next, `camera` or `screen`, comes only after {@link release}. */
  hold(kind) {
    return this.page.evaluate((wanted) => globalThis.media.hold(wanted), kind);
  }

  release(kind) {
    return this.page.evaluate((wanted) => globalThis.media.release(wanted), kind);
  }
}

/** Runs in the page, before its own scripts. */
function controlMedia(screenColor) {
  const tracks = { camera: new Set(), screen: new Set() };
  const gates = { camera: null, screen: null };
  const given = { camera: 0, screen: 0 };
  const liveOf = (kind) => [...tracks[kind]].filter(({ readyState }) => readyState === 'live');

  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    if (constraints.video) await gates.camera?.promise;
    const stream = await getUserMedia.call(this, constraints);
    if (constraints.video) given.camera += 1;
    for (const track of stream.getVideoTracks()) tracks.camera.add(track);
    return stream;
  };
  MediaDevices.prototype.getDisplayMedia = async () => {
    await gates.screen?.promise;
    given.screen += 1;
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const context = canvas.getContext('2d');
    let frames = 0;
    // A canvas that stays as it is gives no frames.
    const paint = () => {
      context.fillStyle = `rgb(${screenColor.join(' ')})`;
      context.fillRect(0, 0, 640, 360);
      context.fillStyle = (frames += 1) % 2 ? 'black' : 'white';
      context.fillRect(0, 0, 4, 4);
    };
    paint();
    const stream = canvas.captureStream(15);
    const [track] = stream.getTracks();
    tracks.screen.add(track);
    const timer = setInterval(() => (liveOf('screen').length ? paint() : clearInterval(timer)), 66);
    return stream;
  };
  // What is left of a stopped camera in a clone keeps its light on.
  const { clone } = MediaStreamTrack.prototype;
  MediaStreamTrack.prototype.clone = function () {
    const copy = clone.call(this);
    for (const kind of ['camera', 'screen']) if (tracks[kind].has(this)) tracks[kind].add(copy);
    return copy;
  };
  const cloneStream = MediaStream.prototype.clone;
  MediaStream.prototype.clone = function () {
    return this.getTracks().length ? new MediaStream(this.getTracks().map((track) => track.clone())) : cloneStream.call(this);
  };

  globalThis.media = {
    hold: (kind) => {
      gates[kind] = {};
      gates[kind].promise = new Promise((resolve) => (gates[kind].open = resolve));
    },
    release: (kind) => {
      gates[kind]?.open();
      gates[kind] = null;
    },
    end: (kind) => {
      for (const track of liveOf(kind)) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    },
  };
  globalThis.readPage = () => ({
    cameras: liveOf('camera').length,
    screens: liveOf('screen').length,
    given: { ...given },
    joined: document.querySelector('#state').dataset.state === 'in',
    camera: document.querySelector('#video').ariaLabel,
    present: document.querySelector('#present').ariaLabel,
    share: document.querySelector('#share').ariaLabel,
    warnings: [...document.querySelectorAll('.banner')].map(({ textContent }) => textContent),
  });
}
