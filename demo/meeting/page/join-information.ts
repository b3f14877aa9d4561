/** What `CreateMeeting` and `CreateAttendee` answered, as MeetingSessionConfiguration takes it. */
export interface JoinInformation {
  Meeting: { MeetingId: string; MediaPlacement: Record<string, string> };
  Attendee: { AttendeeId: string; JoinToken: string; ExternalUserId?: string };
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One JSON document, or two, one after the other. */
function readDocuments(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return JSON.parse(`[${text.replace(/}\s*,?\s*{/g, '},{')}]`) as unknown[];
  }
}

/** The first object, however deep, that has all the fields. */
function find(value: unknown, fields: string[]): Fields | null {
  if (!isFields(value)) return null;
  if (fields.every((field) => field in value)) return value;
  for (const inner of Object.values(value)) {
    const found = find(inner, fields);
    if (found) return found;
  }
  return null;
}

/**
 * Reads pasted join information: `{"Meeting": …, "Attendee": …}`, also inside something else, or the two answers one
 * after the other.
 *
 * @throws Error that says what is missing
 */
export function parseJoinInformation(text: string): JoinInformation {
  let documents: unknown[];
  try {
    documents = readDocuments(text.trim());
  } catch {
    throw new Error('This is no JSON. Paste the answers of CreateMeeting and CreateAttendee as they are.');
  }
  const all = Object.fromEntries(documents.entries());
  const Meeting = find(all, ['MeetingId', 'MediaPlacement']);
  const Attendee = find(all, ['AttendeeId', 'JoinToken']);
  if (!Meeting) throw new Error('The meeting is missing: an object with MeetingId and MediaPlacement, as CreateMeeting answers.');
  if (!Attendee) throw new Error('The attendee is missing: an object with AttendeeId and JoinToken, as CreateAttendee answers.');
  return { Meeting, Attendee } as unknown as JoinInformation;
}
