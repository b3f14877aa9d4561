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

/** For what is the same code on both hosts: the worker where there is one; in browsers that have none, the window. */
export const ONE_HOST: readonly Host[] = [supportsFrameStreams() ? 'worker' : 'window'];

/** Each backend on each host; the shared context on {@link ONE_HOST}, where the hosts are not chosen. */
export function placesOf(backends: readonly Backend[] = BACKENDS, hosts?: readonly Host[]): Place[] {
  return backends.flatMap((backend) => (hosts ?? (backend === 'wasm' ? HOSTS : ONE_HOST)).map((host) => ({ backend, host })));
}
