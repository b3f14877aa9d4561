import { TextureSegmenter } from '../../segmentation/texture-segmenter';
import { installEngineWorker } from './install-worker';

/** The engine worker with TensorFlow.js, for networks in the pipeline's own GPU context. */
export function installEngineGlWorker(scope: typeof globalThis): void {
  installEngineWorker(scope, (gl) => Promise.resolve(new TextureSegmenter(gl)));
}
