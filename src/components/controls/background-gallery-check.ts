import { loadBackground, parseBackground } from '../../engine/background/background';
import { SCENE_SIZE, paintScene, parseScene } from '../../engine/background/background-scene';
import type { BackgroundInput } from '../../types';

/**
 * Loads a background to see whether it can be had, and lets it go: what the camera shows changes only for one that can.
 * Also where the camera is off, and would tell of a broken picture only at the next start.
 *
 * @throws VirtualBackgroundError `attribute-invalid`, `background-load-failed`, `background-cross-origin`; the
 *   signal's reason
 */
export async function checkBackground(value: BackgroundInput, signal: AbortSignal): Promise<void> {
  if (parseBackground(value)) return;
  const scene = typeof value === 'string' ? parseScene(value.trim()) : null;
  if (scene) {
    // The painter keeps it for the camera.
    await paintScene(scene, SCENE_SIZE, signal);
    return;
  }
  const { bitmap, release } = await loadBackground(value, signal);
  bitmap?.close();
  release();
}
