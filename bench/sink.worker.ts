/**
 * The far end of the bench: reads an output track as a meeting's encoder would, counts its frames, and on
 * request reads the number on the person's chest to tell how long a picture took from the camera.
 */
export interface CodeArea {
  bits: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

export type SinkRequest =
  | { type: 'count'; readable: ReadableStream<VideoFrame> }
  /** Asks how many frames came so far. */
  | { type: 'tell' }
  | { type: 'latency'; camera: ReadableStream<VideoFrame>; output: ReadableStream<VideoFrame>; code: CodeArea; durationMs: number };

export interface LatencyResult {
  latenciesMs: number[];
  unread: number;
}

export type SinkResponse = { type: 'counted'; frames: number } | { type: 'latency'; result: LatencyResult };

const scope = self as unknown as { onmessage: ((event: MessageEvent<SinkRequest>) => void) | null; postMessage(message: SinkResponse): void };
const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;

/** Told when asked only: a message a frame would be the page's busiest task. */
let counted = 0;

async function count(readable: ReadableStream<VideoFrame>): Promise<void> {
  const reader = readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    value.close();
    counted += 1;
  }
}

/** The picture's number, or null where the blocks cannot be told. */
function readCode(frame: VideoFrame, { bits, left, top, width, height }: CodeArea): number | null {
  const { displayWidth, displayHeight } = frame;
  canvas.width = bits * 4;
  canvas.height = 4;
  context.drawImage(frame, left * displayWidth, top * displayHeight, bits * width * displayWidth, height * displayHeight, 0, 0, bits * 4, 4);
  const { data } = context.getImageData(0, 0, bits * 4, 4);
  let value = 0;
  for (let bit = 0; bit < bits; bit++) {
    const at = (2 * bits * 4 + bit * 4 + 2) * 4;
    const luminance = ((data[at] as number) + (data[at + 1] as number) + (data[at + 2] as number)) / 3;
    if (luminance > 90 && luminance < 150) return null;
    if (luminance >= 150) value |= 1 << bit;
  }
  const index = value >> 1;
  const parity = index.toString(2).replaceAll('0', '').length % 2;
  return parity === (value & 1) ? index : null;
}

async function readAll(readable: ReadableStream<VideoFrame>, until: number, take: (frame: VideoFrame, timeMs: number) => void): Promise<void> {
  const reader = readable.getReader();
  while (performance.now() < until) {
    const { done, value } = await reader.read();
    if (done) return;
    take(value, performance.now());
    value.close();
  }
  await reader.cancel();
}

async function measureLatency({ camera, output, code, durationMs }: Extract<SinkRequest, { type: 'latency' }>): Promise<LatencyResult> {
  const until = performance.now() + durationMs;
  const seenAt = new Map<number, number>();
  const latenciesMs: number[] = [];
  let unread = 0;
  let outputs = 0;
  await Promise.all([
    readAll(camera, until, (frame, timeMs) => {
      const index = readCode(frame, code);
      if (index !== null) seenAt.set(index, timeMs);
    }),
    readAll(output, until, (frame, timeMs) => {
      outputs += 1;
      if (outputs % 3 !== 0) return;
      const index = readCode(frame, code);
      const start = index === null ? undefined : seenAt.get(index);
      if (start === undefined) unread += 1;
      else latenciesMs.push(timeMs - start);
    }),
  ]);
  return { latenciesMs, unread };
}

scope.onmessage = ({ data }) => {
  if (data.type === 'count') void count(data.readable);
  else if (data.type === 'tell') scope.postMessage({ type: 'counted', frames: counted });
  else void measureLatency(data).then((result) => scope.postMessage({ type: 'latency', result }));
};
