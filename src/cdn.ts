/**
 * The single-file build: in a page it registers the tag and exports what `index.js` exports; started as one of the
 * package's workers (the same file, under the worker's name) it takes that worker's part.
 */
import type * as Everything from './index';
import { useSingleFileWorkers, type WorkerName } from './open-worker';
import { installTickerWorker } from './capture/install-ticker';
import { installEngineGlWorker } from './pipeline/hosts/install-gl-worker';
import { installEngineWorker } from './pipeline/hosts/install-worker';
import { installSceneWorker } from './scenes/install-worker';
import { installSegmentationWorker } from './segmentation/install-worker';

export { VirtualBackground, createVirtualBackground } from './create-virtual-background';
export { paintScene } from './engine/background/background-scene';
export { Engine } from './engine/engine';
export { DEFAULT_SETTINGS } from './engine/settings';
export { VirtualBackgroundError } from './errors';
export * from './types';

const WORKERS: Record<WorkerName, (scope: typeof globalThis) => void> = {
  engine: installEngineWorker,
  'engine-gl': installEngineGlWorker,
  segmentation: installSegmentationWorker,
  ticker: installTickerWorker,
  scene: installSceneWorker,
};

type Elements = typeof Everything;

/** In a worker there are no elements, and Lit does not even load. */
async function loadElements(): Promise<Partial<Elements>> {
  if (typeof document === 'undefined') {
    WORKERS[self.name as WorkerName](self);
    return {};
  }
  useSingleFileWorkers(import.meta.url);
  const [elements] = await Promise.all([import('./index'), import('./define')]);
  return elements;
}

/** Undefined in workers. */
export const {
  BackgroundGallery, CameraControls, CameraProgress, CameraSelect, ControlElement, MirrorButton, QualitySelect, SnapshotButton, SourceSelect, StartButton,
  VirtualBackgroundCamera, loadMessages, messagesFor, setMessages,
} = await loadElements();
