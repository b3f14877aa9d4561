import { expect } from 'chai';
import { TRANSITIONS } from '../../src/engine/state';
import type { VirtualBackgroundCamera } from '../../src/define';
import type { EngineState } from '../../src/types';
import { hearDispatched } from '../../src/output/track-end';
import type { Place } from '../helpers/backends';
import { createElement, recordEvents, sampleStream, trackOf, type Events, type HOSTS } from '../helpers/element';
import { fakeCamera, replace, spyOnWorkers } from '../helpers/spies';
import { nextTask, waitFor } from '../helpers/wait';
import { CodedRoom, RawFrameDetector } from '../support/raw-frame-detector';
import type { GlOrder } from '../faults/gl-faults';
import { Uncaught } from './fuzzing';

const DETECTOR = 'raw-frame-detector';
const ROOM = { width: 320, height: 180, frameRate: 15 };
const LOOK_FRAMES = 5;
const LOOK_MS = 1000;
/** Until a lost context was given back, or the order for it came. */
const GL_ORDER_MS = 30;

/** What ought to be, as far as it follows from the commands alone. */
export interface Model {
  host: (typeof HOSTS)[number];
  /** Somebody asked for it to run, and it may. What it is then hangs on cameras and models that take their time. */
  started: boolean;
  /** Whether the room may be seen at all since the last start. */
  wasOpen: boolean;
  background: string;
  inPage: boolean;
  hidden: boolean;
}

/** Where the element and its network run. */
export const SOURCES = ['camera', 'sample', 'small', 'still', 'ended', 'silent', 'missing'] as const;
export type SourceName = (typeof SOURCES)[number];

/** The real element, and all that it was seen to do. */
export class Subject {
  readonly element: VirtualBackgroundCamera;
  readonly events: Events;
  readonly workers: { live: Map<Worker, string> };
  readonly cameraTracks: MediaStreamTrack[] = [];
  readonly contexts: WebGL2RenderingContext[] = [];
  /** Every promise of `start()`; each has to settle. */
  readonly starts: Promise<unknown>[] = [];
  readonly #rooms: CodedRoom[] = [];
  readonly #glChannel = new BroadcastChannel('vbc-gl-faults');
  readonly #uncaught = new Uncaught();
  #detector: RawFrameDetector | null = null;
  #searchedFrames = 0;
  readonly #parent = document.body;
  #settled = 0;
  #stream: MediaStream | null = null;
  #known: MediaStreamTrack[] = [];
  #judged = 0;
  #hidden = false;

