/** Runs in a page: a client of Janus' video room, as its documentation describes the messages. */

const LIMIT_MS = 30_000;
const KEEP_ALIVE_MS = 20_000;

function gathered(peer) {
  return new Promise((done) => {
    const look = () => peer.iceGatheringState === 'complete' && done();
    peer.addEventListener('icegatheringstatechange', look);
    look();
  });
}

/** One WebSocket, one session. */
class Session {
  #socket;
  #id;
  #transactions = 0;
  #waiting = new Map();
  /** Resolved once media flows between a handle and the server. */
  #ups = new Map();

  static async open(url) {
    const session = new Session();
    session.#socket = new WebSocket(url, 'janus-protocol');
    session.#socket.onmessage = ({ data }) => session.#receive(JSON.parse(data));
    await new Promise((resolve, reject) => {
      session.#socket.onopen = resolve;
      session.#socket.onerror = () => reject(new Error('Janus cannot be reached'));
    });
    session.#id = (await session.send({ janus: 'create' })).data.id;
    setInterval(() => void session.send({ janus: 'keepalive' }).catch(() => undefined), KEEP_ALIVE_MS);
    return session;
  }

  /** @returns {Promise<void>} @param {number} handle */
  up(handle) {
    return new Promise((resolve) => this.#ups.set(handle, resolve));
  }

  #receive(message) {
    if (message.janus === 'webrtcup') this.#ups.get(message.sender)?.();
    const waiting = this.#waiting.get(message.transaction);
    // To a message for a plugin the first answer says only that it has arrived.
    if (!waiting || (message.janus === 'ack' && waiting.isForPlugin)) return;
    this.#waiting.delete(message.transaction);
    const failure = message.error?.reason ?? message.plugindata?.data.error;
    if (failure) waiting.reject(new Error(failure));
    else waiting.resolve(message);
  }

  send(message) {
    const transaction = String((this.#transactions += 1));
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`Janus did not answer '${JSON.stringify(message).slice(0, 200)}'`)), LIMIT_MS);
      const settle = (act) => (value) => {
        clearTimeout(limit);
        act(value);
      };
      this.#waiting.set(transaction, { isForPlugin: message.janus === 'message', resolve: settle(resolve), reject: settle(reject) });
      this.#socket.send(JSON.stringify({ ...message, transaction, ...(this.#id ? { session_id: this.#id } : {}) }));
    });
  }
}

/** A place in the room that sends, or one that receives. */
class Handle {
  #session;
  #id;
  peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });

  static async attach(session) {
    const handle = new Handle();
    handle.#session = session;
    handle.#id = (await session.send({ janus: 'attach', plugin: 'janus.plugin.videoroom' })).data.id;
    return handle;
  }

  async ask(body, jsep) {
    const { plugindata, jsep: answer } = await this.#session.send({ janus: 'message', handle_id: this.#id, body, ...(jsep ? { jsep } : {}) });
    return { ...plugindata.data, jsep: answer };
  }

  up() {
    return this.#session.up(this.#id);
  }

  /** @returns the local description with all candidates in it */
  async describe(description) {
    await this.peer.setLocalDescription(description);
    await gathered(this.peer);
    const { type, sdp } = this.peer.localDescription;
    return { type, sdp };
  }
}

/** Sends a track with the encodings. @returns {Promise<{peer: RTCPeerConnection, feed: number}>} */
export async function publish({ url, room, track, encodings }) {
  const handle = await Handle.attach(await Session.open(url));
  const { id: feed } = await handle.ask({ request: 'join', ptype: 'publisher', room });
  handle.peer.addTransceiver(track, { direction: 'sendonly', sendEncodings: encodings });
  const offer = await handle.describe(await handle.peer.createOffer());
  const up = handle.up();
  const { jsep } = await handle.ask({ request: 'configure', video: true, audio: false }, offer);
  await handle.peer.setRemoteDescription(jsep);
  // Before that the server knows of no feed.
  await up;
  return { peer: handle.peer, feed };
}

/**
 * Receives a feed.
 *
 * @returns {Promise<{peer: RTCPeerConnection, track: MediaStreamTrack, choose: (substream: number) => Promise<void>}>}
 *   `choose`: which of the sender's encodings the server passes on, 0 is the smallest
 */
export async function subscribe({ url, room, feed }) {
  const handle = await Handle.attach(await Session.open(url));
  const { jsep, streams } = await handle.ask({ request: 'join', ptype: 'subscriber', room, streams: [{ feed }] });
  await handle.peer.setRemoteDescription(jsep);
  const answer = await handle.describe(await handle.peer.createAnswer());
  await handle.ask({ request: 'start' }, answer);
  const [{ receiver }] = handle.peer.getTransceivers();
  const choose = async (substream) => void (await handle.ask({ request: 'configure', streams: [{ mid: streams[0].mid, substream }] }));
  return { peer: handle.peer, track: receiver.track, choose };
}
