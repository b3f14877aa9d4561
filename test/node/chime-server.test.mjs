/** The example of an app's server, with AWS's side stubbed: there is no AWS in a test. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { CreateAttendeeCommand, CreateMeetingCommand, NotFoundException } from '@aws-sdk/client-chime-sdk-meetings';
import { BadRequestError, Meetings, createJoinHandler } from '../../demo/meeting/server-example/join-meeting.mjs';
import { ROOT } from '../../scripts/paths.mjs';

const ADA = { id: 'u1', name: 'Ada Lovelace' };
const GRACE = { id: 'u2', name: 'Grace Hopper' };

/** Answers as AWS does; `commands` are those it was sent. */
class StubbedClient {
  commands = [];
  ended = new Set();
  failure = null;

  async send(command) {
    this.commands.push(command);
    if (this.failure) throw this.failure;
    const { input } = command;
    if (command instanceof CreateMeetingCommand) return { Meeting: { MeetingId: `m${this.count(CreateMeetingCommand)}`, ExternalMeetingId: input.ExternalMeetingId, MediaPlacement: {} } };
    if (this.ended.has(input.MeetingId)) throw new NotFoundException({ message: 'gone', $metadata: {} });
    return { Attendee: { AttendeeId: `a-${input.ExternalUserId}`, ExternalUserId: input.ExternalUserId, JoinToken: 'token' } };
  }

  count(type) {
    return this.commands.filter((command) => command instanceof type).length;
  }
}

describe('the example server of a meeting', () => {
  let client;
  let meetings;

  beforeEach(() => {
    client = new StubbedClient();
    meetings = new Meetings({ client, mediaRegion: 'eu-central-1' });
  });

  afterEach(() => mock.restoreAll());

  it('should create a meeting and an attendee', async () => {
    const { Meeting, Attendee } = await meetings.join('standup', ADA);
    assert.equal(Meeting.MeetingId, 'm1');
    assert.equal(Attendee.JoinToken, 'token');
    const [created, attendee] = client.commands;
    assert.equal(created.input.ExternalMeetingId, 'standup');
    assert.equal(created.input.MediaRegion, 'eu-central-1');
    assert.match(created.input.ClientRequestToken, /^[\w-]{2,64}$/);
    assert.deepEqual(attendee.input, { MeetingId: 'm1', ExternalUserId: 'u1#Ada Lovelace' });
  });

  it('should bring people who come at once into the same meeting', async () => {
    const [ada, grace, other] = await Promise.all([meetings.join('standup', ADA), meetings.join('standup', GRACE), meetings.join('retro', ADA)]);
    assert.equal(ada.Meeting.MeetingId, grace.Meeting.MeetingId);
    assert.notEqual(ada.Meeting.MeetingId, other.Meeting.MeetingId);
    assert.equal(client.count(CreateMeetingCommand), 2);
    assert.equal(client.count(CreateAttendeeCommand), 3);
  });

  it('should begin a new meeting when the old one has ended', async () => {
    await meetings.join('standup', ADA);
    client.ended.add('m1');
    const { Meeting } = await meetings.join('standup', GRACE);
    assert.equal(Meeting.MeetingId, 'm2');
  });

  it('should try again after a failure', async () => {
    client.failure = new Error('throttled');
    await assert.rejects(meetings.join('standup', ADA), /throttled/);
    client.failure = null;
    assert.equal((await meetings.join('standup', ADA)).Attendee.JoinToken, 'token');
  });

  it('should keep to what Amazon Chime takes as an id', async () => {
    const { Attendee } = await meetings.join('standup', { id: 'u3', name: `<Zoë> ${'x'.repeat(80)} 🎉` });
    assert.match(Attendee.ExternalUserId, /^u3#Zoë x+$/);
    assert.equal(Attendee.ExternalUserId.length, 64);
    for (const room of ['', 'a', 'two words', '../x', 42, undefined]) await assert.rejects(meetings.join(room, ADA), BadRequestError);
  });

  describe('over HTTP', () => {
    let server;
    let url;

    beforeEach(async () => {
      const identify = async ({ headers }) => (headers.authorization === 'Bearer ada' ? ADA : null);
      server = createServer(createJoinHandler({ meetings, identify }));
      await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
      url = `http://127.0.0.1:${server.address().port}/join`;
    });

    afterEach(() => new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    }));

    const post = (body, headers = { Authorization: 'Bearer ada' }) => fetch(url, { method: 'POST', body, headers });

    it('should answer with join information', async () => {
      const response = await post('{"room": "standup"}');
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      const { Meeting, Attendee } = await response.json();
      assert.equal(Meeting.ExternalMeetingId, 'standup');
      assert.equal(Attendee.ExternalUserId, 'u1#Ada Lovelace');
    });

    it('should let in only who has signed in', async () => {
      assert.equal((await post('{"room": "standup"}', {})).status, 401);
      assert.equal(client.commands.length, 0);
    });

    it('should say what is wrong with a request', async () => {
      assert.equal((await fetch(url)).status, 405);
      for (const body of ['', 'no json', 'null', '{}', `{"room": "${'x'.repeat(2000)}"}`]) assert.equal((await post(body)).status, 400);
    });

    it("should keep AWS's words to itself", async () => {
      const log = mock.method(console, 'error', () => undefined);
      client.failure = new Error('not authorized: arn:aws:iam::1234');
      const response = await post('{"room": "standup"}');
      assert.equal(response.status, 502);
      assert.doesNotMatch(await response.text(), /arn/);
      assert.equal(log.mock.callCount(), 1);
    });
  });

  it('should need no more than its policy allows', async () => {
    const { Statement } = JSON.parse(await readFile(join(ROOT, 'demo/meeting/server-example/policy.json'), 'utf8'));
    await meetings.join('standup', ADA);
    const needed = client.commands.map(({ constructor }) => `chime:${constructor.name.replace('Command', '')}`);
    assert.deepEqual(Statement.map(({ Action }) => Action).sort(), [...new Set(needed)].sort());
  });
});
