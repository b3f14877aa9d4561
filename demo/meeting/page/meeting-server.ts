import type { JoinInformation } from './join-information.ts';

/** A place in a meeting. */
export interface Membership {
  readonly information: JoinInformation;
  /** The names of those who are in the meeting, by attendee id; null where they come with the meeting itself. */
  readonly listNames: (() => Promise<Map<string, string>>) | null;
  /** Ends the meeting for everyone; null where meetings cannot be ended from a page. */
  readonly end: (() => Promise<void>) | null;
  /** Frees the place. Safe to call while the page is being closed. */
  leave(): void;
}

/** Hands out places in meetings. */
export interface MeetingServer {
  /** Whether meetings have titles there; else there is only one. */
  readonly hasTitles: boolean;
  /** @throws Error that says to the person why not */
  join(request: { title: string; name: string }): Promise<Membership>;
}

/**
 * @param api address of the testbed's HTTP API (`demo/meeting/serverless/`); without it, the local meeting of
 *   `npm run meeting`
 */
export function createMeetingServer(api: string | undefined): MeetingServer {
  return api ? new Testbed(api.replace(/\/+$/, '')) : new LocalMeetingServer();
}

/** Information that came from elsewhere. */
export function createMembership(information: JoinInformation): Membership {
  return { information, listNames: null, end: null, leave: () => undefined };
}

class LocalMeetingServer implements MeetingServer {
  readonly hasTitles = false;

  async join({ name }: { name: string }): Promise<Membership> {
    const response = await fetch('/local-meeting/attendees', post({ name }));
    if (response.status === 404) throw new Error('There is no local meeting here: start this page with “npm run meeting”.');
    return createMembership((await readAnswer(response)) as JoinInformation);
  }
}

class Testbed implements MeetingServer {
  readonly hasTitles = true;
  readonly #api: string;

  constructor(api: string) {
    this.#api = api;
  }

  async join(request: { title: string; name: string }): Promise<Membership> {
    const information = (await this.#call('/attendees', post(request))) as JoinInformation;
    const { MeetingId } = information.Meeting;
    const { AttendeeId, JoinToken } = information.Attendee;
    const path = `/meetings/${encodeURIComponent(MeetingId)}`;
    const headers = { Authorization: `Bearer ${AttendeeId}:${JoinToken}` };
    return {
      information,
      listNames: async () => {
        const { attendees } = (await this.#call(`${path}/attendees`, { headers })) as { attendees: { attendeeId: string; name: string }[] };
        return new Map(attendees.map(({ attendeeId, name }) => [attendeeId, name]));
      },
      end: async () => void (await this.#call(path, { method: 'DELETE', headers })),
      leave: () => {
        // An attendee that stays behind expires.
        this.#call(`${path}/attendees/me`, { method: 'DELETE', headers, keepalive: true }).catch(() => undefined);
      },
    };
  }

  async #call(path: string, request: RequestInit): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(this.#api + path, request);
    } catch (error) {
      throw new Error('The meeting server cannot be reached.', { cause: error });
    }
    return readAnswer(response);
  }
}

function post(body: object): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** What is wrong stands in `error`; gateways say nothing that helps a person. */
async function readAnswer(response: Response): Promise<unknown> {
  const answer = (await response.json().catch(() => ({}))) as { error?: unknown };
  if (response.ok) return answer;
  throw new Error(typeof answer.error === 'string' ? answer.error : `The meeting server does not answer now (${response.status}).`);
}