  constructor({ host, backend }: Place) {
    this.workers = spyOnWorkers();
    breakableEngines();
    fakeCamera(async () => {
      await nextTask(5);
      const { track } = this.#openRoom();
      // Constraints of each start go to the camera; a canvas takes none in Firefox.
      if (!('width' in track.getCapabilities())) track.applyConstraints = () => Promise.resolve();
      this.cameraTracks.push(hearDispatched(track));
      return new MediaStream([track]);
    });
    this.#spyOnContexts();
    for (const [name, value] of [['hidden', () => this.#hidden], ['visibilityState', () => (this.#hidden ? 'hidden' : 'visible')]] as const) {
      replace(document, name, undefined);
      Object.defineProperty(document, name, { configurable: true, get: value });
    }
    this.element = createElement({ host, backend, source: 'camera', width: 320, height: 180 });
    this.events = recordEvents(this.element);
  }

  /** @param isOpen whether the room may be seen: then nobody looks for it until the next run */
  start(isOpen: boolean): void {
    if (!this.runs) {
      this.#unwatch();
      // What is blurred is meant to be seen.
      this.#detector = isOpen ? null : new RawFrameDetector({ counts: 'sharp' });
    }
    const start = this.element.start();
    this.starts.push(start);
    const settle = (): void => void (this.#settled += 1);
    start.then(settle, settle);
  }

  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    document.dispatchEvent(new Event('visibilitychange'));
  }

  setSource(name: SourceName): void {
    const sources: Record<SourceName, () => VirtualBackgroundCamera['source']> = {
      camera: () => 'camera',
      sample: () => this.#openRoom().stream,
      small: () => sampleStream({ width: 96, height: 160 }),
      still: () => document.createElement('canvas').captureStream(0),
      ended: () => {
        const stream = sampleStream();
        trackOf(stream).stop();
        return stream;
      },
      silent: () => new MediaStream(),
      missing: () => '/missing.webm',
    };
    this.element.source = sources[name]();
  }

  setInPage(inPage: boolean): void {
    if (inPage) this.#parent.append(this.element);
    else this.element.remove();
  }

  /** Takes the GPU context away and gives it back. */
  async loseContext(host: Model['host'], ms: number): Promise<void> {
    if (host === 'worker') {
      const order = async (what: GlOrder): Promise<void> => {
        this.#glChannel.postMessage(what);
        await nextTask(GL_ORDER_MS);
      };
      await order('lose');
      await nextTask(ms);
      return order('restore');
    }
    const context = this.contexts.at(-1);
    const extension = context?.getExtension('WEBGL_lose_context');
    if (!extension || context?.isContextLost()) return;
    extension.loseContext();
    await nextTask(ms);
    extension.restoreContext();
  }

  /** A start begins nothing new then. */
  get runs(): boolean {
    return this.element.state !== 'idle' && this.element.state !== 'failed';
  }

  /** For some pictures more, or for so long where there are none. */
  async look(patienceMs = LOOK_MS): Promise<void> {
    const from = this.searchedFrames;
    const end = performance.now() + patienceMs;
    while (this.#detector && this.searchedFrames < from + LOOK_FRAMES && performance.now() < end) await nextTask(20);
  }

  /** Frames that were searched for the room, in all runs. */
  get searchedFrames(): number {
    return this.#searchedFrames + (this.#detector?.readings.length ?? 0);
  }

  /** What has to hold at every moment. */
  check(model: Model): void {
    const { element, events } = this;
    expect(this.#uncaught.errors, 'nobody caught').to.deep.equal([]);
    expect(events.errors.filter(({ code }) => code === 'internal').map(({ message }) => message), 'internal errors').to.deep.equal([]);
    this.#checkTransitions();
    this.#checkStream();
    if (model.wasOpen) {
      this.#unwatch();
    } else {
      expect(element.stats.rawFrames, 'frames of the open room').to.equal(0);
      if (this.#detector) expect(this.#detector.count(), 'decoded frames').to.include({ raw: 0 });
    }
    if (!model.started) expect(['idle', 'failed']).to.include(element.state);
    if (element.state === 'idle' || element.state === 'failed') this.#checkNothingLives();
  }

  /** Whatever was done to it: in a page that is shown, with a camera, it runs again. */
  async revive({ inPage, wasOpen }: Model): Promise<void> {
    this.setHidden(false);
    if (!inPage) this.setInPage(true);
    const { element } = this;
    Object.assign(element, { background: 'red', model: 'selfie', deviceId: null, width: 320, height: 180, frameRate: 30, debug: null });
    this.setSource('camera');
    await element.updateComplete;
    this.start(wasOpen);
    const states = (): string => this.events.states.slice(-8).join(' → ');
    await waitFor('running', () => element.state === 'running').catch(() => expect.fail(`It does not run any more: ${states()}`));
    const { outputFrames } = element.stats;
    await waitFor('frames', () => element.stats.outputFrames > outputFrames).catch(() => expect.fail(`It runs without frames: ${states()}`));
  }

  /** Stops for good, and waits for what has to come. */
  async end(): Promise<void> {
    this.element.stop();
    expect(this.element.state).to.equal('idle');
    await waitFor('every start() to settle', () => this.#settled === this.starts.length);
    await waitFor('the end of every camera track', () => this.cameraTracks.every(({ readyState }) => readyState === 'ended'));
    this.#checkTransitions();
    this.#checkNothingLives();
    expect(this.#uncaught.errors, 'nobody caught').to.deep.equal([]);
    this.setHidden(false);
  }

  /** Whatever came of it. */
  release(): void {
    this.#unwatch();
    for (const room of this.#rooms) room.stop();
    this.#glChannel.close();
    this.#uncaught.stop();
  }

  #checkTransitions(): void {
    for (; this.#judged < this.events.states.length; this.#judged += 1) {
      const from = (this.events.states[this.#judged - 1] ?? 'idle') as EngineState;
      const to = this.events.states[this.#judged] as EngineState;
      expect(TRANSITIONS[from], `${from} → ${to}`).to.include(to);
    }
    expect(this.events.states.at(-1) ?? 'idle').to.equal(this.element.state);
  }

  /** One stream of one track from running to the end; another run, another stream. */
  #checkStream(): void {
    const { state, stream } = this.element;
    const goesOut = state === 'running' || state === 'interrupted';
    expect(stream !== null, `a stream while ${state}`).to.equal(goesOut);
    if (stream) {
      if (stream !== this.#stream) {
        this.#stream = stream;
        this.#known = stream.getTracks();
        this.#detector?.watch(trackOf(stream));
      }
      expect(stream.getTracks()).to.have.lengthOf(1);
      const track = trackOf(stream);
      expect(track).to.include({ kind: 'video', readyState: 'live' });
      // Only what its holder stopped may be replaced.
      if (!this.#known.includes(track)) expect(this.#known.every(({ readyState }) => readyState === 'ended'), 'the track before was stopped').to.equal(true);
      this.#known.push(track);
    }
  }

  #checkNothingLives(): void {
    expect([...this.workers.live.values()].filter((name) => name !== DETECTOR), 'workers').to.deep.equal([]);
    expect(this.#known.map(({ readyState }) => readyState).filter((readyState) => readyState !== 'ended'), 'tracks that go out').to.deep.equal([]);
  }

  #unwatch(): void {
    this.#searchedFrames = this.searchedFrames;
    this.#detector?.stop();
    this.#detector = null;
  }

  #openRoom(): CodedRoom {
    const room = new CodedRoom(ROOM);
    this.#rooms.push(room);
    return room;
  }

  #spyOnContexts(): void {
    const original = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, ...args: unknown[]) => unknown;
    const { contexts } = this;
    replace(HTMLCanvasElement.prototype, 'getContext', function getContext(this: HTMLCanvasElement, ...args: unknown[]) {
      const context = original.apply(this, args);
      if (context instanceof WebGL2RenderingContext && !contexts.includes(context) && context.canvas.width > 1) contexts.push(context);
      return context;
    });
  }
}

/** From now on, engines in workers whose GPU contexts take orders. */
function breakableEngines(): void {
  class BreakableWorker extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      const isEngine = options?.name === 'engine' || options?.name === 'engine-gl';
      super(isEngine ? new URL(`../faults/${options?.name}-fault.worker.ts`, import.meta.url) : url, options);
    }
  }
  replace(globalThis, 'Worker', BreakableWorker);
}
