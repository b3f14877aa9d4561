import { VirtualBackgroundError } from '../../errors';

export function crossOriginError(name: string, cause?: unknown): VirtualBackgroundError {
  return new VirtualBackgroundError(
    'background-cross-origin',
    `background ${name} is on another origin, which must send it with CORS (Access-Control-Allow-Origin)`,
    { cause },
  );
}

/** Whether another origin has the file but doesn't send it with CORS, which is all that a failed load hides. */
export async function lacksCors(address: URL, signal: AbortSignal): Promise<boolean> {
  if (address.origin === location.origin) return false;
  const answers = (mode: RequestMode): Promise<boolean> => fetch(address, { method: 'HEAD', mode, signal }).then(() => true, () => false);
  return !(await answers('cors')) && (await answers('no-cors'));
}
