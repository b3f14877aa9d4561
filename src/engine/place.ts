import { probeRenderer, type Renderer } from '../gl/renderer';
import { VirtualBackgroundError } from '../errors';
import { NO_WEBGL2 } from '../pipeline/plain-pipeline';
import type { BackgroundInput } from '../types';
import { wantsWorker } from '../pipeline/hosts/create-host';
import { BackendMemory } from './model/backend-memory';
import { mayShareContext } from './model/model-slot';
import type { EngineSettings } from './settings';

/** Where a run draws and infers: decided before anything is opened. */
export interface Place {
  /** Null without WebGL2. */
  renderer: Renderer | null;
  memory: BackendMemory;
  /** Whether networks shall run in the pipeline's own GPU context. */
  sharesContext: boolean;
  /** Whether a worker is to be asked for. */
  wantsWorker: boolean;
}

/**
 * @throws VirtualBackgroundError `webgl2-unavailable` where it is missing, unless the room is to be shown: a camera is not
 *   opened just to fail
 */
export function findPlace(settings: EngineSettings): Place {
  const renderer = probeRenderer(settings.powerPreference);
  if (!renderer && !isRoomWanted(settings.background)) throw new VirtualBackgroundError('webgl2-unavailable', NO_WEBGL2);
  const memory = new BackendMemory(renderer?.name ?? '');
  return { renderer, memory, sharesContext: mayShareContext(settings, renderer, memory), wantsWorker: renderer !== null && wantsWorker(settings.host) };
}

/** Whether nobody is to be cut out. */
export const isRoomWanted = (background: BackgroundInput): boolean => typeof background === 'string' && background.trim() === 'none';
