// @ts-check
/**
 * How an app's server hands out join information: one meeting for each room, one attendee for each person. What it
 * answers is what MeetingSessionConfiguration takes.
 */
import { randomUUID } from 'node:crypto';
import { CreateAttendeeCommand, CreateMeetingCommand, NotFoundException } from '@aws-sdk/client-chime-sdk-meetings';

/**
 * @typedef {import('@aws-sdk/client-chime-sdk-meetings').Meeting} Meeting
 * @typedef {import('@aws-sdk/client-chime-sdk-meetings').Attendee} Attendee
 * @typedef {{Meeting: Meeting, Attendee: Attendee}} JoinInformation
 * @typedef {{id: string, name: string}} User as the app's own sign-in knows them; `id` without `#`
 * @typedef {Pick<import('@aws-sdk/client-chime-sdk-meetings').ChimeSDKMeetingsClient, 'send'>} Client
 */

const ROOM = /^[\w-]{2,64}$/;
const EXTERNAL_ID_MAX = 64;
/** What Amazon Chime refuses in the id of a user, which we put the name into. */
const NOT_IN_NAMES = /[^-_&@+=,(){}[\]/.:|'"a-zA-Z0-9À-ÿ\s]/g;

/** Says what the caller did wrong. */
export class BadRequestError extends Error {}

export class Meetings {
  #client;
  #mediaRegion;
  /**
   * Meetings by room. With several servers, keep this where all can see it.
   *
   * @type {Map<string, Promise<Meeting>>}
   */
  #rooms = new Map();

  /** @param {{client: Client, mediaRegion: string}} options `mediaRegion`: where media goes through, near the people */
  constructor({ client, mediaRegion }) {
    this.#client = client;
    this.#mediaRegion = mediaRegion;
  }

  /**
   * @param {unknown} room 2 to 64 letters, digits, `_` and `-`
   * @param {User} user who was found to be allowed in
   * @returns {Promise<JoinInformation>}
   * @throws {BadRequestError} when the room's name is none
   */
  async join(room, user) {
    if (typeof room !== 'string' || !ROOM.test(room)) throw new BadRequestError('room must be 2 to 64 letters, digits, _ and -');
    const meeting = await this.#meetingOf(room);
    try {
      return { Meeting: meeting, Attendee: await this.#createAttendee(meeting, user) };
    } catch (error) {
      if (!(error instanceof NotFoundException)) throw error;
      // Meetings end by themselves when everybody has left: this one has, a new one begins.
      this.#rooms.delete(room);
      const next = await this.#meetingOf(room);
      return { Meeting: next, Attendee: await this.#createAttendee(next, user) };
    }
  }

  /** Two people at once get the same meeting. @param {string} room */
  #meetingOf(room) {
    const known = this.#rooms.get(room);
    if (known) return known;
    const created = this.#createMeeting(room);
    this.#rooms.set(room, created);
    created.catch(() => this.#rooms.delete(room));
    return created;
  }

  /** @param {string} room */
  async #createMeeting(room) {
    const { Meeting: meeting } = await this.#client.send(new CreateMeetingCommand({
      // Asked again with the same token, as the AWS SDK does after a lost answer, there is no second meeting.
      ClientRequestToken: randomUUID(),
      ExternalMeetingId: room,
      MediaRegion: this.#mediaRegion,
      MeetingFeatures: { Video: { MaxResolution: 'HD' } },
    }));
    if (!meeting) throw new Error('CreateMeeting answered without a meeting');
    return meeting;
  }

  /**
   * @param {Meeting} meeting
   * @param {User} user
   */
  async #createAttendee(meeting, { id, name }) {
    const { Attendee: attendee } = await this.#client.send(new CreateAttendeeCommand({
      MeetingId: meeting.MeetingId,
      // The same id gets the same attendee: it has to be the user's own. The name is for the others to see.
      ExternalUserId: `${id}#${name.replace(NOT_IN_NAMES, '')}`.slice(0, EXTERNAL_ID_MAX),
    }));
    if (!attendee) throw new Error('CreateAttendee answered without an attendee');
    return attendee;
  }
}

/**
 * `POST {"room": "…"}` for node:http.
 *
 * @param {{meetings: Meetings, identify: (request: import('node:http').IncomingMessage) => Promise<User | null>}} options
 *   `identify` finds out who asks, by the app's own sign-in; null: nobody known
 * @returns {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => Promise<void>}
 */
export function createJoinHandler({ meetings, identify }) {
  return async (request, response) => {
    /** @type {(status: number, body: object) => void} */
    const answer = (status, body) => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    try {
      if (request.method !== 'POST') return answer(405, { error: 'POST only' });
      const user = await identify(request);
      if (!user) return answer(401, { error: 'Sign in first' });
      const { room } = await readJson(request);
      answer(200, await meetings.join(room, user));
    } catch (error) {
      if (error instanceof BadRequestError) return answer(400, { error: error.message });
      // What AWS says is for the log, not for the caller.
      console.error(error);
      answer(502, { error: 'The meeting cannot be joined now' });
    }
  };
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<{room?: unknown}>}
 */
async function readJson(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > 1000) throw new BadRequestError('The request is too long');
  }
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // told below
  }
  throw new BadRequestError('The request must be a JSON object');
}
