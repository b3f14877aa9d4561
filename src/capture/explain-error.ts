import { VirtualBackgroundError, toVirtualBackgroundError, type VirtualBackgroundErrorCode } from '../errors';

/** `getUserMedia` failed: which of the reasons that share a name it was, as far as the browser lets it be known. */
export async function explainCameraError(error: unknown, deviceId: string | null): Promise<VirtualBackgroundError> {
  const explain = (code: VirtualBackgroundErrorCode, message: string): VirtualBackgroundError => new VirtualBackgroundError(code, message, { cause: error });
  switch (nameOf(error)) {
    case 'NotAllowedError':
    case 'SecurityError': {
      const code = await whyCameraIsDenied(error);
      return explain(code, DENIALS[code]);
    }
    case 'NotFoundError':
      // Firefox says so, too, when the system keeps the cameras from it that it lists.
      if (FIREFOX_NOT_FOUND.test(messageOf(error)) && (await seesCamera())) return explain('camera-system-denied', DENIALS['camera-system-denied']);
      return explain('camera-not-found', 'No camera was found: plug one in, then start again');
    case 'NotReadableError':
    case 'AbortError':
      return explain('camera-in-use', 'The camera could not be started: close other programs that use it, then start again');
    case 'OverconstrainedError':
      return explain('camera-constraints', deviceId ? `device-id '${deviceId}' names no camera of this machine` : 'No camera offers what width, height and frame-rate ask for');
    default:
      return toVirtualBackgroundError(error, 'camera-not-found', 'The camera could not be opened');
  }
}

/** `getUserMedia` failed because no camera has that id (any more). */
export function isUnknownDevice(error: unknown): boolean {
  return nameOf(error) === 'OverconstrainedError' || nameOf(error) === 'NotFoundError';
}

/** `getDisplayMedia` failed. */
export function explainScreenError(error: unknown): VirtualBackgroundError {
  const explain = (code: VirtualBackgroundErrorCode, message: string): VirtualBackgroundError => new VirtualBackgroundError(code, message, { cause: error });
  if (!globalThis.isSecureContext) return insecureContext(error);
  if (policyOf('display-capture') === 'forbidden') {
    return explain('screen-policy', 'The screen may not be shared from this frame: the page around it must allow it (allow="display-capture")');
  }
  // Nothing to choose from, or nothing that could be read: the system withholds the screen.
  if (isSystemDenial(error) || ['NotFoundError', 'NotReadableError'].includes(nameOf(error))) {
    return explain('screen-system-denied', "The system does not let the browser record the screen: allow it in the system's privacy settings, then start again");
  }
  return explain('screen-denied', 'The screen was not shared: start again and choose a window or a screen');
}

export function insecureContext(cause?: unknown): VirtualBackgroundError {
  return new VirtualBackgroundError('insecure-context', 'Camera and screen are only available on https:// pages and on localhost', { cause });
}

const DENIALS = {
  'insecure-context': insecureContext().message,
  'camera-denied': 'The camera was not allowed: allow it in the address bar or in the system settings, then start again',
  'camera-dismissed': "The browser's question about the camera was closed without an answer: start again and allow it",
  'camera-system-denied': "The system does not let the browser use the camera: allow it in the system's privacy settings, then start again",
  'camera-policy': 'The camera may not be used from this frame: the page around it must allow it (allow="camera")',
} as const;

/**
 * Everything below is a NotAllowedError by name. What else there is to go by: Chromium's messages ("Permission denied",
 * "Permission dismissed", "Permission denied by system"), the frame's policy, and what the permission's state is now.
 * Firefox has one message, "The request is not allowed by the user agent or the platform in the current context."
 */
async function whyCameraIsDenied(error: unknown): Promise<keyof typeof DENIALS> {
  if (!globalThis.isSecureContext) return 'insecure-context';
  const policy = policyOf('camera');
  if (policy === 'forbidden') return 'camera-policy';
  if (isSystemDenial(error)) return 'camera-system-denied';
  if (/dismiss/i.test(messageOf(error))) return 'camera-dismissed';
  const state = await permissionState();
  // The site may, and still may not: then it is the browser itself that may not.
  if (state === 'granted' && /platform/i.test(messageOf(error))) return 'camera-system-denied';
  // Firefox doesn't tell a frame's policy. Whichever of the two it is, the page works in a tab of its own.
  if (state === 'denied' && policy === 'unknown' && isForeignFrame()) return 'camera-policy';
  return 'camera-denied';
}

interface FramePolicy {
  allowsFeature(feature: string): boolean;
}

/** Of this frame, where the browser tells it: the first is the name that is coming, the second Chromium's. */
function policyOf(feature: 'camera' | 'display-capture'): 'allowed' | 'forbidden' | 'unknown' {
  const { permissionsPolicy, featurePolicy } = document as { permissionsPolicy?: FramePolicy; featurePolicy?: FramePolicy };
  const policy = permissionsPolicy ?? featurePolicy;
  if (!policy) return 'unknown';
  return policy.allowsFeature(feature) ? 'allowed' : 'forbidden';
}

const FIREFOX_NOT_FOUND = /object can ?not be found/i;

async function permissionState(): Promise<PermissionState | 'unknown'> {
  try {
    return (await navigator.permissions.query({ name: 'camera' })).state;
  } catch {
    return 'unknown';
  }
}

async function seesCamera(): Promise<boolean> {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.some(({ kind }) => kind === 'videoinput');
}

function isForeignFrame(): boolean {
  // The frame's own element is told to pages of the same origin only.
  return window.parent !== window && window.frameElement === null;
}

const isSystemDenial = (error: unknown): boolean => /by (?:the )?system/i.test(messageOf(error));
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');
