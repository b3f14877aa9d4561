import type { Backend } from '../../types';

const KEY = 'virtual-background-camera.backend';

let remembered: Backend | null = null;

/** Which backend measured better, for the rest of the visit: every start need not measure again. */
export function rememberBackend(backend: Backend): void {
  remembered = backend;
  try {
    sessionStorage.setItem(KEY, backend);
  } catch {
    // Storage may be forbidden; the page's own memory will do.
  }
}

export function recallBackend(): Backend | null {
  try {
    const stored = sessionStorage.getItem(KEY);
    if (stored === 'wasm' || stored === 'webgl') remembered ??= stored;
  } catch {
    // as above
  }
  return remembered;
}
