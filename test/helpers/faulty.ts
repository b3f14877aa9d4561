/** A request to the test server's files with something wrong, see scripts/test-runner/faulty-files.mjs. */
export interface FaultyRequest {
  method: string;
  path: string;
  /** All of it was sent. */
  finished: boolean;
  /** The browser hung up before. */
  aborted: boolean;
}

/** Files under addresses of their own, with something wrong where a test wants it. */
export class FaultyFiles {
  /** Another one each time: nothing that another test left in a cache is met. */
  readonly #key = crypto.randomUUID();

  /** @param faults `none`, or `<fault>:<end of the name>`, several joined by `+` */
  folder(faults: string, path: 'assets/' | 'shared/models/bodypix/'): string {
    return new URL(`/__faulty/${this.#key}/files/${faults}/${path}`, location.href).href;
  }

  async requests(): Promise<FaultyRequest[]> {
    return (await fetch(`/__faulty/${this.#key}/log`)).json() as Promise<FaultyRequest[]>;
  }

  /** What was asked for by name, without folders. */
  async names(method = 'GET'): Promise<string[]> {
    return (await this.requests()).filter((request) => request.method === method).map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  }

  /** Lets held files go on. */
  async release(): Promise<void> {
    await fetch(`/__faulty/${this.#key}/release`);
  }
}
