import { expect } from 'chai';
import type { VirtualBackgroundCamera } from '../../src/define';
import { LOOK_MS } from '../../src/segmentation/segmentation-thread';
import { ONE_HOST, placesOf, type Backend, type Host, type Place } from '../helpers/backends';
import { cleanUp, createElement, describeOn, itWithModel, previewOf, recordEvents, trackOf, type Events } from '../helpers/element';
import { replace } from '../helpers/spies';
import { nextTask, waitFor } from '../helpers/wait';
import { CodedRoom, PIECE_LIMITS, RawFrameDetector, type CodedRoomOptions, type FrameReading, type RawFrameCount, type TrackReading } from '../support/raw-frame-detector';
import { itWithPeople } from '../support/shared';
import { installGlFaults, orderGl, type GlOrder } from './gl-faults';
import type { SegmentationOrder } from './segmentation-fault.worker';

type Rgb = readonly [number, number, number];

const BROWSER = navigator.userAgent.includes('Firefox') ? 'Firefox' : 'Chromium';
/** Behind the person, and nowhere else: far from the person, from the room's code and from what stands in for pictures. */
export const BACKGROUND = [140, 60, 130] as const;
/** Another one, as far from all of them. */
export const OTHER_BACKGROUND = [200, 140, 60] as const;
/** Until all that was told to end has ended: an engine's worker closes its frames first. */
const END_MS = 3000;
const FAULTY_WORKERS = new Set(['engine', 'engine-gl', 'segmentation']);
/** How often a hanging worker is looked after while a fault is tested; otherwise each such test took ten seconds. */
const FAST_LOOK_MS = 300;

/** The scene of a fault: a room full of code, an element that must not show it, and a detector around it. */
export interface Stage {
  host: Host;
  backend: Backend;
  room: CodedRoom;
  element: VirtualBackgroundCamera;
  events: Events;
  detector: RawFrameDetector;
  /** For what a case asserts over more than one run: the time of the fault, milliseconds since 1970. */
  faultMs: number;
  orderGl(order: GlOrder): void;
  orderSegmentation(order: SegmentationOrder): void;
  /** Networks that were made ready so far. */
  loads: number;
  /** The next frame that takes it, from now on. */
  nextFrame(what: string, takes: (reading: FrameReading) => boolean): Promise<FrameReading>;
  /** The frame that shows the background alone: the last one, or the next that does. */
  curtain(): Promise<FrameReading>;
  /** The next frame with a colour where nobody sits. */
  behind(colour: Rgb): Promise<FrameReading>;
  /** As {@link behind}; it has to stay there. */
  staysBehind(colour: Rgb): Promise<void>;
  /** The next frames, so many at least. */
  frames(count: number): Promise<FrameReading[]>;
  state(state: string): Promise<unknown>;
}

export interface FaultCase {
  /** With the host it names a row of docs/reliability.md. */
  name: string;
  /** Both unless told. */
  hosts?: readonly Host[];
  /** Where the network runs: the worker's `wasm` unless told. Rows of `webgl` are named "shared context: …". */
  backends?: readonly Backend[];
  /** For the table, in a few words. */
  injected: string;
  /** For the table: what must happen meanwhile. */
  expected: string;
  properties?: Partial<VirtualBackgroundCamera>;
  room?: CodedRoomOptions;
  /** What makes a frame raw; see the detector. */
  counts?: 'legible' | 'sharp';
  /** The room is meant to be seen until the fault: only viewers that come after {@link inject} are looked at. */
  showsRoomBefore?: boolean;
  /**
   * How often a worker is looked after, milliseconds; {@link FAST_LOOK_MS} unless told. For networks in the shared context
   * as often as ever: without a GPU, what compiles them is long silent.
   */
  lookMs?: number;
  /** Whether BodyPix's real weights are needed; without them the case is skipped. */
  needsBodyPix?: boolean;
  /** Before the start: for faults that a start meets. The element is not started unless this does it. */
  atStart?(stage: Stage): Promise<void> | void;
  /** While it runs, with the person in view. */
  inject?(stage: Stage): Promise<void> | void;
  /** What must be seen before the picture comes back; its assertions are the case's. */
  meanwhile?(stage: Stage): Promise<void> | void;
  /** Whether the picture must come back on the same stream, state `running`; true unless told. */
  recovers?: boolean;
  /** After that. */
  afterwards?(stage: Stage): Promise<void> | void;
}

