/**
 * Runs in the pages of the call, as `call`: the sender's with the element in it, and the receiver's, which reads
 * every decoded frame.
 */
import { CodedRoom, RawFrameDetector } from '../support/raw-frame-detector.ts';
import { publish, subscribe } from './janus-room.mjs';

const sleep = (ms) => new Promise((later) => setTimeout(later, ms));

let element = null;
let room = null;
let sent = null;
let received = null;
let detector = null;

async function gatheredDescription(peer, description) {
  await peer.setLocalDescription(description);
  while (peer.iceGatheringState !== 'complete') await sleep(10);
  const { type, sdp } = peer.localDescription;
  return { type, sdp };
}

const statsOf = async (peer, type) => [...(await peer.getStats()).values()].filter((report) => report.type === type && report.kind === 'video');

globalThis.call = {
  /** The element starts; nothing is sent yet. */
  async start(attributes) {
    element = document.querySelector('virtual-background-camera');
    await customElements.whenDefined('virtual-background-camera');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    await element.start();
    return element.stats.host;
  },

  setBackground(background) {
    element.background = background;
  },

  /** Another camera: one that the page draws, with a person before the coded room; null: the browser's own. */
  async changeCamera(options) {
    const old = room;
    room = options && new CodedRoom(options);
    const changed = new Promise((resolve) => element.addEventListener('vbc-source-change', resolve, { once: true }));
    element.source = room ? room.stream : 'camera';
    await changed;
    old?.stop();
  },

  setMuted(muted) {
    sent.track.enabled = !muted;
  },

  async publish({ url, room: number, encodings }) {
    const [track] = element.stream.getVideoTracks();
    sent = { track, ...(await publish({ url, room: number, track, encodings })) };
    return sent.feed;
  },

  async subscribe({ url, room: number, feed }) {
    received = await subscribe({ url, room: number, feed });
  },

  chooseLayer: (substream) => received.choose(substream),

  /** Plain WebRTC, without a server: the offer, to be answered by {@link answer} in the other page. */
  async offer() {
    const peer = new RTCPeerConnection();
    const [track] = element.stream.getVideoTracks();
    peer.addTrack(track, element.stream);
    sent = { track, peer };
    return gatheredDescription(peer, await peer.createOffer());
  },

  async answer(offer) {
    const peer = new RTCPeerConnection();
    await peer.setRemoteDescription(offer);
    received = { peer, track: peer.getReceivers()[0].track };
    return gatheredDescription(peer, await peer.createAnswer());
  },

  accept: (answer) => sent.peer.setRemoteDescription(answer),

  /** @returns what must stay the same whatever changes: the outgoing track, and the streams that carry it */
  async sender() {
    const reports = await statsOf(sent.peer, 'outbound-rtp');
    return { track: sent.track.id, live: sent.track.readyState, ssrcs: reports.map(({ ssrc }) => ssrc).sort() };
  },

  elementState: () => ({ state: element.state, rawFrames: element.stats.rawFrames }),

  /** Reads all frames from now on. @param background colour that is behind the person */
  watch(background) {
    detector?.stop();
    detector = new RawFrameDetector({ background });
    detector.watch(received.track);
  },

  /** How many frames so far. */
  frames: () => detector.readings.length,

  /** What was seen since a frame's number. */
  seen: (from = 0) => detector.count(from),

  last() {
    const { last } = detector;
    return last && { ...last, showsPerson: detector.showsPerson(last), showsBackground: detector.showsBackground(last) };
  },

  /** @returns {Promise<{timeMs: number, frames: number, bytes: number, freezes: number, width: number, height: number, codec: string}>} of what arrives */
  async figures() {
    const [report] = await statsOf(received.peer, 'inbound-rtp');
    const codecs = [...(await received.peer.getStats()).values()].filter(({ type }) => type === 'codec');
    const { framesDecoded = 0, bytesReceived = 0, freezeCount = 0, frameWidth = 0, frameHeight = 0, jitterBufferDelay = 0, jitterBufferEmittedCount = 0 } = report ?? {};
    return {
      timeMs: performance.now(), frames: framesDecoded, bytes: bytesReceived, freezes: freezeCount, width: frameWidth, height: frameHeight,
      bufferedSeconds: jitterBufferDelay, emitted: jitterBufferEmittedCount,
      codec: codecs.find(({ id }) => id === report?.codecId)?.mimeType ?? '',
    };
  },
};
