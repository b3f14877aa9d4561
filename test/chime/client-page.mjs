/**
 * A page with a meeting, as an app would write it, on the real amazon-chime-sdk-js. The tests call it from outside
 * as `client`.
 */
import { ConsoleLogger, DefaultDeviceController, DefaultMeetingSession, LogLevel, MeetingSessionConfiguration } from 'amazon-chime-sdk-js';

const TOLD_LIMIT_MS = 60_000;

let session;
let calls = [];
const waiting = new Set();

/** Notes what the SDK told, for `told` to find. */
function note(name, ...details) {
  calls.push({ name, details });
  for (const look of waiting) look();
}

const observer = {
  audioVideoDidStartConnecting: (reconnecting) => note('connecting', reconnecting),
  audioVideoDidStart: () => note('started'),
  audioVideoDidStop: (status) => note('stopped', status.statusCode()),
  videoTileDidUpdate: ({ tileId, localTile, boundAttendeeId, isContent }) => boundAttendeeId && note('tile', { tileId, localTile, boundAttendeeId, isContent }),
  videoTileWasRemoved: (tileId) => note('tile-removed', tileId),
  videoInputStreamEnded: () => note('video-input-ended'),
  contentShareDidStart: () => note('content-started'),
  contentShareDidStop: () => note('content-stopped'),
};

globalThis.client = {
  get audioVideo() {
    return session.audioVideo;
  },

  /** @returns {Promise<number>} milliseconds that it took */
  async join({ Meeting, Attendee }) {
    const logger = new ConsoleLogger('meeting', LogLevel.WARN);
    session = new DefaultMeetingSession(new MeetingSessionConfiguration(Meeting, Attendee), logger, new DefaultDeviceController(logger));
    const { audioVideo } = session;
    audioVideo.addObserver(observer);
    audioVideo.addDeviceChangeObserver(observer);
    audioVideo.addContentShareObserver(observer);
    audioVideo.realtimeSubscribeToAttendeeIdPresence((attendeeId, present) => note('presence', { attendeeId, present }));
    audioVideo.realtimeSubscribeToReceiveDataMessage('chat', (message) => note('chat', { text: message.text(), from: message.senderExternalUserId }));
    const start = performance.now();
    audioVideo.start();
    await globalThis.client.told('started');
    return performance.now() - start;
  },

  async sendVideo(stream) {
    await session.audioVideo.startVideoInput(stream);
    session.audioVideo.startLocalVideoTile();
  },

  /** Resolves when the SDK has told it so often, with the details of the last time. */
  told(name, times = 1) {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`The SDK did not tell '${name}' (${times} times), but: ${calls.map((call) => call.name).join(', ')}`));
      }, TOLD_LIMIT_MS);
      const look = () => {
        const found = calls.filter((call) => call.name === name);
        if (found.length < times) return;
        clearTimeout(limit);
        waiting.delete(look);
        resolve(found.at(-1).details);
      };
      waiting.add(look);
      look();
    });
  },

  timesTold: (name) => calls.filter((call) => call.name === name).length,

  /** What the one video sender has sent, and from which track. */
  async sent() {
    const report = [...(await session.audioVideo.getRTCPeerConnectionStats()).values()];
    const rtp = report.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
    const source = report.find(({ type, kind }) => type === 'media-source' && kind === 'video');
    return { frames: rtp?.framesSent ?? 0, ssrc: rtp?.ssrc, width: rtp?.frameWidth, height: rtp?.frameHeight, track: source?.trackIdentifier };
  },

  async leave() {
    session.audioVideo.stop();
    await globalThis.client.told('stopped');
    await session.destroy();
    calls = [];
  },
};
