import { VirtualBackgroundError } from '../errors';
import { probeRenderer, type Renderer } from '../gl/renderer';
import { mayDrawInWorker } from '../pipeline/hosts/create-host';
import { BackendMemory } from './model/backend-memory';
import { mayShareContext } from './model/model-slot';
import type { EngineSettings } from './settings';

/** Where a run draws and finds the person, as far as that is known before anything is opened. */
export interface Place {
  renderer: Renderer;
  memory: BackendMemory;
  /** Whether networks may run in the pipeline's own GPU context. */
  sharesContext: boolean;
  /** Whether a worker is to draw. */
  drawsInWorker: boolean;
}

/** @throws VirtualBackgroundError `webgl2-unavailable`: a camera is not opened just to fail */
export function findPlace(settings: EngineSettings): Place {
  const renderer = probeRenderer(settings.powerPreference);
  if (!renderer) throw new VirtualBackgroundError('webgl2-unavailable', 'WebGL2 is not available: update the browser, or turn hardware acceleration on in its settings');
  const memory = new BackendMemory(renderer.name);
  return { renderer, memory, sharesContext: mayShareContext(settings, renderer, memory), drawsInWorker: mayDrawInWorker(settings.host) };
}