/** Declares a case as tests, one for each backend and host, and leaves what came of it for docs/reliability.md. */
export function runFault(fault: FaultCase): void {
  for (const place of placesOf(fault.backends ?? ['wasm'], fault.hosts)) declareFault(fault, place);
}

function declareFault(fault: FaultCase, { backend, host }: Place): void {
  const name = backend === 'webgl' ? `shared context: ${fault.name}` : fault.name;
  describeOn(host, `${name}, host="${host}"`, () => {
    let stage: FaultStage | undefined;
    afterEach(() => stage?.clear());
    const itHere = fault.needsBodyPix ? itWithPeople : itWithModel;
    itHere(`should never show the room: ${fault.expected}`, async () => {
      stage = new FaultStage(fault, { backend, host });
      let recoveryMs: number | null = null;
      let failure: Error | null = null;
      try {
        recoveryMs = await play(fault, stage);
      } catch (error) {
        failure = error as Error;
      }
      // What came of a case that failed is told as well.
      const { frames, raw, ...count } = stage.detector.count();
      const ownRaw = fault.showsRoomBefore ? 0 : stage.element.stats.rawFrames;
      const leaks = await stage.countLeaks();
      const { injected, expected } = fault;
      const pieces = fault.counts === 'sharp' ? null : piecesOf(count);
      const hasPieces = pieces !== null && (count.pieceShare > PIECE_LIMITS.mean || count.mostPieceShare > PIECE_LIMITS.worst);
      const passed = !failure && !hasPieces && raw + ownRaw + leaks === 0 && frames > 0;
      await noteResult({ name, browser: BROWSER, host, injected, expected, raw, frames, pieces, recoveryMs, leaks, passed });
      expect(raw, 'frames with the room').to.equal(0);
      expect(ownRaw, 'raw frames by its own count').to.equal(0);
      if (pieces) {
        expect(count.pieceShare, 'share of the room beside the person, in the mean').to.be.at.most(PIECE_LIMITS.mean);
        expect(count.mostPieceShare, 'share of the room beside the person, in the worst frame').to.be.at.most(PIECE_LIMITS.worst);
      }
      if (failure) throw failure;
      expect(frames, 'frames that were looked at').to.be.above(0);
      expect(leaks, 'workers and live tracks that were left').to.equal(0);
    });
  });
}

/**
 * The same for a fault that the page's own code answers, or code that both hosts run alike (see {@link ONE_HOST}): in
 * Chromium in the worker, and in Firefox in the window, so that each host has met it.
 */
export function runFaultOnOneHost(fault: FaultCase): void {
  runFault({ hosts: ONE_HOST, ...fault });
}

export const codes = (errors: readonly { code: string }[]): string[] => errors.map(({ code }) => code);

/** To those who are there, and to a viewer who joins after that. */
export async function showsBackgroundAlone(stage: Stage): Promise<void> {
  await stage.state('interrupted');
  const [viewer, late] = [new RawFrameDetector({ background: BACKGROUND }), new RawFrameDetector({ background: BACKGROUND })];
  const track = trackOf(stage.element.stream);
  viewer.watch(track);
  await waitFor('the background alone', () => viewer.last && viewer.showsBackground(viewer.last));
  late.watch(track);
  const seen = await waitFor('a picture for a late viewer', () => late.last);
  expect(late.showsBackground(seen), 'to a late viewer').to.equal(true);
  for (const detector of [viewer, late]) detector.stop();
}

/** Shares of the picture in percent, as the table gives them. */
export interface Pieces {
  mean: number;
  worst: number;
}

const inPercent = (share: number): number => Math.round(100_000 * share) / 1000;

export const piecesOf = ({ pieceShare, mostPieceShare }: Pick<RawFrameCount, 'pieceShare' | 'mostPieceShare'>): Pieces =>
  ({ mean: inPercent(pieceShare), worst: inPercent(mostPieceShare) });

