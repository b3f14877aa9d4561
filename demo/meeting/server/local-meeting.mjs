/**
 * A meeting without AWS, for trying things out and for tests: it speaks the signalling protocol of the Amazon Chime
 * SDK, so that the real client joins it with join information of the usual form. Media goes through a headless
 * browser on the same machine (`media-host.mjs`).
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { WebSocketServer } from 'ws';
import { AttendeeConnection } from './attendee-connection.mjs';
import { MediaHost, readMediaHostFile } from './media-host.mjs';
import { FrameType } from './signal-frames.mjs';

const PATH = '/local-meeting';
const SUB_PROTOCOL = '_aws_wt_session';
const CONTENT = '#content';
/** Close code of Amazon Chime for a join token that it does not know. */
const FORBIDDEN = 4403;
const MEETING_ENDED = 4410;
const NAME_MAX = 64;

/**
 * Emits `frame` (`{attendeeId, type}`) for each frame from a client, `subscribed` (`{attendeeId, streamId}`) after
 * each answer, `gone` (`{attendeeId, code}`) and `problem` (Error).
 */
export class LocalMeeting extends EventEmitter {
  #id = randomUUID();
  #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUB_PROTOCOL });
  #attendees = new Map();
  #connections = new Set();
  #lastStreamId = 0;
  #lastAudioStreamId = 0;
  #host = null;

  /** Opens the browser that media goes through. @param {string} origin address of the HTTP server, as `http://localhost:5173` */
  async open(origin) {
    this.#host = await MediaHost.open(`${origin}${PATH}/media-host.html`);
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
    const Meeting = {
      MeetingId: this.#id,
      ExternalMeetingId: 'local-meeting',
      MediaRegion: 'local',
      MediaPlacement: { AudioHostUrl: 'localhost:3478', SignalingUrl: `ws://${host}/control/${this.#id}`, TurnControlUrl: '' },
    };
    return { Meeting, Attendee: attendee };
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
    const parts = [];
    let length = 0;
    for await (const part of request) if ((length += part.length) < 1000) parts.push(part);
    let name;
    try {
      ({ name } = JSON.parse(Buffer.concat(parts).toString()));
    } catch {
      name = undefined;
    }
    const valid = typeof name === 'string' && name.trim().length > 0 && name.length <= NAME_MAX;
    const answer = valid ? this.createAttendee(name.trim(), request.headers.host) : { error: `name must be a string of 1 to ${NAME_MAX} characters` };
    response.writeHead(valid ? 200 : 400, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(answer));
  }

  /** Takes over a WebSocket when it is for the meeting. @returns {boolean} whether it was */
  handleUpgrade(request, socket, head) {
    if (!request.url.startsWith(`/control/${this.#id}`)) return false;
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
    for (const connection of this.#connections) connection.close(MEETING_ENDED, 'The meeting ended');
    this.#sockets.close();
    const host = this.#host;
    this.#host = null;
    await host?.close();
  }
}

function describePresence({ audioStreamId, attendee, muted }) {
  return { audioStreamId, attendeeId: attendee.AttendeeId, externalUserId: attendee.ExternalUserId, muted };
}
