import { VirtualBackgroundError } from '../errors';
import { probeRenderer, type Renderer } from '../gl/renderer';
import { checkCanvasRead } from '../output/canvas-check';
import { mayDrawInWorker } from '../pipeline/hosts/create-host';
import type { BackgroundInput } from '../types';
import { parseBackground } from './background/background';
import { BackendMemory } from './model/backend-memory';
import { firstModel, mayShareContext } from './model/model-slot';
import type { EngineSettings } from './settings';

/** Where a run draws and finds the person, as far as that is known before anything is opened. */
export interface Place {
  /** Null without WebGL2. */
  renderer: Renderer | null;
  memory: BackendMemory;
  /** Whether networks may run in the pipeline's own GPU context. */
  sharesContext: boolean;
  /** Whether a worker is to draw. */
  drawsInWorker: boolean;
}

/**
 * A camera is not opened just to fail: what is missing is said before.
 *
 * @throws VirtualBackgroundError `webgl2-unavailable` for all backgrounds but `none`, `canvas-read-blocked`
 */
export function findPlace(settings: EngineSettings): Place {
  const renderer = probeRenderer(settings.powerPreference);
  if (!renderer) requireRoom(settings.background);
  const drawsInWorker = renderer !== null && mayDrawInWorker(settings.host);
  if (!drawsInWorker) checkCanvasRead();
  const memory = new BackendMemory(renderer?.name ?? '');
  const sharesContext = renderer !== null && mayShareContext({ backend: settings.backend, model: firstModel(settings) }, renderer, memory);
  return { renderer, memory, sharesContext, drawsInWorker };
}

/**
 * Without WebGL2 the room can be shown, and nothing else.
 *
 * @throws VirtualBackgroundError `webgl2-unavailable`
 */
export function requireRoom(background: BackgroundInput): void {
  if (parseBackground(background)?.kind === 'none') return;
  const message = 'WebGL2 is not available: update the browser, or turn hardware acceleration on in its settings; without it background must be none';
  throw new VirtualBackgroundError('webgl2-unavailable', message);
}
