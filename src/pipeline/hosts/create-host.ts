import type { VirtualBackgroundError } from '../../errors';
import { explainRefusal, openWorker } from '../../open-worker';
import { supportsFrameStreams } from '../../output/output-track';
import type { HostSetting } from '../../types';
import type { HostOptions, PipelineHost } from './host';
import { WindowHost } from './window-host';
import { WorkerHost } from './worker-host';

/** Whether this browser and the page's settings let a worker draw. */
export function wantsWorker(setting: HostSetting): boolean {
  return setting !== 'window' && supportsFrameStreams();
}

export interface OpenHostWorkerOptions {
  /** Whether networks shall run in the pipeline's own GPU context. */
  sharesContext: boolean;
  /** Ends the wait. */
  signal: AbortSignal;
  /** The worker is refused, and the package's files are the reason. */
  onWarning(warning: VirtualBackgroundError): void;
}

/**
 * The worker that draws. Where it is refused, the page's thread can do the same work.
 *
 * @returns null where it is refused
 * @throws the signal's reason
 */
export async function openHostWorker({ sharesContext, signal, onWarning }: OpenHostWorkerOptions): Promise<Worker | null> {
  const name = sharesContext ? 'engine-gl' : 'engine';
  try {
    return await openWorker(name, signal);
  } catch (reason) {
    signal.throwIfAborted();
    void explainRefusal(name, reason).then((warning) => warning && onWarning(warning));
    return null;
  }
}

/**
 * @param worker null: the page's thread draws. The host takes ownership
 * @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed`, `output-unsupported`
 */
export function createHost(worker: Worker | null, options: HostOptions): PipelineHost {
  return worker ? new WorkerHost(worker, options) : new WindowHost(options);
}
