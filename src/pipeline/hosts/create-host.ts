import type { VirtualBackgroundError } from '../../errors';
import { openWorker } from '../../open-worker';
import { supportsFrameStreams } from '../../output/output-track';
import type { HostSetting } from '../../types';
import type { HostOptions, PipelineHost } from './host';
import { WorkerHost } from './worker-host';

/** Whether this browser and the page's settings let a worker draw. */
export function mayDrawInWorker(setting: HostSetting): boolean {
  return setting !== 'window' && supportsFrameStreams();
}

export interface OpenHostOptions extends HostOptions {
  /** Whether a worker is to draw. Where it is refused, the page's thread draws all the same. */
  inWorker: boolean;
  /** Ends the wait. */
  signal: AbortSignal;
  /** The worker was refused because of what the server sends for its script. */
  onWarning(warning: VirtualBackgroundError): void;
}

/**
 * The best host that the browser and the page allow. What draws in the page comes in a script of its own, and only where it
 * is needed.
 *
 * @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed`, `output-unsupported`, `canvas-read-blocked`; the signal's reason
 */
export async function openHost({ inWorker, signal, onWarning, ...options }: OpenHostOptions): Promise<PipelineHost> {
  const name = options.sharesContext ? 'engine-gl' : 'engine';
  const worker = inWorker ? await openWorker(name, { signal, onWarning }) : null;
  try {
    if (worker) return new WorkerHost(worker, options);
  } catch (error) {
    worker?.terminate();
    throw error;
  }
  const { WindowHost } = await import('./window-host');
  signal.throwIfAborted();
  return new WindowHost(options);
}
