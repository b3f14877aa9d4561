// @ts-check
/** The Lambda functions behind the HTTP API of template.json: one for each route. */
import { ChimeSDKMeetingsClient } from '@aws-sdk/client-chime-sdk-meetings';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Meetings } from './meetings.mjs';
import { RequestError, readBody, readName, readTitle } from './requests.mjs';
import { MeetingStore } from './store.mjs';

/**
 * @typedef {{headers?: Record<string, string | undefined>, pathParameters?: Record<string, string | undefined>, body?: string, isBase64Encoded?: boolean}} Event
 *   what is read of an event of the HTTP API, payload format 2.0
 * @typedef {{statusCode: number, headers: Record<string, string>, body: string}} Answer
 */

/** Amazon Chime ends a meeting after a day at the latest. */
const LIFETIME_SECONDS = 86_400;
const RETRY_AFTER_SECONDS = '5';
/** What AWS calls too many requests, or too many meetings at once. */
const TOO_MUCH = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottledClientException',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** @param {string} name */
function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} must be set; template.json sets it`);
  return value;
}

const region = setting('MEETING_REGION');
const meetings = new Meetings({
  chime: new ChimeSDKMeetingsClient({ region }),
  store: new MeetingStore({
    client: new DynamoDBClient({}),
    meetingsTable: setting('MEETINGS_TABLE'),
    attendeesTable: setting('ATTENDEES_TABLE'),
    lifetimeSeconds: LIFETIME_SECONDS,
  }),
  mediaRegion: region,
});

/** @param {number} statusCode @param {object} body @param {Record<string, string>} [headers] @returns {Answer} */
function answer(statusCode, body, headers = {}) {
  return { statusCode, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }, body: JSON.stringify(body) };
}

/** @param {unknown} error @returns {Answer} */
function answerError(error) {
  if (error instanceof RequestError) return answer(error.status, { error: error.message });
  // What AWS says is for the log, not for the caller.
  console.error(error);
  if (error instanceof Error && TOO_MUCH.has(error.name)) {
    return answer(429, { error: 'Too many people are asking at once; try again in a few seconds' }, { 'retry-after': RETRY_AFTER_SECONDS });
  }
  return answer(502, { error: 'The meeting service does not answer now' });
}

/** @param {(event: Event) => Promise<object>} run @returns {(event: Event) => Promise<Answer>} */
function handler(run) {
  return async (event) => {
    try {
      return answer(200, await run(event));
    } catch (error) {
      return answerError(error);
    }
  };
}

/** @param {Event} event */
function bodyOf({ body = '', isBase64Encoded = false }) {
  return readBody(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body);
}

/** `Authorization: Bearer <AttendeeId>:<JoinToken>`. @param {Event} event @returns {import('./meetings.mjs').Caller} */
function callerOf({ headers = {}, pathParameters = {} }) {
  const [, attendeeId, joinToken] = /^Bearer ([\w-]{1,64}):(\S{1,1000})$/.exec(headers.authorization ?? '') ?? [];
  const { meetingId = '' } = pathParameters;
  if (!attendeeId || !joinToken || !meetingId) throw new RequestError(401, 'Only attendees of the meeting may do this');
  return { meetingId, attendeeId, joinToken };
}

/** `POST /attendees {"title", "name"}`: creates or joins the meeting of that title; answers `{Meeting, Attendee}`. */
export const join = handler(async (event) => {
  const { title, name } = bodyOf(event);
  return meetings.join({ title: readTitle(title), name: readName(name) });
});

/** `DELETE /meetings/{meetingId}/attendees/me`: the caller leaves. */
export const leave = handler(async (event) => {
  await meetings.leave(callerOf(event));
  return {};
});

/** `DELETE /meetings/{meetingId}`: ends the meeting for everyone in it. */
export const end = handler(async (event) => {
  await meetings.end(callerOf(event));
  return {};
});

/** `GET /meetings/{meetingId}/attendees`: answers `{attendees: [{attendeeId, name}]}`. */
export const list = handler(async (event) => ({ attendees: await meetings.listAttendees(callerOf(event)) }));
