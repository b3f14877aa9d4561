/**
 * What arrives in a local meeting: every frame of every video track that the media host decodes, from its first on,
 * whatever the signalling says about who sends what.
 */
import { regionsOf } from './regions.mjs';

/** Lossy video moves a flat colour a little. */
const TOLERANCE = 40;
const isNear = (color, flat) => color.every((value, channel) => Math.abs(value - flat[channel]) <= TOLERANCE);

export class FarEnd {
  #page;
  #flats;

  /**
   * @param {import('../../demo/meeting/server/local-meeting.mjs').LocalMeeting} meeting in which no one sends yet
   * @param {object} options
   * @param {string} options.script address of watch-page.mjs
   * @param {string} options.clip what the sender's camera plays
   * @param {Record<string, number[]>} options.flats colours that fill everything behind the person, by their names
   */
  static async open(meeting, { script, clip, flats }) {
    const { page } = meeting.mediaHost;
    await page.addScriptTag({ url: script, type: 'module' });
    await page.evaluate(watchEveryTrack, regionsOf(clip));
    return new FarEnd(page, flats);
  }

  constructor(page, flats) {
    this.#page = page;
    this.#flats = flats;
  }

  /**
   * The frames that arrived since the last call, by what they show: the name of what is in the person's place and the
   * name of what is around it, such as `person, screen`. A room that shows has no name of its own.
   *
   * @returns {Promise<string[]>}
   */
  async take() {
    return (await this.#page.evaluate(() => globalThis.takeEveryTrack())).map((frame) => this.describe(frame));
  }

  describe({ person, room }) {
    const filledWith = (colors) => Object.keys(this.#flats).find((name) => colors.every((color) => isNear(color, this.#flats[name])));
    return `${filledWith(person) ?? 'person'}, ${filledWith(room) ?? 'room'}`;
  }
}

/** Runs in the media host's page. */
function watchEveryTrack(regions) {
  const watches = [];
  const peers = new WeakSet();
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function (...description) {
    if (!peers.has(this)) {
      peers.add(this);
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'video') watches.push({ peer: this, watch: globalThis.watchTrack(track, regions, []) });
      });
    }
    return setRemoteDescription.apply(this, description);
  };
  globalThis.takeEveryTrack = async () => {
    const taken = await Promise.all(watches.map(({ watch }) => globalThis.takeWatched(watch)));
    for (const ended of watches.filter(({ peer }) => peer.connectionState === 'closed')) {
      globalThis.endWatch(ended.watch);
      watches.splice(watches.indexOf(ended), 1);
    }
    return taken.flatMap(({ frames }) => frames);
  };
}
