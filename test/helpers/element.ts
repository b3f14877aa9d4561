import { DrawnSample, type DrawnSampleOptions } from '../../demo/drawn-sample';
import type { VirtualBackgroundCamera } from '../../src/define';
import '../../src/define';
import type { VirtualBackgroundError } from '../../src/errors';
import { hearDispatched } from '../../src/output/track-end';
import { describeWithFrameStreams } from './browser';
import { readPicture, type Picture } from './pixels';
import { replace, restoreAll } from './spies';
import { defer, waitFor, type Deferred } from './wait';

/** Small, so that a machine without a GPU runs the tests in seconds. */
export const SIZE = { width: 320, height: 180 };
export const BLUE_BACKGROUND = '#0000ff';
export const HOSTS = ['worker', 'window'] as const;

/** `describe` of what a host does; skipped, with the reason in its title, where the browser has no such host. */
export function describeOn(host: (typeof HOSTS)[number], title: string, tests: () => void): void {
  if (host === 'window') describe(title, tests);
  else describeWithFrameStreams(title, tests);
}

const hasSelfie = (await fetch('/src/assets/selfie-landscape.json', { method: 'HEAD' })).ok;

/** `it` that needs the bundled model. */
export function itWithModel(title: string, test: (this: Mocha.Context) => Promise<void>): void {
  if (hasSelfie) it(title, test);
  else it.skip(`${title} (no src/assets/selfie-landscape.json: run node scripts/build-assets.mjs)`, test);
}

const elements: VirtualBackgroundCamera[] = [];
const samples: DrawnSample[] = [];

/** A moving picture of a drawn person. {@link cleanUp} ends it. */
export function sampleStream(options: DrawnSampleOptions = {}): MediaStream {
  const sample = new DrawnSample({ ...SIZE, background: 'plain', pose: 'still', ...options });
  samples.push(sample);
  const stream = sample.captureStream(20);
  for (const track of stream.getTracks()) {
    // Tests end it by an event of their own.
    hearDispatched(track);
    // It stands for a camera, which takes constraints in every browser; a canvas takes none in Firefox.
    if (!('width' in track.getCapabilities())) track.applyConstraints = () => Promise.resolve();
  }
  return stream;
}

/** An element in the page, on the bundled model and a drawn person unless told otherwise. {@link cleanUp} ends it. */
export function createElement(properties: Partial<VirtualBackgroundCamera> = {}): VirtualBackgroundCamera {
  const element = document.createElement('virtual-background-camera');
  Object.assign(element, { model: 'selfie', modelCache: 'none', backend: 'wasm', background: BLUE_BACKGROUND, quality: 'low', ...properties });
  if (!('source' in properties)) element.source = sampleStream();
  element.style.inlineSize = '320px';
  document.body.append(element);
  elements.push(element);
  return element;
}

/** For `afterEach`. */
export function cleanUp(): void {
  for (const element of elements.splice(0)) {
    element.stop();
    element.remove();
  }
  for (const sample of samples.splice(0)) sample.stop();
  restoreAll();
}

export interface Events {
  states: string[];
  streams: (MediaStream | null)[];
  errors: VirtualBackgroundError[];
  warnings: VirtualBackgroundError[];
}

/** What an element tells, from now on. */
export function recordEvents(element: VirtualBackgroundCamera): Events {
  const events: Events = { states: [], streams: [], errors: [], warnings: [] };
  element.addEventListener('vbc-state-change', ({ detail }) => events.states.push(detail.state));
  element.addEventListener('vbc-stream-change', ({ detail }) => events.streams.push(detail.stream));
  element.addEventListener('vbc-error', ({ detail }) => events.errors.push(detail));
  element.addEventListener('vbc-warning', ({ detail }) => events.warnings.push(detail));
  return events;
}

export function part(element: VirtualBackgroundCamera, name: string): HTMLElement {
  const found = element.shadowRoot?.querySelector<HTMLElement>(`[part=${name}]`);
  if (!found) throw new Error(`No part '${name}'`);
  return found;
}

export const previewOf = (element: VirtualBackgroundCamera): HTMLVideoElement => part(element, 'preview') as HTMLVideoElement;

export const trackOf = (stream: MediaStream | null): MediaStreamTrack => {
  const track = stream?.getTracks()[0];
  if (!track) throw new Error('No track');
  return track;
};

/** Reads each decoded frame of a video element until one is taken. */
export function watchFrames(video: HTMLVideoElement, takes: (picture: Picture) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Waited 30 s for a frame that the test takes')), 30_000);
    const step = (): void => {
      try {
        const size = { width: video.videoWidth, height: video.videoHeight };
        // What is shown may be about to change, and then has no size for a moment.
        if (size.width === 0 || !takes(readPicture(video, size))) {
          video.requestVideoFrameCallback(step);
          return;
        }
        clearTimeout(timer);
        resolve();
      } catch (error) {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    video.requestVideoFrameCallback(step);
  });
}

/** As {@link watchFrames}, for a stream: what a viewer at the other end decodes. */
export async function watchStream(stream: MediaStream, takes: (picture: Picture) => boolean): Promise<void> {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  video.srcObject = stream;
  try {
    await watchFrames(video, takes);
  } finally {
    video.srcObject = null;
  }
}

/** Holds back the bundled model's files until the promise is settled; a rejection makes them fail. */
export function delayModel(): Deferred<void> {
  const release = defer();
  const [NativeWorker, original] = [Worker, fetch];
  // In the page, where the service then runs, `fetch` can be replaced.
  replace(globalThis, 'Worker', function FakeWorker(url: URL, options: WorkerOptions) {
    if (options.name === 'segmentation') throw new DOMException('no', 'SecurityError');
    return new NativeWorker(url, options);
  });
  replace(globalThis, 'fetch', async (...args: Parameters<typeof fetch>) => {
    if (String(args[0] instanceof Request ? args[0].url : args[0]).includes('/selfie-')) await release.promise;
    return original(...args);
  });
  return release;
}

export const waitForState = (element: VirtualBackgroundCamera, state: string): Promise<unknown> =>
  waitFor(`the state '${state}', not '${element.state}'`, () => element.state === state);
