// @ts-check
/** Meetings by title: joining, leaving, ending, and the list of attendees. */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import {
  CreateAttendeeCommand,
  CreateMeetingCommand,
  DeleteAttendeeCommand,
  DeleteMeetingCommand,
  NotFoundException,
} from '@aws-sdk/client-chime-sdk-meetings';
import { RequestError } from './requests.mjs';

/**
 * @typedef {import('@aws-sdk/client-chime-sdk-meetings').Meeting} Meeting
 * @typedef {import('@aws-sdk/client-chime-sdk-meetings').Attendee} Attendee
 * @typedef {import('./store.mjs').MeetingItem} MeetingItem
 * @typedef {import('./store.mjs').AttendeeItem} AttendeeItem
 * @typedef {{meetingId: string, attendeeId: string, joinToken: string}} Caller as the request says; not yet believed
 */

/** Another request may free the title between two reads, but not again and again. */
const JOIN_ATTEMPTS = 4;
const EXTERNAL_ID_MAX = 64;
/** What Amazon Chime refuses in the id of a user. The table of attendees has the whole name. */
const NOT_IN_EXTERNAL_IDS = /[^-_&@+=,(){}[\]/.:|'"a-zA-Z0-9À-ÿ ]/g;

/** @param {string} token */
const digestOf = (token) => createHash('sha256').update(token).digest('hex');

/** A meeting or an attendee that is gone already is what was asked for. @param {Promise<unknown>} deletion */
async function ignoreMissing(deletion) {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  }
}

export class Meetings {
  #chime;
  #store;
  #mediaRegion;

  /**
   * @param {{chime: import('@aws-sdk/client-chime-sdk-meetings').ChimeSDKMeetingsClient, store: import('./store.mjs').MeetingStore, mediaRegion: string}} options
   */
  constructor({ chime, store, mediaRegion }) {
    this.#chime = chime;
    this.#store = store;
    this.#mediaRegion = mediaRegion;
  }

  /**
   * Creates the meeting of the title, or finds it, and creates an attendee.
   *
   * @param {{title: string, name: string}} request
   * @returns {Promise<{Meeting: Meeting, Attendee: Attendee}>}
   */
  async join({ title, name }) {
    for (let attempt = 0; attempt < JOIN_ATTEMPTS; attempt += 1) {
      const item = await this.#openTitle(title);
      if (!item) continue;
      const meeting = item.meeting ?? (await this.#createMeeting(item));
      const meetingId = meeting.MeetingId ?? '';
      const attendee = await this.#createAttendee(meetingId, name);
      if (attendee) {
        const { AttendeeId: attendeeId = '', JoinToken: token = '' } = attendee;
        await this.#store.addAttendee({ meetingId, attendeeId, title, name, tokenDigest: digestOf(token), expiresAt: item.expiresAt });
        return { Meeting: meeting, Attendee: attendee };
      }
      // Meetings end by themselves a while after the last person left: this one has.
      await this.#store.freeTitle(title, meetingId);
    }
    throw new RequestError(409, 'The meeting is being ended; try again');
  }

  /** @param {Caller} caller who leaves */
  async leave(caller) {
    const { meetingId, attendeeId } = await this.#believe(caller);
    await ignoreMissing(this.#chime.send(new DeleteAttendeeCommand({ MeetingId: meetingId, AttendeeId: attendeeId })));
    await this.#store.removeAttendee(meetingId, attendeeId);
  }

  /** Ends the meeting for everyone. @param {Caller} caller any attendee of it */
  async end(caller) {
    const { meetingId, title } = await this.#believe(caller);
    await ignoreMissing(this.#chime.send(new DeleteMeetingCommand({ MeetingId: meetingId })));
    await this.#store.freeTitle(title, meetingId);
    const attendees = await this.#store.listAttendees(meetingId);
    // The caller last: if a deletion fails, they can ask again.
    const others = attendees.filter(({ attendeeId }) => attendeeId !== caller.attendeeId);
    await Promise.all(others.map(({ attendeeId }) => this.#store.removeAttendee(meetingId, attendeeId)));
    await this.#store.removeAttendee(meetingId, caller.attendeeId);
  }

  /** @param {Caller} caller any attendee of the meeting @returns {Promise<{attendeeId: string, name: string}[]>} */
  async listAttendees(caller) {
    const { meetingId } = await this.#believe(caller);
    const attendees = await this.#store.listAttendees(meetingId);
    return attendees.map(({ attendeeId, name }) => ({ attendeeId, name }));
  }

  /**
   * Two people who open a title at once find the same item, ask Amazon Chime with the same token, and so get the same
   * meeting; neither waits for the other, and no meeting is left over when one of them fails.
   *
   * @param {string} title
   * @returns {Promise<MeetingItem | null>} null when another request was faster; to be called again
   */
  async #openTitle(title) {
    const found = await this.#store.findMeeting(title);
    if (found) return found;
    await this.#store.reserveTitle(title, randomUUID());
    return this.#store.findMeeting(title);
  }

  /** @param {MeetingItem} item @returns {Promise<Meeting>} */
  async #createMeeting(item) {
    const { Meeting: meeting } = await this.#chime.send(new CreateMeetingCommand({
      ClientRequestToken: item.requestToken,
      // The title is the people's own, and Amazon Chime refuses most scripts.
      ExternalMeetingId: item.requestToken,
      MediaRegion: this.#mediaRegion,
      MeetingFeatures: { Video: { MaxResolution: 'HD' } },
    }));
    if (!meeting?.MeetingId) throw new Error('CreateMeeting answered without a meeting');
    await this.#store.keepMeeting(item, meeting);
    return meeting;
  }

  /** @param {string} meetingId @param {string} name @returns {Promise<Attendee | null>} null when the meeting has ended */
  async #createAttendee(meetingId, name) {
    // The same id would get the same attendee: each join has its own.
    const ExternalUserId = `${randomBytes(12).toString('base64url')}#${name.replace(NOT_IN_EXTERNAL_IDS, '')}`.slice(0, EXTERNAL_ID_MAX);
    try {
      const { Attendee: attendee } = await this.#chime.send(new CreateAttendeeCommand({ MeetingId: meetingId, ExternalUserId }));
      if (!attendee?.AttendeeId || !attendee.JoinToken) throw new Error('CreateAttendee answered without an attendee');
      return attendee;
    } catch (error) {
      if (error instanceof NotFoundException) return null;
      throw error;
    }
  }

  /**
   * A caller with the join token of an attendee is that attendee. The table keeps a digest of the token only.
   *
   * @param {Caller} caller
   * @returns {Promise<AttendeeItem>}
   */
  async #believe({ meetingId, attendeeId, joinToken }) {
    const attendee = await this.#store.findAttendee(meetingId, attendeeId);
    const isKnown = attendee !== null && timingSafeEqual(Buffer.from(attendee.tokenDigest, 'hex'), Buffer.from(digestOf(joinToken), 'hex'));
    if (!isKnown) throw new RequestError(401, 'Only attendees of the meeting may do this');
    return attendee;
  }
}
