import type { CreateLocalTrackOptions } from 'twilio-video';
import type { VirtualBackground } from '../create-virtual-background';

/** The element, or its like: what Twilio's `restart()` asks for is set on it. */
export interface RestartableCamera {
  deviceId: string | null;
  facingMode: string | null;
  /** Starts, or gives the stream that it has, with a live track in it. */
  start(): Promise<MediaStream>;
}

/**
 * Options for Twilio's `createLocalVideoTrack` that make it take its picture from a virtual background:
 * `await createLocalVideoTrack(withVirtualBackground(element))`.
 *
 * `new LocalVideoTrack(track)` would do for sending, but such a track rejects `restart()`; this one starts again with
 * the background, and never opens the raw camera.
 *
 * @param camera the element, or what createVirtualBackground gave
 * @param options any others, such as `name`
 */
export function withVirtualBackground(camera: RestartableCamera | VirtualBackground, options: CreateLocalTrackOptions = {}): CreateLocalTrackOptions {
  return {
    ...options,
    getUserMedia: ({ video }) => {
      if (typeof video === 'object') chooseCamera(camera, video);
      return camera.start();
    },
  };
}

function chooseCamera(camera: RestartableCamera | VirtualBackground, { deviceId, facingMode }: MediaTrackConstraints): void {
  const wanted = { ...(deviceId ? { deviceId: first(deviceId) } : {}), ...(facingMode ? { facingMode: first(facingMode) } : {}) };
  if ('set' in camera) camera.set(wanted);
  else Object.assign(camera, wanted);
}

/** The one that is asked for most. */
function first(wanted: ConstrainDOMString): string | null {
  if (typeof wanted === 'string') return wanted;
  if (Array.isArray(wanted)) return wanted[0] ?? null;
  return first(wanted.exact ?? wanted.ideal ?? []);
}
