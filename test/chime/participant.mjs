import { regionsOf } from './regions.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** Lossy video moves a flat colour a little, and rims of compression more. */
const TOLERANCE = 40;

export const GREEN = { color: [0, 150, 60], tolerance: TOLERANCE };
export const BLUE = { color: [40, 70, 200], tolerance: TOLERANCE };
export const cssOf = ({ color }) => `rgb(${color.join(' ')})`;

let participants = 0;

/** A page of a client in the meeting, with the element in it, and what arrives of it at the media host. */
export class Participant {
  #stage;
  #watch = null;
  /** Frames it asked to subscribe with, counted. */
  subscribes = 0;

  /** @param {import('./stage.mjs').Stage} stage */
  static async open(stage, { share = 1, path } = {}) {
    const participant = new Participant();
    participant.#stage = stage;
    participant.regions = regionsOf(stage.camera.id, share);
    participant.page = await stage.openPage(path);
    participant.info = stage.meeting.createAttendee(`Participant ${++participants}`, stage.host);
    participant.id = participant.info.Attendee.AttendeeId;
    participant.countFrames = ({ attendeeId, type }) => {
      if (attendeeId === participant.id && type === 'SUBSCRIBE') participant.subscribes += 1;
    };
    stage.meeting.on('frame', participant.countFrames);
    return participant;
  }

  join() {
    return this.page.evaluate((info) => globalThis.client.join(info), this.info);
  }

  /** Puts an element with the attributes into the page and starts it. */
  async startElement(attributes = {}) {
    await this.page.evaluate(async (wanted) => {
      await customElements.whenDefined('virtual-background-camera');
      const element = document.createElement('virtual-background-camera');
      for (const [name, value] of Object.entries(wanted)) element.setAttribute(name, value);
      document.body.append(element);
      globalThis.camera = element;
      await element.start();
    }, { width: 640, height: 360, model: 'selfie', quality: 'low', background: cssOf(GREEN), ...attributes });
  }

  sendVideo() {
    return this.page.evaluate(() => globalThis.client.sendVideo(globalThis.camera.stream));
  }

  /** Waits for its video at the media host and has every frame looked at from now on. */
  async watch(flats = [GREEN], attendeeId = this.id) {
    const { meeting, hostPage } = this.#stage;
    const limit = Date.now() + 30_000;
    while (!meeting.connectionOf(attendeeId)?.source) {
      if (Date.now() > limit) throw new Error('No video came');
      await sleep(50);
    }
    this.streamId = meeting.connectionOf(attendeeId).source.streamId;
    if (this.#watch) await hostPage.evaluate((watch) => globalThis.endWatch(watch), this.#watch);
    this.#watch = await hostPage.evaluate(
      (streamId, regions, colors) => globalThis.watchTrack(globalThis.mediaHost.videoTrack(streamId), regions, colors),
      this.streamId, this.regions, flats.map(({ color, tolerance }) => ({ color, tolerance })),
    );
    await this.waitForFrames();
  }

  /** The colours, any of which the background may have from now on. */
  expect(...flats) {
    return this.#stage.hostPage.evaluate((watch, colors) => globalThis.expectFlats(watch, colors), this.#watch, flats);
  }

  /** @returns {Promise<{frames: object[], openGapMs: number}>} what arrived since the last call */
  take() {
    return this.#stage.hostPage.evaluate((watch) => globalThis.takeWatched(watch), this.#watch);
  }

  /** Until frames of the kind arrive; then forgets those so far. */
  async waitForFrames(matches = () => true, count = 3, limitMs = 30_000) {
    const limit = Date.now() + limitMs;
    for (let found = 0; found < count; ) {
      if (Date.now() > limit) throw new Error('The frames waited for did not come');
      await sleep(100);
      const { frames } = await this.take();
      found = frames.filter(matches).length + (frames.length && matches(frames.at(-1)) ? found : 0);
    }
  }

  /** What arrives in some time, and the figures of it. */
  async measure(durationMs) {
    await this.take();
    const before = await this.#figures();
    await sleep(durationMs);
    const after = await this.#figures();
    const { frames, openGapMs } = await this.take();
    const seconds = (after.timeMs - before.timeMs) / 1000;
    return {
      frames,
      longestGapMs: Math.max(openGapMs, ...frames.slice(1).map(({ gapMs }) => gapMs)),
      sent: after.sent - before.sent,
      decoded: after.decoded - before.decoded,
      freezes: after.freezes - before.freezes,
      fps: (after.decoded - before.decoded) / seconds,
      size: frames.length ? `${frames.at(-1).width}x${frames.at(-1).height}` : 'none',
    };
  }

  async #figures() {
    const [sent, stats] = await Promise.all([
      this.page.evaluate(() => globalThis.client.sent()),
      this.#stage.hostPage.evaluate((streamId) => globalThis.mediaHost.videoStats(streamId), this.streamId),
    ]);
    return { sent: sent.frames, decoded: stats?.framesDecoded ?? 0, freezes: stats?.freezeCount ?? 0, timeMs: performance.now() };
  }

  sender() {
    return this.page.evaluate(() => globalThis.client.sent());
  }

  stats() {
    return this.page.evaluate(() => ({ ...globalThis.camera.stats, state: globalThis.camera.state }));
  }

  async close() {
    this.#stage.meeting.off('frame', this.countFrames);
    if (this.#watch) await this.#stage.hostPage.evaluate((watch) => globalThis.endWatch(watch), this.#watch);
    await this.page.close();
  }
}
