import { VirtualBackgroundError, toVirtualBackgroundError } from '../../errors';
import type { ScenePainter } from '../../scenes/scene-painter';
import { SCENES, type SceneName, type Size } from '../../types';

const PREFIX = 'scene:';
/** Larger than what usually goes out, so that it looks sharp also after `background-fit` cut it. */
export const SCENE_SIZE: Size = { width: 1920, height: 1080 };
const MAX_SIDE = 4096;

/**
 * The name in `scene:<name>`; null for text of another kind.
 *
 * @throws VirtualBackgroundError `attribute-invalid`
 */
export function parseScene(text: string): SceneName | null {
  if (!text.startsWith(PREFIX)) return null;
  const name = SCENES.find((scene) => scene === text.slice(PREFIX.length).trim());
  if (name) return name;
  throw new VirtualBackgroundError('attribute-invalid', `background scene:<name> must have one of the names ${SCENES.join(', ')}; got '${text}'`);
}

/**
 * A built-in scene as a JPEG, painted in a worker where the browser can; the code that paints is loaded at the
 * first call.
 *
 * @param size width and height in pixels, 1 to 4096; other proportions than 16:9 cut the scene evenly
 * @throws VirtualBackgroundError `attribute-invalid`, `background-load-failed`; the signal's reason
 */
export async function paintScene(name: SceneName, { width, height }: Size = SCENE_SIZE, signal?: AbortSignal): Promise<Blob> {
  parseScene(PREFIX + name);
  if (![width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE)) {
    throw new VirtualBackgroundError('attribute-invalid', `The size of a scene must be whole pixels from 1 to ${MAX_SIDE}; got ${width} × ${height}`);
  }
  let painter: ScenePainter;
  try {
    painter = (await import('../../scenes/scene-painter')).sharedScenePainter();
  } catch (error) {
    throw toVirtualBackgroundError(error, 'background-load-failed', `background scene:${name} could not be loaded`);
  }
  return painter.paint({ name, width, height }, signal);
}
