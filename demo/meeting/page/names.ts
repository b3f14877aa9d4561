/** How often the server is asked for an attendee: a list may be on its way from before they came. */
const ASKS = 2;

/**
 * What people are called. Amazon Chime passes on an id of at most 64 characters of few scripts, into which apps write
 * `<user id>#<name>`; where the server knows the whole names, those come first.
 */
export class Names {
  readonly #known: Map<string, string>;
  readonly #list: (() => Promise<Map<string, string>>) | null;
  #asking: Promise<void> | null = null;

  /** @param known names by attendee id */
  constructor(list: (() => Promise<Map<string, string>>) | null, known: Iterable<[string, string]> = []) {
    this.#list = list;
    this.#known = new Map(known);
  }

  /** As far as it is known now. A shared screen has the name of the person who shares it. */
  nameOf(attendeeId: string, externalUserId: string | null | undefined): string {
    return this.#known.get(attendeeId.split('#')[0] ?? '') ?? externalUserId?.split('#').at(-1) ?? '';
  }

  /** Asks the server for a name; null where it has none, or does not answer. */
  async find(attendeeId: string): Promise<string | null> {
    for (let ask = 0; ask < ASKS && this.#list && !this.#known.has(attendeeId); ask += 1) {
      this.#asking ??= this.#ask(this.#list);
      await this.#asking;
    }
    return this.#known.get(attendeeId) ?? null;
  }

  async #ask(list: () => Promise<Map<string, string>>): Promise<void> {
    try {
      for (const [attendeeId, name] of await list()) this.#known.set(attendeeId, name);
    } catch {
      // Then the name that came with the meeting stays.
    } finally {
      this.#asking = null;
    }
  }
}
