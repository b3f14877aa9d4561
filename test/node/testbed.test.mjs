/**
 * The serverless testbed: its Lambda functions behind a local HTTP API, on a real DynamoDB server and on the local
 * meeting server in place of Amazon Chime. The AWS SDK's own clients speak to both.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it, mock } from 'node:test';
import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { LocalChime } from '../../demo/meeting/server/local-chime.mjs';
import { LocalGateway, routesOf } from '../../demo/meeting/server/local-gateway.mjs';
import { loadHandlers, readTemplate, startTables } from '../../demo/meeting/server/local-serverless.mjs';
import { AwsProxy } from '../chime/aws-proxy.mjs';

const SITE = 'https://site.example';
const TIME_LIMIT_MS = 60_000;
const CROWD = 12;

describe('the serverless testbed', { timeout: 4 * TIME_LIMIT_MS }, () => {
  let template;
  let tables;
  let chime;
  let dynamoProxy;
  let chimeProxy;
  let gateway;
  let log;
  /** Calls of each function, to hold against its policy. */
  const used = new Map();
  let title;
  let titles = 0;

  before(async () => {
    // The SDK asks a second time, and then fails: enough to see both, and sooner.
    process.env.AWS_MAX_ATTEMPTS = '2';
    template = await readTemplate();
    tables = await startTables(template);
    chime = await LocalChime.open();
    dynamoProxy = await AwsProxy.open(tables.url);
    chimeProxy = await AwsProxy.open(chime.url);
    const handlers = await loadHandlers({ template, dynamoUrl: dynamoProxy.url, chimeUrl: chimeProxy.url });
    gateway = await LocalGateway.open({ template, handlers, origins: [SITE] });
  });

  after(async () => {
    for (const opened of [gateway, dynamoProxy, chimeProxy, chime, tables]) await opened?.close();
  });

  beforeEach(() => {
    title = `Meeting ${(titles += 1)}`;
    log = mock.method(console, 'error', () => undefined);
  });

  afterEach(() => {
    dynamoProxy.heal();
    chimeProxy.heal();
    mock.restoreAll();
  });

  const bearerOf = ({ Attendee }) => ({ authorization: `Bearer ${Attendee.AttendeeId}:${Attendee.JoinToken}` });

  /** Calls the API, and notes what the function called in turn. Not for calls at once. */
  async function call(name, method, path, { body, headers } = {}) {
    const starts = [dynamoProxy, chimeProxy].map(({ calls }) => calls.length);
    const response = await fetch(gateway.url + path, { method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
    const answer = await response.json();
    const made = [dynamoProxy, chimeProxy].flatMap(({ calls }, place) => calls.slice(starts[place]));
    used.set(name, [...(used.get(name) ?? []), ...made]);
    return { status: response.status, headers: response.headers, answer };
  }

  const tryJoin = (name = 'Ada', wanted = title) => call('JoinFunction', 'POST', '/attendees', { body: { title: wanted, name } });
  async function join(name, wanted) {
    const { status, answer } = await tryJoin(name, wanted);
    assert.equal(status, 200, answer.error);
    return answer;
  }
  const list = (joined, meetingId = joined.Meeting.MeetingId) => call('ListFunction', 'GET', `/meetings/${meetingId}/attendees`, { headers: bearerOf(joined) });
  const leave = (joined) => call('LeaveFunction', 'DELETE', `/meetings/${joined.Meeting.MeetingId}/attendees/me`, { headers: bearerOf(joined) });
  const end = (joined) => call('EndFunction', 'DELETE', `/meetings/${joined.Meeting.MeetingId}`, { headers: bearerOf(joined) });
  const namesOf = ({ answer }) => answer.attendees.map(({ name }) => name).sort();
  const meetingsNow = () => chime.meetings.map(({ id }) => id);

  it('should open a meeting by its title, and bring the next person into it', async () => {
    const ada = await join('Ada Lovelace');
    const grace = await join('グレース', `  ${title.toUpperCase()} `);
    assert.equal(grace.Meeting.MeetingId, ada.Meeting.MeetingId);
    assert.match(ada.Meeting.MediaPlacement.SignalingUrl, /^ws:/);
    assert.match(ada.Attendee.ExternalUserId, /^[\w-]{16}#Ada Lovelace$/);
    assert.match(grace.Attendee.ExternalUserId, /^[\w-]{16}#$/);
    const { answer } = await list(ada);
    assert.deepEqual(new Map(answer.attendees.map(({ attendeeId, name }) => [attendeeId, name])), new Map([[ada.Attendee.AttendeeId, 'Ada Lovelace'], [grace.Attendee.AttendeeId, 'グレース']]));
  });

  it('should make one meeting when many people open the same title at once', async () => {
    const earlier = meetingsNow().length;
    const answers = await Promise.all(Array.from({ length: CROWD }, async (_none, number) => {
      const response = await fetch(`${gateway.url}/attendees`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ title, name: `Person ${number}` }) });
      return response.json();
    }));
    assert.equal(new Set(answers.map(({ Meeting }) => Meeting.MeetingId)).size, 1);
    assert.equal(new Set(answers.map(({ Attendee }) => Attendee.AttendeeId)).size, CROWD);
    assert.equal(meetingsNow().length, earlier + 1, 'no meeting is left over');
    assert.equal(namesOf(await list(answers[0])).length, CROWD);
  });

  it('should begin one new meeting when the old one has ended by itself and many come back', async () => {
    const old = await join();
    await chime.endMeeting(old.Meeting.MeetingId);
    const earlier = meetingsNow().length;
    const joined = await Promise.all(Array.from({ length: CROWD }, () => fetch(`${gateway.url}/attendees`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ title, name: 'Ada' }) }).then((response) => response.json())));
    assert.equal(new Set(joined.map(({ Meeting }) => Meeting?.MeetingId)).size, 1);
    assert.notEqual(joined[0].Meeting.MeetingId, old.Meeting.MeetingId);
    assert.equal(meetingsNow().length, earlier + 1);
    await chime.endMeeting(joined[0].Meeting.MeetingId);
    assert.notEqual((await join()).Meeting.MeetingId, joined[0].Meeting.MeetingId, 'joined by one person, whose calls are counted');
  });

  it('should let people leave, and end a meeting for everyone', async () => {
    const [ada, grace] = [await join('Ada'), await join('Grace')];
    assert.equal((await leave(grace)).status, 200);
    assert.deepEqual(namesOf(await list(ada)), ['Ada']);
    assert.equal((await leave(grace)).status, 401, 'an attendee who has left may do nothing any more');
    const linus = await join('Linus');
    assert.equal((await end(linus)).status, 200);
    assert.ok(!meetingsNow().includes(ada.Meeting.MeetingId));
    for (const joined of [ada, linus]) assert.equal((await list(joined)).status, 401);
    assert.notEqual((await join()).Meeting.MeetingId, ada.Meeting.MeetingId, 'the title is free again');
  });

  it('should take it as done when what is left or ended is gone already', async () => {
    const [ada, grace] = [await join('Ada'), await join('Grace')];
    await chime.endMeeting(ada.Meeting.MeetingId);
    assert.equal((await leave(grace)).status, 200);
    assert.equal((await end(ada)).status, 200);
  });

  it('should believe only callers with the join token of an attendee of that meeting', async () => {
    const ada = await join('Ada');
    const other = await join('Eve', `${title} of others`);
    const forged = { Meeting: ada.Meeting, Attendee: { ...ada.Attendee, JoinToken: other.Attendee.JoinToken } };
    for (const act of [list, leave, end]) {
      assert.equal((await act(forged)).status, 401);
      assert.equal((await act({ Meeting: ada.Meeting, Attendee: other.Attendee })).status, 401);
    }
    for (const authorization of ['', 'Bearer', 'Bearer x', 'Basic eDp5', `Bearer ${ada.Attendee.AttendeeId}:`, `Bearer ${ada.Attendee.AttendeeId}:${'x'.repeat(2000)}`]) {
      assert.equal((await call('ListFunction', 'GET', `/meetings/${ada.Meeting.MeetingId}/attendees`, { headers: { authorization } })).status, 401, authorization);
    }
    assert.deepEqual(namesOf(await list(ada)), ['Ada']);
  });

  it('should keep no join token', async () => {
    const { Attendee } = await join();
    const kept = await Promise.all(['MeetingsTable', 'AttendeesTable'].map((TableName) => tables.client.send(new ScanCommand({ TableName }))));
    assert.ok(JSON.stringify(kept).includes(Attendee.AttendeeId));
    assert.ok(!JSON.stringify(kept).includes(Attendee.JoinToken));
  });

  it('should keep every item for a day at most', async () => {
    await join();
    for (const [TableName, { Properties }] of Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table')) {
      const { Items } = await tables.client.send(new ScanCommand({ TableName }));
      assert.ok(Items.length > 0);
      for (const item of Items) {
        const seconds = Number(item[Properties.TimeToLiveSpecification.AttributeName].N) - Date.now() / 1000;
        assert.ok(seconds > 80_000 && seconds <= 86_400, `${TableName}: ${seconds}`);
      }
    }
  });

  it('should not see what has expired, deleted or not', async () => {
    const expiresAt = { N: String(Math.floor(Date.now() / 1000) - 1) };
    const meeting = { S: JSON.stringify({ MeetingId: 'expired', MediaPlacement: {} }) };
    await tables.client.send(new PutItemCommand({ TableName: 'MeetingsTable', Item: { title: { S: title.toLowerCase() }, requestToken: { S: 'old-token' }, meetingId: { S: 'expired' }, meeting, expiresAt } }));
    const ada = await join('Ada');
    assert.notEqual(ada.Meeting.MeetingId, 'expired');
    const grace = await join('Grace');
    assert.equal(grace.Meeting.MeetingId, ada.Meeting.MeetingId);
    const { Items } = await tables.client.send(new ScanCommand({ TableName: 'AttendeesTable' }));
    const item = Items.find(({ attendeeId }) => attendeeId.S === grace.Attendee.AttendeeId);
    await tables.client.send(new PutItemCommand({ TableName: 'AttendeesTable', Item: { ...item, expiresAt } }));
    assert.deepEqual(namesOf(await list(ada)), ['Ada']);
    assert.equal((await list(grace)).status, 401);
  });

  it('should list more attendees than one answer of DynamoDB holds', async () => {
    const ada = await join('Ada');
    const { Items } = await tables.client.send(new ScanCommand({ TableName: 'AttendeesTable' }));
    const item = Items.find(({ attendeeId }) => attendeeId.S === ada.Attendee.AttendeeId);
    // DynamoDB answers at most 1 MiB at once.
    const padding = { S: 'x'.repeat(300_000) };
    for (let number = 0; number < 5; number += 1) {
      await tables.client.send(new PutItemCommand({ TableName: 'AttendeesTable', Item: { ...item, attendeeId: { S: `padded-${number}` }, padding } }));
    }
    assert.equal(namesOf(await list(ada)).length, 6);
    assert.equal((await end(ada)).status, 200);
    const { Count } = await tables.client.send(new ScanCommand({ TableName: 'AttendeesTable', FilterExpression: 'meetingId = :id', ExpressionAttributeValues: { ':id': item.meetingId }, Select: 'COUNT' }));
    assert.equal(Count, 0);
  });

  it('should say what is wrong with a request, before it calls anything', async () => {
    const post = (body, headers = { 'content-type': 'application/json' }) => fetch(`${gateway.url}/attendees`, { method: 'POST', body, headers });
    const earlier = dynamoProxy.calls.length + chimeProxy.calls.length;
    const valid = { title, name: 'Ada' };
    const wrong = [
      ['', /JSON object/], ['no json', /JSON object/], ['null', /JSON object/], ['[]', /JSON object/], ['"x"', /JSON object/],
      ...[undefined, null, 42, '', ' ', 'x'.repeat(65), 'a\u0000b', 'a\u202Eb', '\uD800', ['Ada'], {}].map((name) => [JSON.stringify({ ...valid, name }), /^name must be/]),
      ...[undefined, null, 42, '', 'a', ' a ', 'x'.repeat(65), 'a\nb\u0007', { S: 'x' }].map((wanted) => [JSON.stringify({ ...valid, title: wanted }), /^title must be/]),
    ];
    for (const [body, message] of wrong) {
      const response = await post(body);
      assert.equal(response.status, 400, body);
      assert.match((await response.json()).error, message, body);
    }
    assert.equal((await post(JSON.stringify({ ...valid, padding: 'x'.repeat(3000) }))).status, 413);
    assert.equal(dynamoProxy.calls.length + chimeProxy.calls.length, earlier);
    const inBase64 = await post(JSON.stringify(valid), { 'content-type': 'application/octet-stream' });
    assert.equal(inBase64.status, 200, 'a body that comes in Base64 is read');
    for (const [method, path] of [['GET', '/'], ['PUT', '/attendees'], ['GET', '/attendees'], ['DELETE', '/meetings']]) {
      assert.equal((await fetch(gateway.url + path, { method })).status, 404, `${method} ${path}`);
    }
  });

  it('should ask again when it is throttled for a moment', async () => {
    dynamoProxy.fail({ action: 'dynamodb:PutItem', type: 'ProvisionedThroughputExceededException', status: 400, times: 1 });
    chimeProxy.fail({ action: 'chime:CreateMeeting', type: 'ThrottlingException', status: 429, times: 1 });
    chimeProxy.fail({ action: 'chime:CreateAttendee', type: 'ServiceUnavailableException', status: 503, times: 1 });
    await join();
  });

  const faults = [
    ['DynamoDB throttles a read', 'dynamodb:GetItem', { type: 'ProvisionedThroughputExceededException', status: 400 }, 429],
    ['DynamoDB throttles a write', 'dynamodb:PutItem', { type: 'RequestLimitExceeded', status: 400 }, 429],
    ['DynamoDB fails a write', 'dynamodb:UpdateItem', { type: 'InternalServerError', status: 500 }, 502],
    ['DynamoDB refuses the role', 'dynamodb:PutItem', { type: 'AccessDeniedException', status: 400 }, 502],
    ['Amazon Chime throttles a new meeting', 'chime:CreateMeeting', { type: 'ThrottlingException', status: 429 }, 429],
    ['Amazon Chime has too many meetings', 'chime:CreateMeeting', { type: 'LimitExceededException', status: 400 }, 429],
    ['Amazon Chime fails to create an attendee', 'chime:CreateAttendee', { type: 'ServiceFailureException', status: 500 }, 502],
    ['Amazon Chime refuses the role', 'chime:CreateMeeting', { type: 'ForbiddenException', status: 403 }, 502],
  ];
  for (const [what, action, fault, status] of faults) {
    it(`should answer ${status}, keep what AWS says to itself, and recover with the same meeting when ${what}`, async () => {
      const earlier = meetingsNow().length;
      const proxy = action.startsWith('chime') ? chimeProxy : dynamoProxy;
      proxy.fail({ action, ...fault });
      const failed = await tryJoin();
      assert.equal(failed.status, status);
      assert.doesNotMatch(JSON.stringify(failed.answer), /arn:|Exception/);
      assert.equal(failed.headers.get('retry-after'), status === 429 ? '5' : null);
      assert.equal(log.mock.callCount(), 1);
      proxy.heal();
      const ada = await join();
      assert.equal((await join('Grace')).Meeting.MeetingId, ada.Meeting.MeetingId);
      assert.equal(meetingsNow().length, earlier + 1);
    });
  }

  it('should end a meeting at the second try when the first one failed halfway', async () => {
    const ada = await join();
    await join('Grace');
    dynamoProxy.fail({ action: 'dynamodb:DeleteItem', type: 'InternalServerError', status: 500 });
    assert.equal((await end(ada)).status, 502);
    assert.ok(!meetingsNow().includes(ada.Meeting.MeetingId));
    dynamoProxy.heal();
    assert.equal((await end(ada)).status, 200);
    assert.equal((await list(ada)).status, 401);
  });

  it('should let only its own site call from a browser', async () => {
    const preflight = (origin) => fetch(`${gateway.url}/attendees`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const allowed = (await preflight(SITE)).headers;
    assert.equal(allowed.get('access-control-allow-origin'), SITE);
    assert.deepEqual(allowed.get('access-control-allow-methods').split(',').sort(), [...new Set(routesOf(template).map(({ method }) => method))].sort());
    assert.equal(allowed.get('access-control-allow-headers'), 'authorization,content-type');
    assert.equal((await preflight('https://evil.example')).headers.get('access-control-allow-origin'), null);
    const { headers } = await call('JoinFunction', 'POST', '/attendees', { body: { title, name: 'Ada' }, headers: { origin: SITE } });
    assert.equal(headers.get('access-control-allow-origin'), SITE);
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('should need exactly what the policies allow each function', () => {
    const allowed = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Serverless::Function').map(([name, { Properties }]) => {
      const statements = Properties.Policies.flatMap(({ Statement }) => Statement);
      return [name, statements.flatMap(({ Action, Resource }) => Action.map((action) => `${action} ${Resource['Fn::GetAtt']?.[0] ?? ''}`.trim())).sort()];
    });
    const needed = allowed.map(([name]) => [name, [...new Set(used.get(name).map(({ action, table = '' }) => `${action} ${table}`.trim()))].sort()]);
    assert.deepEqual(needed, allowed);
  });
});
