import { supportsFrameStreams } from '../../output/output-track';
import type { HostSetting } from '../../types';
import type { HostOptions, PipelineHost } from './host';
import { WindowHost } from './window-host';
import { WorkerHost } from './worker-host';

/**
 * The best host that this browser and page allow.
 *
 * @throws VirtualBackgroundError `webgl2-unavailable`, `shader-failed`, `output-unsupported`
 */
export function createHost(setting: HostSetting, options: HostOptions): PipelineHost {
  if (setting !== 'window' && supportsFrameStreams()) {
    try {
      return new WorkerHost(options);
    } catch (error) {
      // A script from another origin, or one that Trusted Types forbid, can't be a worker; the page's thread can do the same work.
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    }
  }
  return new WindowHost(options);
}
