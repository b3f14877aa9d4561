/**
 * A meeting without AWS, for trying things out and for tests: it speaks the signalling protocol of the Amazon Chime
 * SDK, so that the real client joins it with join information of the usual form. Media goes through a headless
 * browser on the same machine (`media-host.mjs`).
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { WebSocketServer } from 'ws';
import { BODY_MAX, RequestError, readBody, readName } from '../serverless/requests.mjs';
import { AttendeeConnection } from './attendee-connection.mjs';
import { MediaBrowser, MediaHost, readMediaHostFile } from './media-host.mjs';
import { FrameType } from './signal-frames.mjs';

const PATH = '/local-meeting';
const SUB_PROTOCOL = '_aws_wt_session';
const CONTENT = '#content';
/** Close code of Amazon Chime for a join token that it does not know. */
const FORBIDDEN = 4403;
const MEETING_ENDED = 4410;
/** What Amazon Chime tells those who are in the meeting, as a status of HTTP. */
export const AudioStatus = { MEETING_ENDED: 410, ATTENDEE_REMOVED: 411 };

/**
 * Emits `frame` (`{attendeeId, type}`) for each frame from a client, `subscribed` (`{attendeeId, streamId}`) after
 * each answer, `gone` (`{attendeeId, code}`) and `problem` (Error).
 */
export class LocalMeeting extends EventEmitter {
  /** As Amazon Chime's `MeetingId`. */
  id = randomUUID();
  #externalId;
  #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUB_PROTOCOL });
  #attendees = new Map();
  #connections = new Set();
  #lastStreamId = 0;
  #lastAudioStreamId = 0;
  #openHost = null;
  #opening = null;
  #host = null;
  #ownBrowser = null;

  /** @param {{externalId?: string}} [options] `externalId`: what the app that created the meeting calls it */
  constructor({ externalId = 'local-meeting' } = {}) {
    super();
    this.#externalId = externalId;
  }