export interface FaultResult {
  name: string;
  browser: 'Chromium' | 'Firefox';
  host: string;
  injected: string;
  expected: string;
  raw: number;
  frames: number;
  /** Of the room beside the person; null where the background is the room itself, blurred. */
  pieces: Pieces | null;
  /** Null: nothing to come back. */
  recoveryMs: number | null;
  leaks: number;
  /** Whether every assertion held. */
  passed: boolean;
}

export async function noteResult(row: FaultResult): Promise<void> {
  await fetch('/__faults/result', { method: 'POST', body: JSON.stringify(row) });
}

/** @returns time of the recovery, milliseconds; null where nothing has to come back */
async function play(fault: FaultCase, stage: FaultStage): Promise<number | null> {
  const { element, detector } = stage;
  stage.faultMs = now();
  if (fault.atStart) await fault.atStart(stage);
  else {
    await element.start();
    if (fault.showsRoomBefore) await waitFor('the room', () => element.stats.rawFrames > 0);
    else await stage.nextFrame('the person', (reading) => detector.showsPerson(reading));
    stage.faultMs = now();
    await fault.inject?.(stage);
    stage.watchFromNow();
  }
  const stream = element.stream;
  await fault.meanwhile?.(stage);
  let recoveryMs: number | null = null;
  if (fault.recovers ?? true) {
    const seen = await stage.nextFrame('the person again', (reading) => detector.showsPerson(reading));
    recoveryMs = Math.round(seen.atMs - stage.faultMs);
    await stage.state('running');
    if (stream) expect(element.stream, 'the same stream').to.equal(stream);
    expect(trackOf(element.stream).readyState).to.equal('live');
  }
  await fault.afterwards?.(stage);
  return recoveryMs;
}

const now = (): number => performance.timeOrigin + performance.now();

class FaultStage implements Stage {
  readonly host: Host;
  readonly backend: Backend;
  readonly room: CodedRoom;
  readonly element: VirtualBackgroundCamera;
  readonly events: Events;
  readonly detector: RawFrameDetector;
  faultMs = 0;
  loads = 0;
  #watches: boolean;
  readonly #workers = new Set<Worker>();
  readonly #tracks = new Set<MediaStreamTrack>();
  readonly #mendGl: () => void;
  readonly #glChannel = new BroadcastChannel('vbc-gl-faults');
  readonly #segmentationChannel = new BroadcastChannel('vbc-segmentation-faults');

