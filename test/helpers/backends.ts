/**
 * The places where the networks run, and with them the two ways of a mask: `wasm` in a worker on the processor, `webgl`
 * in the compositor's own GPU context. What a test asserts of one has to hold for the other; tests that a list of
 * these goes through run the same lines for both. Without a GPU the second one is slow: the selfie network is enough.
 */
export const BACKENDS = ['wasm', 'webgl'] as const;

export type Backend = (typeof BACKENDS)[number];

/** The networks in the compositor's own GPU context alone. */
export const SHARED_CONTEXT: readonly Backend[] = ['webgl'];
