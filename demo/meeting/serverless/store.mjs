// @ts-check
/**
 * Meetings and attendees in DynamoDB. Its time to live deletes items up to days late, so what has expired counts as
 * missing here.
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

/**
 * @typedef {import('@aws-sdk/client-dynamodb').AttributeValue} AttributeValue
 * @typedef {import('@aws-sdk/client-chime-sdk-meetings').Meeting} Meeting
 * @typedef {{title: string, requestToken: string, meeting: Meeting | null, expiresAt: number}} MeetingItem
 *   `meeting` is null until Amazon Chime has answered; `expiresAt` in seconds since 1970
 * @typedef {{meetingId: string, attendeeId: string, title: string, name: string, tokenDigest: string, expiresAt: number}} AttendeeItem
 */

/** Resolves to whether the condition of a write held. @param {Promise<unknown>} write */
async function didHold(write) {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** @param {number} ms since 1970 */
const toSeconds = (ms) => Math.floor(ms / 1000);

export class MeetingStore {
  #client;
  #meetings;
  #attendees;
  #lifetimeSeconds;
  #now;

  /**
   * @param {{client: import('@aws-sdk/client-dynamodb').DynamoDBClient, meetingsTable: string, attendeesTable: string,
   *   lifetimeSeconds: number, now?: () => number}} options `now` in milliseconds since 1970
   */
  constructor({ client, meetingsTable, attendeesTable, lifetimeSeconds, now = Date.now }) {
    this.#client = client;
    this.#meetings = meetingsTable;
    this.#attendees = attendeesTable;
    this.#lifetimeSeconds = lifetimeSeconds;
    this.#now = now;
  }

  /** @param {string} title @returns {Promise<MeetingItem | null>} */
  async findMeeting(title) {
    const { Item: item } = await this.#client.send(new GetItemCommand({ TableName: this.#meetings, Key: { title: { S: title } }, ConsistentRead: true }));
    if (!item || this.#isExpired(item)) return null;
    const { requestToken, meeting, expiresAt } = item;
    return { title, requestToken: requestToken?.S ?? '', meeting: meeting?.S ? JSON.parse(meeting.S) : null, expiresAt: Number(expiresAt?.N) };
  }

  /**
   * Takes a title for a meeting that is about to be created.
   *
   * @param {string} title
   * @param {string} requestToken with which every function that finds the title asks Amazon Chime for the meeting
   * @returns {Promise<boolean>} false when the title is taken
   */
  reserveTitle(title, requestToken) {
    const now = toSeconds(this.#now());
    return didHold(this.#client.send(new PutItemCommand({
      TableName: this.#meetings,
      Item: { title: { S: title }, requestToken: { S: requestToken }, expiresAt: { N: String(now + this.#lifetimeSeconds) } },
      ConditionExpression: 'attribute_not_exists(title) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': { N: String(now) } },
    })));
  }

  /**
   * Keeps what Amazon Chime answered for later attendees, unless the title belongs to another meeting by now.
   *
   * @param {MeetingItem} item
   * @param {Meeting} meeting
   */
  async keepMeeting({ title, requestToken }, meeting) {
    await didHold(this.#client.send(new UpdateItemCommand({
      TableName: this.#meetings,
      Key: { title: { S: title } },
      UpdateExpression: 'SET meeting = :meeting, meetingId = :id',
      ConditionExpression: 'requestToken = :token',
      ExpressionAttributeValues: { ':meeting': { S: JSON.stringify(meeting) }, ':id': { S: meeting.MeetingId ?? '' }, ':token': { S: requestToken } },
    })));
  }

  /** Frees the title, unless it belongs to another meeting by now. @param {string} title @param {string} meetingId */
  async freeTitle(title, meetingId) {
    await didHold(this.#client.send(new DeleteItemCommand({
      TableName: this.#meetings,
      Key: { title: { S: title } },
      ConditionExpression: 'meetingId = :id',
      ExpressionAttributeValues: { ':id': { S: meetingId } },
    })));
  }

  /** @param {AttendeeItem} attendee */
  async addAttendee({ meetingId, attendeeId, title, name, tokenDigest, expiresAt }) {
    await this.#client.send(new PutItemCommand({
      TableName: this.#attendees,
      Item: {
        meetingId: { S: meetingId },
        attendeeId: { S: attendeeId },
        title: { S: title },
        name: { S: name },
        tokenDigest: { S: tokenDigest },
        expiresAt: { N: String(expiresAt) },
      },
    }));
  }

  /** @param {string} meetingId @param {string} attendeeId @returns {Promise<AttendeeItem | null>} */
  async findAttendee(meetingId, attendeeId) {
    const Key = { meetingId: { S: meetingId }, attendeeId: { S: attendeeId } };
    const { Item: item } = await this.#client.send(new GetItemCommand({ TableName: this.#attendees, Key, ConsistentRead: true }));
    return !item || this.#isExpired(item) ? null : toAttendee(item);
  }

  /** @param {string} meetingId @returns {Promise<AttendeeItem[]>} */
  async listAttendees(meetingId) {
    const found = [];
    /** @type {Record<string, AttributeValue> | undefined} */
    let start;
    do {
      /** @type {import('@aws-sdk/client-dynamodb').QueryCommandOutput} */
      const { Items: items = [], LastEvaluatedKey: last } = await this.#client.send(new QueryCommand({
        TableName: this.#attendees,
        KeyConditionExpression: 'meetingId = :id',
        ExpressionAttributeValues: { ':id': { S: meetingId } },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }));
      found.push(...items.filter((item) => !this.#isExpired(item)).map(toAttendee));
      start = last;
    } while (start);
    return found;
  }

  /** @param {string} meetingId @param {string} attendeeId */
  async removeAttendee(meetingId, attendeeId) {
    await this.#client.send(new DeleteItemCommand({ TableName: this.#attendees, Key: { meetingId: { S: meetingId }, attendeeId: { S: attendeeId } } }));
  }

  /** @param {Record<string, AttributeValue>} item */
  #isExpired({ expiresAt }) {
    return Number(expiresAt?.N) <= toSeconds(this.#now());
  }
}

/** @param {Record<string, AttributeValue>} item @returns {AttendeeItem} */
function toAttendee({ meetingId, attendeeId, title, name, tokenDigest, expiresAt }) {
  return {
    meetingId: meetingId?.S ?? '',
    attendeeId: attendeeId?.S ?? '',
    title: title?.S ?? '',
    name: name?.S ?? '',
    tokenDigest: tokenDigest?.S ?? '',
    expiresAt: Number(expiresAt?.N),
  };
}
