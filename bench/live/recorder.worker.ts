/** Reads tracks away from the page's thread, as a meeting's encoder would: counts frames, or keeps them. */
import { copyFrame, type RecordedFrame } from './recording';

export type RecorderRequest =
  | { type: 'count'; readable: ReadableStream<VideoFrame> }
  /** Asks how many frames came so far. */
  | { type: 'report' }
  /** Keeps what comes out of the tracks for a while. */
  | { type: 'record'; readables: ReadableStream<VideoFrame>[]; durationMs: number };

export type RecorderResponse = { type: 'counted'; frames: number } | { type: 'recorded'; tracks: RecordedFrame[][] } | { type: 'failed'; message: string };

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<RecorderRequest>) => void) | null;
  postMessage(message: RecorderResponse, transfer?: Transferable[]): void;
};

let counted = 0;

async function count(readable: ReadableStream<VideoFrame>): Promise<void> {
  const reader = readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    value.close();
    counted += 1;
  }
}

async function record(readable: ReadableStream<VideoFrame>, untilMs: number): Promise<RecordedFrame[]> {
  const reader = readable.getReader();
  // Not waited for one by one: the time of the next frame must not hang on the copy of this one.
  const copies: Promise<RecordedFrame>[] = [];
  const end = setTimeout(() => void reader.cancel(), untilMs - performance.now());
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    copies.push(copyFrame(value, performance.now()));
  }
  clearTimeout(end);
  return Promise.all(copies);
}

async function recordAll({ readables, durationMs }: Extract<RecorderRequest, { type: 'record' }>): Promise<void> {
  const untilMs = performance.now() + durationMs;
  const tracks = await Promise.all(readables.map((readable) => record(readable, untilMs)));
  scope.postMessage({ type: 'recorded', tracks }, tracks.flat().map(({ buffer }) => buffer));
}

scope.onmessage = ({ data }) => {
  if (data.type === 'count') void count(data.readable);
  else if (data.type === 'report') scope.postMessage({ type: 'counted', frames: counted });
  else recordAll(data).catch((error: unknown) => scope.postMessage({ type: 'failed', message: String(error) }));
};
