/**
 * What the person's own camera and screen do in every situation of the meeting page. This table is the one place that
 * decides; `OwnVideo` carries it out.
 */

/** How a screen is shared: with the person in front of it where there is one, or plainly, beside their own video. */
export type ShareWay = 'sharing' | 'plain';

/** In or out of the meeting; the camera turned on or off; and, in the meeting only, how a screen is shared. */
export type VideoState = 'out/on' | 'out/off' | 'in/on' | 'in/off' | `in/on/${ShareWay}` | `in/off/${ShareWay}`;

/** What a person does, or what happens to them: `stop` is also the browser's own "Stop sharing". */
export type VideoAction = 'on' | 'off' | 'join' | 'leave' | 'share' | 'share plainly' | 'stop';

export interface VideoPlan {
  /** `off`: no camera track is live, and none is asked for. */
  readonly camera: 'live' | 'off';
  /** The main video: `person` is the person in front of the chosen background. */
  readonly main: 'person' | 'none';
  /** The content share: `presenter` is the person in front of the shared screen, `screen` the screen alone. */
  readonly content: 'presenter' | 'screen' | 'none';
}

export const VIDEO_PLANS: Readonly<Record<VideoState, VideoPlan>> = {
  // Before joining the person sees how they would look.
  'out/on': { camera: 'live', main: 'none', content: 'none' },
  'out/off': { camera: 'off', main: 'none', content: 'none' },
  'in/on': { camera: 'live', main: 'person', content: 'none' },
  'in/off': { camera: 'off', main: 'none', content: 'none' },
  // The person stands in front of what is shared, so a second picture of them would say nothing new.
  'in/on/sharing': { camera: 'live', main: 'none', content: 'presenter' },
  'in/off/sharing': { camera: 'off', main: 'none', content: 'screen' },
  'in/on/plain': { camera: 'live', main: 'person', content: 'screen' },
  'in/off/plain': { camera: 'off', main: 'none', content: 'screen' },
};

/** An action that a state does not name changes nothing. */
export const VIDEO_TRANSITIONS: Readonly<Record<VideoState, Partial<Record<VideoAction, VideoState>>>> = {
  'out/on': { off: 'out/off', join: 'in/on' },
  'out/off': { on: 'out/on', join: 'in/off' },
  // Leaving turns the camera off: no one expects its light to be on after a call.
  'in/on': { off: 'in/off', share: 'in/on/sharing', 'share plainly': 'in/on/plain', leave: 'out/off' },
  'in/off': { on: 'in/on', share: 'in/off/sharing', 'share plainly': 'in/off/plain', leave: 'out/off' },
  'in/on/sharing': { off: 'in/off/sharing', 'share plainly': 'in/on/plain', stop: 'in/on', leave: 'out/off' },
  'in/off/sharing': { on: 'in/on/sharing', 'share plainly': 'in/off/plain', stop: 'in/off', leave: 'out/off' },
  'in/on/plain': { off: 'in/off/plain', share: 'in/on/sharing', stop: 'in/on', leave: 'out/off' },
  'in/off/plain': { on: 'in/on/plain', share: 'in/off/sharing', stop: 'in/off', leave: 'out/off' },
};

export function nextVideoState(state: VideoState, action: VideoAction): VideoState {
  return VIDEO_TRANSITIONS[state][action] ?? state;
}

export const isCameraOn = (state: VideoState): boolean => VIDEO_PLANS[state].camera === 'live';
/** Null where nothing is shared. */
export const wayOf = (state: VideoState): ShareWay | null => (state.split('/')[2] as ShareWay | undefined) ?? null;
export const isSharing = (state: VideoState): boolean => VIDEO_PLANS[state].content !== 'none';
