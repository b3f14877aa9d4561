import { ContextRuntime } from '../../segmentation/context-runtime';
import { NetworkService } from '../../segmentation/network-service';
import { installEngineWorker } from './install-worker';

/** The engine worker with TensorFlow.js, for networks in the pipeline's own GPU context. */
export function installEngineGlWorker(scope: typeof globalThis): void {
  installEngineWorker(scope, (gl, reply) => Promise.resolve(new NetworkService(reply, new ContextRuntime(gl))));
}
