import type { EngineState, ModelProgress } from '../types';

/** What the status line says, for people. */
export function statusText(state: EngineState, progress: ModelProgress | null): string {
  switch (state) {
    case 'idle':
      return 'Camera off';
    case 'opening':
      return 'Waiting for the camera: allow it if the browser asks';
    case 'loading':
      return progress && progress.fraction < 1 ? `Loading the model: ${Math.round(progress.fraction * 100)} %` : 'Preparing the virtual background';
    case 'running':
      return 'Running';
    case 'interrupted':
      return 'Picture hidden until the person is found again';
    case 'failed':
      return 'Stopped';
  }
}
