/**
 * As much of the Amazon Chime SDK Meetings API as the testbed calls, on local meetings: the AWS SDK's own client talks
 * to it when its endpoint is this address.
 */
import { createServer } from 'node:http';
import { LocalMeeting } from './local-meeting.mjs';
import { MediaBrowser, readMediaHostFile } from './media-host.mjs';

const MEETING = /^\/meetings\/([\w-]+)$/;
const ATTENDEES = /^\/meetings\/([\w-]+)\/attendees$/;
const ATTENDEE = /^\/meetings\/([\w-]+)\/attendees\/([\w-]+)$/;

async function readJson(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text ? JSON.parse(text) : {};
}

export class LocalChime {
  #server = createServer((request, response) => void this.#serve(request, response));
  #browser = new MediaBrowser();
  #meetings = new Map();
  /** Meetings by the token of the request that created them: asked again with it, Amazon Chime answers the same meeting. */
  #created = new Map();
  #onProblem;

  /** @param {{onProblem?: (error: Error) => void}} [options] */
  static async open({ onProblem = (error) => console.error(error) } = {}) {
    const chime = new LocalChime();
    chime.#onProblem = onProblem;
    chime.#server.on('upgrade', (request, socket, head) => {
      const taken = [...chime.#meetings.values()].some((meeting) => meeting.handleUpgrade(request, socket, head));
      if (!taken) socket.destroy();
    });
    await new Promise((listening) => chime.#server.listen(0, '127.0.0.1', listening));
    chime.url = `http://localhost:${chime.#server.address().port}`;
    return chime;
  }

  /** The meetings that have not ended. @returns {LocalMeeting[]} */
  get meetings() {
    return [...this.#meetings.values()];
  }

  async #serve(request, response) {
    try {
      const { pathname } = new URL(request.url, this.url);
      const file = request.method === 'GET' ? await readMediaHostFile(pathname) : null;
      if (file) {
        response.writeHead(200, { 'Content-Type': file.type });
        response.end(file.body);
        return;
      }
      const body = await this.#call(`${request.method} ${pathname}`, await readJson(request));
      if (body) response.writeHead(200, { 'Content-Type': 'application/json' });
      else response.writeHead(404, { 'Content-Type': 'application/json', 'x-amzn-errortype': 'NotFoundException' });
      response.end(JSON.stringify(body ?? { Message: 'Not found' }));
    } catch (error) {
      this.#onProblem(error);
      response.writeHead(500).end();
    }
  }

  /** @returns {Promise<object | null>} null when what the call names is not there */
  async #call(route, input) {
    const [method, path] = route.split(' ');
    if (route === 'POST /meetings') return this.#createMeeting(input);
    const [, id, attendeeId] = MEETING.exec(path) ?? ATTENDEES.exec(path) ?? ATTENDEE.exec(path) ?? [];
    const meeting = this.#meetings.get(id);
    if (!meeting) return null;
    if (method === 'POST' && ATTENDEES.test(path)) {
      const { Attendee } = meeting.createAttendee(input.ExternalUserId, new URL(this.url).host);
      return { Attendee };
    }
    if (method === 'DELETE' && attendeeId) return meeting.removeAttendee(attendeeId) ? {} : null;
    if (method === 'DELETE' && MEETING.test(path)) {
      await this.endMeeting(id);
      return {};
    }
    return null;
  }

  #createMeeting({ ClientRequestToken: token, ExternalMeetingId: externalId }) {
    let meeting = this.#created.get(token);
    if (!meeting || !this.#meetings.has(meeting.id)) {
      meeting = new LocalMeeting({ externalId });
      meeting.on('problem', this.#onProblem);
      meeting.useBrowser(this.#browser, this.url);
      this.#created.set(token, meeting);
      this.#meetings.set(meeting.id, meeting);
    }
    return { Meeting: meeting.describe(new URL(this.url).host) };
  }

  /** Ends a meeting, as Amazon Chime does by itself a while after the last person left. */
  async endMeeting(id) {
    const meeting = this.#meetings.get(id);
    this.#meetings.delete(id);
    await meeting?.close();
  }

  async close() {
    for (const id of [...this.#meetings.keys()]) await this.endMeeting(id);
    await this.#browser.close();
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
