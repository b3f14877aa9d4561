import { VirtualBackgroundError } from '../../errors';

export function crossOriginError(name: string, cause?: unknown): VirtualBackgroundError {
  return new VirtualBackgroundError(
    'background-cross-origin',
    `background ${name} is on another origin, which must send it with CORS (Access-Control-Allow-Origin)`,
    { cause },
  );
}

/** An element that has no `crossorigin` hands out no pixels, whatever its server sends. */
export function attributeMissingError(tag: string, name: string, cause?: unknown): VirtualBackgroundError {
  const message = `background ${name} is on another origin, and its <${tag}> has no attribute crossorigin: set crossorigin="anonymous", before src`;
  return new VirtualBackgroundError('background-cross-origin', message, { cause });
}

export const isOtherOrigin = ({ protocol, origin }: URL): boolean => /^https?:$/.test(protocol) && origin !== location.origin;

/**
 * Like `fetch()`, but a file of another origin that fails to load is requested once more, past the HTTP cache. The cache may
 * hold an answer without CORS headers, which the server sent for an `<img>` and which browsers then use for every request.
 */
export async function fetchPastCache(address: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!isOtherOrigin(address)) throw error;
    return fetch(address, { signal, cache: 'reload' });
  }
}

/** Whether another origin has the file but doesn't send it with CORS, which is all that a failed load hides. */
export async function lacksCors(address: URL, signal: AbortSignal): Promise<boolean> {
  if (!isOtherOrigin(address)) return false;
  const answers = (mode: RequestMode): Promise<boolean> => fetch(address, { method: 'HEAD', mode, signal, cache: 'no-store' }).then(() => true, () => false);
  return !(await answers('cors')) && (await answers('no-cors'));
}
