type Anything = Record<PropertyKey, unknown>;

const restorers: (() => void)[] = [];

/** Puts a value in place of a property until {@link restoreAll}, which belongs in `afterEach`. */
export function replace(owner: object, key: PropertyKey, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, { configurable: true, writable: true, value });
  restorers.push(() => {
    if (before) Object.defineProperty(owner, key, before);
    else delete (owner as Anything)[key];
  });
}

export function restoreAll(): void {
  while (restorers.length > 0) restorers.pop()?.();
}

/** Object URLs that were made and not revoked since this call. */
export function spyOnObjectUrls(): Set<string> {
  const live = new Set<string>();
  const create = URL.createObjectURL.bind(URL);
  const revoke = URL.revokeObjectURL.bind(URL);
  replace(URL, 'createObjectURL', (object: Blob) => {
    const url = create(object);
    live.add(url);
    return url;
  });
  replace(URL, 'revokeObjectURL', (url: string) => {
    live.delete(url);
    revoke(url);
  });
  return live;
}

/** Workers that were started and not terminated since this call, by name. */
export function spyOnWorkers(): { live: Map<Worker, string>; started: string[] } {
  const live = new Map<Worker, string>();
  const started: string[] = [];
  class CountedWorker extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      live.set(this, options?.name ?? '');
      started.push(options?.name ?? '');
    }

    /** An engine is let go of with this, and ends itself once its frames are closed; soak and cycles count what the browser has. */
    override postMessage(message: unknown, options?: StructuredSerializeOptions | Transferable[]): void {
      if ((message as { type?: string } | null)?.type === 'dispose') live.delete(this);
      super.postMessage(message, options as StructuredSerializeOptions);
    }

    override terminate(): void {
      live.delete(this);
      super.terminate();
    }
  }
  replace(globalThis, 'Worker', CountedWorker);
  return { live, started };
}

/** Lets the page's clock run so many times as fast from now on. */
export function hurry(times: number): void {
  const now = performance.now.bind(performance);
  const start = now();
  replace(performance, 'now', () => start + (now() - start) * times);
}

/** Every track that the camera handed out since this call. */
export function spyOnCamera(): MediaStreamTrack[] {
  const tracks: MediaStreamTrack[] = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  replace(navigator.mediaDevices, 'getUserMedia', async (constraints: MediaStreamConstraints) => {
    const stream = await open(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  });
  return tracks;
}

/** Constraints of each call, answered by `answer`. */
export function fakeCamera(answer: (constraints: MediaStreamConstraints) => Promise<MediaStream>): MediaStreamConstraints[] {
  const calls: MediaStreamConstraints[] = [];
  replace(navigator.mediaDevices, 'getUserMedia', (constraints: MediaStreamConstraints) => {
    calls.push(constraints);
    return answer(constraints);
  });
  return calls;
}
