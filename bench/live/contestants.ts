import type { Running } from '../page';
import { startFloor } from '../floor';
import { openCamera } from './camera-frames';
import type { Clip } from './clip';
import { startTasksVision } from './tasks-vision';

/** One that cuts people out live; see methods.mjs. */
export type Contestant =
  /** The built element. */
  | { kind: 'ours'; model: string; quality: string; backend: string; host: string; attributes: Record<string, string> }
  | { kind: 'tasks-vision' }
  | { kind: '2020'; backend: 'webgl' | 'wasm' }
  /** No virtual background at all: what the way through a page costs, and what showing everything scores. */
  | { kind: 'floor' };

const MODEL_FOLDER = '/shared/models/bodypix/';

/** Starts a contestant on the camera, before the clip's flat colour; resolves when pictures come out. */
export async function startContestant(contestant: Contestant, clip: Clip): Promise<Running> {
  const background = `rgb(${clip.background.join(' ')})`;
  if (contestant.kind === 'ours') return startElement(contestant, clip, background);
  const camera = await openCamera(clip);
  if (contestant.kind === 'tasks-vision') return startTasksVision(camera, clip);
  if (contestant.kind === 'floor') return startFloor(camera, { ...clip, contestant });
  // Loaded for itself alone: TensorFlow.js is no part of what the others are.
  const { startMethod2020 } = await import('../method-2020');
  const modelUrl = `${MODEL_FOLDER}mobilenet/quant2/050/model-stride16.json`;
  return startMethod2020(camera, clip as never, { kind: 'method-2020', backend: contestant.backend, modelUrl, wasmPaths: '/tfjs-wasm/', background });
}

/** What the script needs of the element, as its documentation has it. */
interface CameraElement extends HTMLElement {
  readonly stats: unknown;
  start(): Promise<MediaStream>;
  stop(): void;
}

async function startElement({ model, quality, backend, host, attributes }: Extract<Contestant, { kind: 'ours' }>, { width, height }: Clip, background: string): Promise<Running> {
  const script = '/dist/virtual-background-camera.js';
  await import(script);
  const element = document.createElement('virtual-background-camera') as CameraElement;
  const all = {
    source: 'camera', width, height, background, model, quality, backend, host,
    'model-url': MODEL_FOLDER, 'model-fallback': 'none',
    // Light of the new background on the person's rim is no alpha, and would count as an error of it.
    'light-wrap': 0,
    ...attributes,
  };
  for (const [name, value] of Object.entries(all)) element.setAttribute(name, String(value));
  for (const event of ['vbc-error', 'vbc-warning']) {
    element.addEventListener(event, (told) => {
      const { code, message } = (told as CustomEvent<{ code: string; message: string }>).detail;
      console.warn(`${event} ${code}: ${message}`);
    });
  }
  // The others show no preview on the page either.
  element.style.display = 'none';
  document.body.append(element);
  return { stream: await element.start(), stop: () => element.stop(), stats: () => element.stats as never };
}
