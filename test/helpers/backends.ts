import { supportsFrameStreams } from '../../src/output/output-track';
import { HOSTS } from './element';

/**
 * The places where the networks run, and with them the two ways of a mask: `wasm` in a worker on the processor, `webgl`
 * in the compositor's own GPU context. What a test asserts of one has to hold for the other; tests that a list of
 * these goes through run the same lines for both. Without a GPU the second one is slow: the selfie network is enough.
 */
export const BACKENDS = ['wasm', 'webgl'] as const;

export type Backend = (typeof BACKENDS)[number];
export type Host = (typeof HOSTS)[number];

export interface Place {
  backend: Backend;
  host: Host;
}

/** The networks in the compositor's own GPU context alone. */
export const SHARED_CONTEXT: readonly Backend[] = ['webgl'];

/**
 * On each host for each backend, but for the shared context: that is the pipeline's own code, the same on both hosts,
 * and tested on the worker host where there is one and, in browsers that have none, on the window.
 */
export function placesOf(backends: readonly Backend[] = BACKENDS, hosts: readonly Host[] = HOSTS): Place[] {
  const slowHosts = hosts.filter((host) => hosts.length === 1 || (host === 'worker') === supportsFrameStreams());
  return backends.flatMap((backend) => (backend === 'wasm' ? hosts : slowHosts).map((host) => ({ backend, host })));
}
