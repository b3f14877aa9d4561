import { expect } from 'chai';
import { TRANSITIONS } from '../../src/engine/state';
import type { VirtualBackgroundCamera } from '../../src/define';
import type { EngineState } from '../../src/types';
import { createElement, recordEvents, sampleStream, trackOf, type Events, type HOSTS } from '../helpers/element';
import { fakeCamera, replace, spyOnWorkers } from '../helpers/spies';
import { nextTask, waitFor } from '../helpers/wait';
import { Uncaught } from './fuzzing';

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
  readonly #uncaught = new Uncaught();
  readonly #parent = document.body;
  #settled = 0;
  #stream: MediaStream | null = null;
  #known: MediaStreamTrack[] = [];
  #judged = 0;
  #hidden = false;

  constructor(host: Model['host']) {
    this.workers = spyOnWorkers();
    fakeCamera(async () => {
      await nextTask(5);
      const stream = sampleStream();
      this.cameraTracks.push(...stream.getTracks());
      return stream;
    });
    this.#spyOnContexts();
    for (const [name, value] of [['hidden', () => this.#hidden], ['visibilityState', () => (this.#hidden ? 'hidden' : 'visible')]] as const) {
      replace(document, name, undefined);
      Object.defineProperty(document, name, { configurable: true, get: value });
    }
    this.element = createElement({ host, source: 'camera', width: 320, height: 180 });
    this.events = recordEvents(this.element);
  }

  start(): void {
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
      sample: () => sampleStream({ background: 'code' }),
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

  /** The window host's drawing context, the newest. */
  get context(): WebGL2RenderingContext | null {
    return this.contexts.at(-1) ?? null;
  }

  /** What has to hold at every moment. */
  check(model: Model): void {
    const { element, events } = this;
    expect(this.#uncaught.errors, 'nobody caught').to.deep.equal([]);
    expect(events.errors.filter(({ code }) => code === 'internal').map(({ message }) => message), 'internal errors').to.deep.equal([]);
    this.#checkTransitions();
    this.#checkStream();
    if (!model.wasOpen) expect(element.stats.rawFrames, 'frames of the open room').to.equal(0);
    if (!model.started) expect(['idle', 'failed']).to.include(element.state);
    if (element.state === 'idle' || element.state === 'failed') this.#checkNothingLives();
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
    expect([...this.workers.live.values()], 'workers').to.deep.equal([]);
    expect(this.#known.map(({ readyState }) => readyState).filter((readyState) => readyState !== 'ended'), 'tracks that go out').to.deep.equal([]);
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
