// @ts-check
/** What a request must look like. The local meeting server checks with the same rules. */

const NAME_MAX = 64;
const TITLE_MIN = 2;
const TITLE_MAX = 64;
export const BODY_MAX = 2000;
/** Line breaks, invisible characters and halves of characters: nothing that a name or a title needs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;

/** A request that is answered with a status and a message for the person. */
export class RequestError extends Error {
  /**
   * @param {number} status of HTTP
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {string} text of the body, a JSON object of at most {@link BODY_MAX} characters
 * @returns {Record<string, unknown>}
 * @throws {RequestError}
 */
export function readBody(text) {
  if (text.length > BODY_MAX) throw new RequestError(413, `The request must have at most ${BODY_MAX} characters`);
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The same answer as for any other text that is no object.
  }
  throw new RequestError(400, 'The request must be a JSON object');
}

/**
 * @param {unknown} value what an attendee wants to be called
 * @returns {string}
 * @throws {RequestError}
 */
export function readName(value) {
  const name = readText(value);
  if (!name || name.length > NAME_MAX) throw new RequestError(400, `name must be a string of 1 to ${NAME_MAX} printable characters`);
  return name;
}

/**
 * @param {unknown} value of a meeting
 * @returns {string} the same for titles that differ in case or in spaces only
 * @throws {RequestError}
 */
export function readTitle(value) {
  const title = readText(value).toLowerCase();
  if (title.length < TITLE_MIN || title.length > TITLE_MAX) {
    throw new RequestError(400, `title must be a string of ${TITLE_MIN} to ${TITLE_MAX} printable characters`);
  }
  return title;
}

/** @param {unknown} value @returns {string} empty when it is no printable text */
function readText(value) {
  if (typeof value !== 'string' || value.length > BODY_MAX) return '';
  const text = value.normalize('NFC').trim().replace(/\s+/g, ' ');
  return UNPRINTABLE.test(text) ? '' : text;
}
