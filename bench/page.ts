import { resolveAssetUrls } from '../src/assets';
import { DEFAULT_SETTINGS, Engine, type EngineSettings, type EngineStats } from '../src/index';
import { startFloor } from './floor';
import { startHeldMask } from './held-mask';
import { startMethod2020 } from './method-2020';
import { timePass } from './passes';
import type { CodeArea, LatencyResult, SinkRequest, SinkResponse } from './sink.worker';

/** One thing that is measured. */
export type Contestant =
  | { kind: 'floor' }
  | { kind: 'held-mask' }
  | { kind: 'method-2020'; backend: 'webgl' | 'wasm'; modelUrl: string }
  | { kind: 'engine'; settings: Partial<EngineSettings>; element?: boolean };

export interface BenchCase {
  width: number;
  height: number;
  contestant: Contestant;
}

/** A running contestant. */
export interface Running {
  stream: MediaStream;
  stop(): void;
  stats?(): EngineStats;
}

async function openCamera({ width, height }: BenchCase): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width, height, frameRate: 30 } });
  return stream.getVideoTracks()[0] as MediaStreamTrack;
}

async function drawBackground(): Promise<Blob> {
  const canvas = new OffscreenCanvas(1280, 720);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  const gradient = context.createLinearGradient(0, 0, 1280, 720);
  gradient.addColorStop(0, '#0b486b');
  gradient.addColorStop(1, '#f56217');
  context.fillStyle = gradient;
  context.fillRect(0, 0, 1280, 720);
  return canvas.convertToBlob();
}

async function startEngine(track: MediaStreamTrack, settings: Partial<EngineSettings>): Promise<Running> {
  const engine = new Engine({ onError: (error) => console.error(error.message), onWarning: (warning) => console.warn(warning.message) });
  const background = settings.background === 'image' ? await drawBackground() : (settings.background ?? DEFAULT_SETTINGS.background);
  engine.set({ ...settings, background, source: track });
  return { stream: await engine.start(), stop: () => engine.stop(), stats: () => engine.stats };
}

async function startContestant(benchCase: BenchCase, track: MediaStreamTrack): Promise<Running> {
  const { contestant } = benchCase;
  if (contestant.kind === 'floor') return startFloor(track, benchCase);
  if (contestant.kind === 'method-2020') return startMethod2020(track, benchCase, { ...contestant, wasmPaths: resolveAssetUrls().wasm });
  if (contestant.kind === 'held-mask') return startHeldMask(track, await createImageBitmap(await drawBackground()));
  return startEngine(track, contestant.settings);
}

/** Seldom enough not to be the page's work itself. */
const PROBE_INTERVAL_MS = 50;

/** How late timers are: what a person's click would wait. */
class EventLoopProbe {
  readonly delaysMs: number[] = [];
  #stopped = false;

  constructor() {
    this.#tick();
  }

  stop(): number[] {
    this.#stopped = true;
    return this.delaysMs;
  }

  #tick(): void {
    const due = performance.now() + PROBE_INTERVAL_MS;
    setTimeout(() => {
      this.delaysMs.push(Math.max(0, performance.now() - due));
      if (!this.#stopped) this.#tick();
    }, PROBE_INTERVAL_MS);
  }
}

let running: Running | null = null;
let camera: MediaStreamTrack | null = null;
let probe: EventLoopProbe | null = null;
let counter: Worker | null = null;
let framesBefore = 0;

async function countFrames(): Promise<number> {
  const sink = counter as Worker;
  const answer = new Promise<MessageEvent<SinkResponse>>((resolve) => sink.addEventListener('message', resolve, { once: true }));
  sink.postMessage({ type: 'tell' } satisfies SinkRequest);
  const { data } = await answer;
  return data.type === 'counted' ? data.frames : 0;
}

function readTrack(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  return new MediaStreamTrackProcessor({ track }).readable;
}

function createSink(): Worker {
  return new Worker(new URL('./sink.worker.ts', import.meta.url), { type: 'module' });
}

const api = {
  timePass,

  /** Starts a contestant and its sink; resolves when frames flow, with the time that took. */
  async start(benchCase: BenchCase): Promise<number> {
    camera = await openCamera(benchCase);
    const start = performance.now();
    running = await startContestant(benchCase, camera);
    const firstFrameMs = performance.now() - start;
    const sink = (counter = createSink());
    const readable = readTrack(running.stream.getVideoTracks()[0] as MediaStreamTrack);
    const request: SinkRequest = { type: 'count', readable };
    sink.postMessage(request, [readable]);
    return firstFrameMs;
  },

  async beginWindow(): Promise<void> {
    framesBefore = await countFrames();
    probe = new EventLoopProbe();
  },

  async endWindow(): Promise<{ frames: number; delaysMs: number[]; stats: EngineStats | null; heapBytes: number }> {
    const frames = (await countFrames()) - framesBefore;
    const heap = (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;
    return { frames, delaysMs: probe?.stop() ?? [], stats: running?.stats?.() ?? null, heapBytes: heap };
  },

  async latency(code: CodeArea, durationMs: number): Promise<LatencyResult> {
    const sink = createSink();
    const cameraReadable = readTrack(camera as MediaStreamTrack);
    const output = readTrack(running?.stream.getVideoTracks()[0] as MediaStreamTrack);
    const request: SinkRequest = { type: 'latency', camera: cameraReadable, output, code, durationMs };
    sink.postMessage(request, [cameraReadable, output]);
    const { data } = await new Promise<MessageEvent<SinkResponse>>((resolve) => sink.addEventListener('message', resolve, { once: true }));
    sink.terminate();
    if (data.type !== 'latency') throw new Error('The sink gave another answer');
    return data.result;
  },

  stop(): void {
    running?.stop();
    camera?.stop();
  },
};

export type BenchApi = typeof api;
(globalThis as unknown as { bench: BenchApi }).bench = api;
