import { expect } from 'chai';
import { en, messagesFor, loadMessages } from '../../src/components/messages';
import { explainCameraError, explainScreenError } from '../../src/capture/explain-error';
import { replace, restoreAll } from '../helpers/spies';
import type { VirtualBackgroundErrorCode } from '../../src/errors';

const FIREFOX_DENIED = 'The request is not allowed by the user agent or the platform in the current context.';

interface Circumstances {
  /** As `navigator.permissions` has it; null: the browser doesn't know this permission. */
  permission?: PermissionState | null;
  /** What the frame's policy allows; null: the browser doesn't tell. */
  policy?: readonly string[] | null;
  isSecure?: boolean;
  isForeignFrame?: boolean;
  cameras?: number;
}

/** What a test browser cannot be: another one, in another place. */
function pretend({ permission = 'prompt', policy = ['camera', 'display-capture'], isSecure = true, isForeignFrame = false, cameras = 0 }: Circumstances): void {
  replace(navigator.permissions, 'query', () => (permission ? Promise.resolve({ state: permission }) : Promise.reject(new TypeError('no such permission'))));
  replace(document, 'featurePolicy', policy ? { allowsFeature: (feature: string) => policy.includes(feature) } : undefined);
  replace(globalThis, 'isSecureContext', isSecure);
  replace(navigator.mediaDevices, 'enumerateDevices', () => Promise.resolve(Array.from({ length: cameras }, () => ({ kind: 'videoinput' }))));
  if (isForeignFrame) replace(globalThis, 'parent', {});
}

interface Case extends Circumstances {
  what: string;
  name: string;
  message?: string;
  code: VirtualBackgroundErrorCode;
}

const CAMERA_CASES: Case[] = [
  { what: 'a person who chose "Block" in Chromium', name: 'NotAllowedError', message: 'Permission denied', permission: 'denied', code: 'camera-denied' },
  { what: 'a person who chose "Block" in Firefox', name: 'NotAllowedError', message: FIREFOX_DENIED, policy: null, code: 'camera-denied' },
  { what: 'a browser without the permission', name: 'NotAllowedError', message: FIREFOX_DENIED, policy: null, permission: null, code: 'camera-denied' },
  { what: 'a question that was closed', name: 'NotAllowedError', message: 'Permission dismissed', code: 'camera-dismissed' },
  { what: 'the system, in Chromium', name: 'NotAllowedError', message: 'Permission denied by system', permission: 'granted', code: 'camera-system-denied' },
  { what: 'the system, in Firefox', name: 'NotAllowedError', message: FIREFOX_DENIED, policy: null, permission: 'granted', code: 'camera-system-denied' },
  { what: 'the system, in Firefox on a Mac', name: 'NotFoundError', message: 'The object can not be found here.', policy: null, cameras: 1, code: 'camera-system-denied' },
  { what: 'a machine without a camera, in Firefox', name: 'NotFoundError', message: 'The object can not be found here.', policy: null, code: 'camera-not-found' },
  { what: 'a machine without a camera, in Chromium', name: 'NotFoundError', message: 'Requested device not found', code: 'camera-not-found' },
  { what: "a frame's policy", name: 'NotAllowedError', message: 'Permission denied', permission: 'denied', policy: [], code: 'camera-policy' },
  { what: "a frame's policy that Firefox doesn't tell", name: 'NotAllowedError', message: FIREFOX_DENIED, permission: 'denied', policy: null, isForeignFrame: true, code: 'camera-policy' },
  { what: 'a page that is not secure', name: 'NotAllowedError', message: FIREFOX_DENIED, isSecure: false, code: 'insecure-context' },
  { what: 'another program, in Chromium', name: 'NotReadableError', message: 'Device in use', code: 'camera-in-use' },
  { what: 'another program, in Firefox', name: 'AbortError', message: 'Starting videoinput failed', policy: null, code: 'camera-in-use' },
];

const SCREEN_CASES: Case[] = [
  { what: 'a person who closed the choice', name: 'NotAllowedError', message: 'Permission denied by user', code: 'screen-denied' },
  { what: 'the system, in Chromium', name: 'NotAllowedError', message: 'Permission denied by system', code: 'screen-system-denied' },
  { what: 'a system that gives no pictures', name: 'NotReadableError', message: 'Could not start video source', code: 'screen-system-denied' },
  { what: "a frame's policy", name: 'NotAllowedError', message: 'Permission denied', policy: ['camera'], code: 'screen-policy' },
  { what: 'a page that is not secure', name: 'NotAllowedError', isSecure: false, code: 'insecure-context' },
];

describe('<virtual-background-camera> why there is no picture', () => {
  afterEach(restoreAll);

  for (const { what, name, message = '', code, ...circumstances } of CAMERA_CASES) {
    it(`should be told apart for the camera: ${what}`, async () => {
      pretend(circumstances);
      const cause = new DOMException(message, name);
      const error = await explainCameraError(cause, null);
      expect(error.code, error.message).to.equal(code);
      expect(error.cause).to.equal(cause);
    });
  }

  for (const { what, name, message = '', code, ...circumstances } of SCREEN_CASES) {
    it(`should be told apart for the screen: ${what}`, () => {
      pretend(circumstances);
      const error = explainScreenError(new DOMException(message, name));
      expect(error.code, error.message).to.equal(code);
    });
  }

  it('should have a text of its own in every language', async () => {
    const codes = [...new Set([...CAMERA_CASES, ...SCREEN_CASES].map(({ code }) => code))];
    for (const lang of ['en', 'ja', 'de', 'es', 'zh']) {
      await loadMessages(lang);
      const { errors } = messagesFor(lang);
      const texts = codes.map((code) => errors[code]);
      expect(new Set(texts).size, lang).to.equal(codes.length);
      if (lang !== 'en') expect(texts.filter((text, index) => text === en.errors[codes[index] as VirtualBackgroundErrorCode]), `${lang}: still English`).to.deep.equal([]);
    }
  });
});
