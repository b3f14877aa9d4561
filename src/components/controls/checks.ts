import { invalid, show } from '../../engine/settings';
import type { VirtualBackgroundCamera } from '../virtual-background-camera';
import type { PageBackground } from './background-gallery-choices';

const BACKGROUNDS = 'backgrounds must be an array of addresses, or of objects with src and, as text, label and thumbnail';
const CAMERA = 'camera must be a <virtual-background-camera>';

/** Of scripts, which TypeScript does not see: some objects even throw when they are looked at. */
function passes(isRight: () => boolean): boolean {
  try {
    return isRight();
  } catch {
    return false;
  }
}

const isText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';

function isBackground(value: unknown): boolean {
  if (typeof value === 'string') return true;
  const { src, label, thumbnail } = value as Partial<PageBackground>;
  const isSource = typeof src === 'string' || (typeof src === 'object' && src !== null);
  return isSource && isText(label) && isText(thumbnail);
}

/**
 * @returns a copy; nothing for null, as frameworks set what they have not got
 * @throws VirtualBackgroundError `attribute-invalid`
 */
export function checkBackgrounds(value: unknown): readonly (string | PageBackground)[] {
  if (value === null || value === undefined) return [];
  if (!passes(() => Array.isArray(value) && [...(value as unknown[])].every(isBackground))) throw invalid(`${BACKGROUNDS}; got ${show(value)}`);
  return [...(value as (string | PageBackground)[])];
}

/** Also one that is not defined yet: it waits for that. */
export const isOrBecomesCamera = (value: Element): boolean => 'start' in value ? 'addController' in value : value.localName.includes('-');

/** @throws VirtualBackgroundError `attribute-invalid` */
export function checkCamera(value: unknown): VirtualBackgroundCamera | null {
  if (value === null || value === undefined) return null;
  if (!passes(() => value instanceof Element && isOrBecomesCamera(value))) throw invalid(`${CAMERA}; got ${show(value)}`);
  return value as VirtualBackgroundCamera;
}

/** @throws VirtualBackgroundError `attribute-invalid` */
export function checkFor(value: unknown): string | null {
  if (!isText(value)) throw invalid(`for must be the id of a <virtual-background-camera>; got ${show(value)}`);
  return (value as string | null | undefined) ?? null;
}

/**
 * Decorates a property, before Lit does: what is set must pass a check, whose error the page's script gets, and then
 * stays what it was.
 */
export function checked(check: (value: unknown) => unknown): (prototype: object, name: string) => void {
  return (prototype, name) => {
    const key = Symbol(name);
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: Record<symbol, unknown>) {
        return this[key];
      },
      set(this: Record<symbol, unknown>, value: unknown) {
        this[key] = check(value);
      },
    });
  };
}
