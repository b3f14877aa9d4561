import type { VirtualBackgroundErrorCode } from '../../src/define.ts';
import { texts } from './language.ts';

/** Why there is no camera: then a drawn person takes its place, so that everything can be tried. */
const NO_CAMERA: ReadonlySet<VirtualBackgroundErrorCode> = new Set<VirtualBackgroundErrorCode>([
  'camera-not-found', 'camera-denied', 'camera-system-denied', 'camera-policy', 'camera-in-use', 'insecure-context',
]);

export const isNoCamera = (code: VirtualBackgroundErrorCode): boolean => NO_CAMERA.has(code);

/** What the elements say of it, and what happens here. */
export function noCameraText(code: VirtualBackgroundErrorCode): string {
  const { errors, sampleInstead } = texts();
  return `${errors[code]} ${sampleInstead}`;
}
