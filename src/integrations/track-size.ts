import type { EngineSettings } from '../engine/settings';

/** What comes in may go out: the app has chosen size and rate in its SDK. */
export function sizeOf(track: MediaStreamTrack): Partial<Pick<EngineSettings, 'width' | 'height' | 'frameRate'>> {
  const { width, height, frameRate } = track.getSettings();
  return { ...(width && height ? { width, height } : {}), ...(frameRate && frameRate >= 1 ? { frameRate } : {}) };
}
