/**
 * The single-file build: in a page it registers the tag; started as one of the package's workers (the same
 * file, under the worker's name) it takes that worker's part.
 */
import { useSingleFileWorkers, type WorkerName } from './open-worker';
import { installTickerWorker } from './capture/install-ticker';
import { installEngineGlWorker } from './pipeline/hosts/install-gl-worker';
import { installEngineWorker } from './pipeline/hosts/install-worker';
import { installSceneWorker } from './scenes/install-worker';
import { installSegmentationWorker } from './segmentation/install-worker';

const WORKERS: Record<WorkerName, (scope: typeof globalThis) => void> = {
  engine: installEngineWorker,
  'engine-gl': installEngineGlWorker,
  segmentation: installSegmentationWorker,
  ticker: installTickerWorker,
  scene: installSceneWorker,
};

if (typeof document === 'undefined') {
  WORKERS[self.name as WorkerName](self);
} else {
  useSingleFileWorkers(import.meta.url);
  await import('./define');
}
