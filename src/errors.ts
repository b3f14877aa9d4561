/** Every code an error or warning of this package can carry. Stable: apps may switch on them. */
export type VirtualBackgroundErrorCode =
  | 'attribute-invalid'
  | 'background-load-failed'
  | 'background-cross-origin'
  | 'camera-denied'
  | 'camera-dismissed'
  | 'camera-system-denied'
  | 'camera-policy'
  | 'camera-not-found'
  | 'camera-in-use'
  | 'camera-constraints'
  | 'camera-replaced'
  | 'screen-denied'
  | 'screen-system-denied'
  | 'screen-policy'
  | 'source-ended'
  | 'source-silent'
  | 'source-load-failed'
  | 'source-unsupported'
  | 'autoplay-refused'
  | 'insecure-context'
  | 'webgl2-unavailable'
  | 'webgl-context-lost'
  | 'shader-failed'
  | 'model-load-failed'
  | 'model-variant-unavailable'
  | 'model-fallback'
  | 'segmentation-failed'
  | 'worker-unavailable'
  | 'overloaded'
  | 'snapshot-unavailable'
  | 'output-unsupported'
  | 'canvas-read-blocked'
  | 'aborted'
  | 'internal';

/**
 * The one error type of this package. `message` names the attribute (or the part) and the rule that was
 * broken and, where there is one, the next step; `cause` holds the browser's own error.
 */
export class VirtualBackgroundError extends Error {
  override readonly name = 'VirtualBackgroundError';
  readonly code: VirtualBackgroundErrorCode;

  constructor(code: VirtualBackgroundErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The browser hands out something else than what is on canvases. */
export function createReadError(cause?: unknown): VirtualBackgroundError {
  const message = 'The browser hands out false pixels of canvases, as a guard against fingerprints: allow this site to read canvas data, then start again';
  return new VirtualBackgroundError('canvas-read-blocked', message, { cause });
}

/** Wraps anything thrown into a {@link VirtualBackgroundError}; one that already is comes back unchanged. */
export function toVirtualBackgroundError(
  thrown: unknown,
  code: VirtualBackgroundErrorCode,
  context: string,
): VirtualBackgroundError {
  if (thrown instanceof VirtualBackgroundError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new VirtualBackgroundError(code, `${context}: ${detail}`, { cause: thrown });
}

/** Plain form of an error that survives `postMessage` with its code. */
export interface SerializedError {
  code: VirtualBackgroundErrorCode;
  message: string;
}

export function serializeError(error: VirtualBackgroundError): SerializedError {
  return { code: error.code, message: error.message };
}

export function deserializeError(error: SerializedError): VirtualBackgroundError {
  return new VirtualBackgroundError(error.code, error.message);
}

export function createAbortError(): VirtualBackgroundError {
  return new VirtualBackgroundError('aborted', 'The run was stopped or superseded by a newer one');
}