  constructor({ properties, room, counts = 'legible', showsRoomBefore = false, lookMs }: FaultCase, { backend, host }: Place) {
    this.host = host;
    this.#watches = !showsRoomBefore;
    this.#mendGl = installGlFaults(HTMLCanvasElement.prototype);
    this.#replaceWorkers();
    hurryLooks(lookMs ?? (backend === 'webgl' ? LOOK_MS : FAST_LOOK_MS));
    this.backend = backend;
    this.room = new CodedRoom(room);
    this.detector = new RawFrameDetector({ background: BACKGROUND, counts });
    this.element = createElement({ host, backend, modelCache: 'none', background: `rgb(${BACKGROUND.join(' ')})`, source: this.room.stream, ...properties });
    this.events = withoutLoad(recordEvents(this.element));
    // The preview shows all that is drawn from the start on; what is handed out is a clone of its track.
    this.element.addEventListener('vbc-state-change', () => void this.#watchPreview());
    this.element.addEventListener('vbc-stream-change', ({ detail }) => this.#watch(detail.stream));
  }

  orderGl(order: GlOrder): void {
    if (this.host === 'window') orderGl(order);
    else this.#glChannel.postMessage(order);
  }

  orderSegmentation(order: SegmentationOrder): void {
    this.#segmentationChannel.postMessage(order);
  }

  /** As a viewer who joins now. Does nothing where all was watched from the start. */
  watchFromNow(): void {
    if (this.#watches) return;
    this.#watches = true;
    this.#watch(this.element.stream);
  }

  async nextFrame(what: string, takes: (reading: FrameReading) => boolean): Promise<FrameReading> {
    let from = this.detector.readings.length;
    return waitFor(`a frame with ${what}, not state '${this.element.state}'`, () => {
      const found = this.detector.readings.slice(from).find(takes);
      from = this.detector.readings.length;
      return found;
    });
  }

  async curtain(): Promise<FrameReading> {
    const last = this.detector.readings.at(-1);
    // The curtain may be down already, and Firefox reports a picture that does not change only once.
    if (last && this.detector.showsBackground(last)) return last;
    return this.nextFrame('the curtain', (reading) => this.detector.showsBackground(reading));
  }

  behind(colour: Rgb): Promise<FrameReading> {
    return this.nextFrame(`rgb(${colour.join(' ')}) behind the person`, (reading) => this.detector.hasBehind(reading, colour));
  }

  async staysBehind(colour: Rgb): Promise<void> {
    const from = this.detector.readings.length;
    await this.behind(colour);
    // The preview and the stream are looked at side by side, and one may be later: all that came in the last seconds.
    const since = (): TrackReading[] => this.detector.readings.slice(from);
    const isOnAll = (): boolean => {
      const tracks = new Set(since().map(({ track }) => track));
      return [...tracks].every((number) => since().some((reading) => reading.track === number && this.detector.hasBehind(reading, colour)));
    };
    await this.frames(6);
    await waitFor(`rgb(${colour.join(' ')}) on every track`, isOnAll);
    const later = await this.frames(12);
    expect(later.filter((reading) => !this.detector.hasBehind(reading, colour)), `frames without rgb(${colour.join(' ')})`).to.deep.equal([]);
  }

  async frames(count: number): Promise<FrameReading[]> {
    const from = this.detector.readings.length;
    await waitFor(`${count} frames`, () => this.detector.readings.length >= from + count);
    return this.detector.readings.slice(from);
  }

  state(state: string): Promise<unknown> {
    return waitFor(`the state '${state}'`, () => this.element.state === state);
  }

  /** Stops the element and tells what it left behind. */
  async countLeaks(): Promise<number> {
    this.element.stop();
    const count = (): number => this.#workers.size + [...this.#tracks].filter(({ readyState }) => readyState === 'live').length;
    const end = performance.now() + END_MS;
    while (count() > 0 && performance.now() < end) await nextTask(10);
    return count();
  }

  clear(): void {
    this.detector.stop();
    cleanUp();
    this.room.stop();
    this.#mendGl();
    this.#glChannel.close();
    this.#segmentationChannel.close();
  }

  async #watchPreview(): Promise<void> {
    await this.element.updateComplete;
    if (!this.element.stream) this.#watch(previewOf(this.element).srcObject as MediaStream | null);
  }

  #watch(stream: MediaStream | null): void {
    const track = stream?.getVideoTracks()[0];
    if (!track || !this.#watches || this.#tracks.has(track)) return;
    this.#tracks.add(track);
    this.detector.watch(track);
  }

  /** The package's workers, in which faults can be had, and the count of those that live. */
  #replaceWorkers(): void {
    const workers = this.#workers;
    const countLoad = (): number => (this.loads += 1);
    class FaultyWorker extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        const isOurs = options?.name !== undefined && FAULTY_WORKERS.has(options.name);
        super(isOurs ? new URL(`./${options.name}-fault.worker.ts`, import.meta.url) : url, options);
        if (options?.name !== 'raw-frame-detector') workers.add(this);
        // What a worker throws here is meant.
        this.addEventListener('error', (event) => event.preventDefault());
        this.addEventListener('message', ({ data }) => data?.type === 'loaded' && countLoad());
      }

      override terminate(): void {
        workers.delete(this);
        super.terminate();
      }
    }
    replace(globalThis, 'Worker', FaultyWorker);
  }
}

/** That the machine is too slow for the quality is no part of any case. */
function withoutLoad(events: Events): Events {
  const { states, streams, errors } = events;
  return {
    states,
    streams,
    errors,
    get warnings() {
      return events.warnings.filter(({ code }) => code !== 'overloaded');
    },
  };
}

/** {@link cleanUp} takes it back. */
function hurryLooks(lookMs: number): void {
  const original = setInterval;
  replace(globalThis, 'setInterval', (handler: TimerHandler, ms?: number, ...rest: unknown[]) => original(handler, ms === LOOK_MS ? lookMs : ms, ...rest));
}