  /** Opens a browser that media goes through. @param {string} origin address of the HTTP server, as `http://localhost:5173` */
  async open(origin) {
    this.#ownBrowser = new MediaBrowser();
    this.useBrowser(this.#ownBrowser, origin);
    await this.openMedia();
  }

  /**
   * Media goes through a page of this browser, which is opened when the first attendee needs it.
   *
   * @param {MediaBrowser} browser
   * @param {string} origin of the HTTP server
   */
  useBrowser(browser, origin) {
    this.#openHost = () => MediaHost.open(`${origin}${PATH}/media-host.html`, browser);
  }

  /** @returns {Promise<MediaHost>} */
  async openMedia() {
    if (!this.#openHost) throw new Error('The meeting is not open');
    this.#opening ??= this.#openHost();
    this.#host = await this.#opening;
    return this.#host;
  }

  /** @returns {MediaHost} */
  get mediaHost() {
    if (!this.#host) throw new Error('The meeting is not open');
    return this.#host;
  }

  /**
   * What `CreateMeeting` and `CreateAttendee` return together.
   *
   * @param {string} name of the attendee, 1 to 64 characters
   * @param {string} host with the port, as clients reach it
   */
  createAttendee(name, host) {
    const attendee = { AttendeeId: randomUUID(), ExternalUserId: name, JoinToken: randomUUID().replaceAll('-', '') };
    this.#attendees.set(attendee.JoinToken, attendee);
    return { Meeting: this.describe(host), Attendee: attendee };
  }

  /** What `CreateMeeting` returns. @param {string} host with the port, as clients reach it */
  describe(host) {
    return {
      MeetingId: this.id,
      ExternalMeetingId: this.#externalId,
      MediaRegion: 'local',
      MediaPlacement: { AudioHostUrl: 'localhost:3478', SignalingUrl: `ws://${host}/control/${this.id}`, TurnControlUrl: '' },
    };
  }

  /** Answers an HTTP request when it is for the meeting. @returns {Promise<boolean>} whether it was */
  async handleRequest(request, response) {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (!pathname.startsWith(`${PATH}/`)) return false;
    if (pathname === `${PATH}/attendees` && request.method === 'POST') {
      await this.#handleJoin(request, response);
      return true;
    }
    const file = request.method === 'GET' ? await readMediaHostFile(pathname) : null;
    response.writeHead(file ? 200 : 404, { 'Content-Type': file?.type ?? 'text/plain' });
    response.end(file?.body ?? 'Not found');
    return true;
  }

  async #handleJoin(request, response) {
    let text = '';
    for await (const part of request.setEncoding('utf8')) if (text.length <= BODY_MAX) text += part;
    const answer = (status, body) => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    try {
      answer(200, this.createAttendee(readName(readBody(text).name), request.headers.host));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      answer(error.status, { error: error.message });
    }
  }

  /** Takes over a WebSocket when it is for the meeting. @returns {boolean} whether it was */
  handleUpgrade(request, socket, head) {
    if (!request.url.startsWith(`/control/${this.id}`)) return false;
    this.#sockets.handleUpgrade(request, socket, head, (connected) => this.#connect(connected, request));
    return true;
  }

  #connect(socket, request) {
    const [, token = ''] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim());
    const isContent = token.endsWith(CONTENT);
    const person = this.#attendees.get(isContent ? token.slice(0, -CONTENT.length) : token);
    if (!person) {
      socket.close(FORBIDDEN, 'Unknown join token');
      return;
    }
    const attendee = isContent ? { ...person, AttendeeId: `${person.AttendeeId}${CONTENT}` } : person;
    // Back before the old line was found to be dead.
    for (const old of this.#connections) if (old.attendee.AttendeeId === attendee.AttendeeId) old.drop();
    this.#connections.add(new AttendeeConnection(socket, { id: randomUUID(), attendee, audioStreamId: ++this.#lastAudioStreamId, meeting: this }));
  }

  /** The connection of an attendee; a shared screen's is `<attendee id>#content`. */
  connectionOf(attendeeId) {
    return [...this.#connections].find(({ attendee }) => attendee.AttendeeId === attendeeId);
  }

  /** Its token is worth nothing from now on, and its connections end. @returns {boolean} whether there was such an attendee */
  removeAttendee(attendeeId) {
    const attendee = [...this.#attendees.values()].find(({ AttendeeId }) => AttendeeId === attendeeId);
    if (!attendee) return false;
    this.#attendees.delete(attendee.JoinToken);
    for (const id of [attendeeId, `${attendeeId}${CONTENT}`]) this.connectionOf(id)?.end(AudioStatus.ATTENDEE_REMOVED, FORBIDDEN);
    return true;
  }

  allocateStream() {
    this.#lastStreamId += 1;
    return { streamId: this.#lastStreamId, groupId: this.#lastStreamId };
  }

  index() {
    const present = [...this.#connections].filter(({ joined }) => joined);
    return {
      atCapacity: false,
      sources: present.flatMap(({ source }) => source ?? []),
      pausedAtSourceIds: [],
      numParticipants: Math.max(2, present.length),
      supportedReceiveCodecIntersection: [],
    };
  }

  tellIndex() {
    for (const connection of this.#connections) if (connection.joined) connection.send(FrameType.INDEX, { index: this.index() });
  }

  /** Media flows: the newcomer is told of all, and all of the newcomer. */
  welcome(connection) {
    if (!this.#connections.has(connection)) return;
    const others = [...this.#connections].filter(({ present }) => present);
    connection.present = true;
    connection.send(FrameType.AUDIO_STREAM_ID_INFO, { audioStreamIdInfo: { streams: [connection, ...others].map(describePresence) } });
    // What changed while it was joining came too early for it.
    connection.send(FrameType.INDEX, { index: this.index() });
    for (const other of others) other.send(FrameType.AUDIO_STREAM_ID_INFO, { audioStreamIdInfo: { streams: [describePresence(connection)] } });
  }

  tellPresence(connections) {
    this.#tell(FrameType.AUDIO_STREAM_ID_INFO, { audioStreamIdInfo: { streams: connections.map(describePresence) } });
  }

  /** Passes on what one attendee wrote, the time and the sender's name added, to all others. */
  relay(sender, messages) {
    const { AttendeeId: senderAttendeeId, ExternalUserId: senderExternalUserId } = sender.attendee;
    const stamped = messages.map(({ topic, data, lifetimeMs }) => ({ topic, data, lifetimeMs, senderAttendeeId, senderExternalUserId, ingestTimeNs: Date.now() * 1e6 }));
    for (const other of this.#connections) {
      if (other !== sender && other.present) other.send(FrameType.DATA_MESSAGE, { dataMessage: { messages: stamped } });
    }
  }

  /** The connection left or broke. Safe to call twice. */
  handleGone(connection, code) {
    if (!this.#connections.delete(connection)) return;
    this.emit('gone', { attendeeId: connection.attendee.AttendeeId, code });
    this.#host?.closeConnection(connection.id).catch((error) => this.emit('problem', error));
    if (connection.present) {
      const streams = [{ audioStreamId: connection.audioStreamId, dropped: code !== 1000 }];
      this.#tell(FrameType.AUDIO_STREAM_ID_INFO, { audioStreamIdInfo: { streams } });
    }
    if (connection.source) this.tellIndex();
  }

  #tell(type, content) {
    for (const connection of this.#connections) if (connection.present) connection.send(type, content);
  }

  async close() {
    for (const connection of this.#connections) connection.end(AudioStatus.MEETING_ENDED, MEETING_ENDED);
    this.#attendees.clear();
    this.#sockets.close();
    const opening = this.#opening;
    this.#openHost = null;
    this.#opening = null;
    this.#host = null;
    await (await opening?.catch(() => null))?.close();
    await this.#ownBrowser?.close();
  }
}

function describePresence({ audioStreamId, attendee, muted }) {
  return { audioStreamId, attendeeId: attendee.AttendeeId, externalUserId: attendee.ExternalUserId, muted };
}
