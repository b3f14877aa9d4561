import { announceWorker } from '../open-worker';
import type { SceneAnswer, SceneOrder } from './messages';
import { paintSceneFile } from './painters';

/** Makes a worker's global scope paint what it is asked for. */
export function installSceneWorker(scope: typeof globalThis): void {
  const answer = (message: SceneAnswer): void => scope.postMessage(message);
  scope.addEventListener('message', ({ data: { name, ...size } }: MessageEvent<SceneOrder>) => {
    paintSceneFile(name, size).then(
      (picture) => answer({ type: 'picture', picture }),
      (error: unknown) => answer({ type: 'failure', message: String(error) }),
    );
  });
  announceWorker(scope);
}
