import type { EngineState, ModelProgress, SourceInput } from '../types';

/** What the status line says, for people. */
export function statusText(state: EngineState, progress: ModelProgress | null, source: SourceInput): string {
  switch (state) {
    case 'idle':
      return 'Camera off';
    case 'opening':
      return source === 'camera' ? 'Waiting for the camera: allow it if the browser asks' : source === 'screen' ? 'Waiting for a window or screen to share' : 'Opening the video';
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
