/** @returns the controller's signal, which an app's own ends, too (`AbortSignal.any()` is missing in Safari before 17.4) */
export function followed(signal: AbortSignal | undefined, controller: AbortController): AbortSignal {
  if (signal?.aborted) controller.abort(signal.reason);
  else signal?.addEventListener('abort', () => controller.abort(signal.reason), { once: true, signal: controller.signal });
  return controller.signal;
}
