import { describeValue, invalid } from '../../engine/settings';
import type { VirtualBackgroundCamera } from '../virtual-background-camera';
import type { PageBackground } from './background-gallery-choices';

export const CAMERA_TAG = 'virtual-background-camera';
const BACKGROUNDS = 'backgrounds must be an array of addresses, or of objects with src and, as text, label and thumbnail';
const CAMERA = `camera must be a <${CAMERA_TAG}>`;

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
 * @returns none for null, as frameworks set what they have not got
 * @throws VirtualBackgroundError `attribute-invalid`
 */
export function checkBackgrounds(value: unknown): readonly (string | PageBackground)[] {
  if (value === null || value === undefined) return [];
  if (!passes(() => Array.isArray(value) && [...(value as unknown[])].every(isBackground))) throw invalid(`${BACKGROUNDS}; got ${describeValue(value)}`);
  return value as readonly (string | PageBackground)[];
}

/** Of an element that is not defined yet: it may be waited for. */
export const mayBecomeCamera = ({ localName }: Element): boolean => localName.includes('-') && !customElements.get(localName);

export const isCamera = (element: Element): element is VirtualBackgroundCamera => 'start' in element && 'addController' in element;

/** @throws VirtualBackgroundError `attribute-invalid` */
export function checkCamera(value: unknown): VirtualBackgroundCamera | null {
  if (value === null || value === undefined) return null;
  const isRight = (element: Element): boolean => isCamera(element) || element.localName === CAMERA_TAG || mayBecomeCamera(element);
  if (!passes(() => value instanceof Element && isRight(value))) throw invalid(`${CAMERA}; got ${describeValue(value)}`);
  return value as VirtualBackgroundCamera;
}

/** @throws VirtualBackgroundError `attribute-invalid` */
export function checkFor(value: unknown): string | null {
  if (!isText(value)) throw invalid(`for must be the id of a <${CAMERA_TAG}>; got ${describeValue(value)}`);
  return (value as string | null | undefined) ?? null;
}

/**
 * Checks what a page sets on an element. Before its first update an element takes over what was set before it was
 * defined, and must not fail by that: then the page's error handler is told, and the value stays what it was.
 *
 * @returns the value to use
 * @throws VirtualBackgroundError `attribute-invalid`
 */
export function taken<Value>(element: { hasUpdated: boolean }, value: unknown, before: Value, check: (value: unknown) => Value): Value {
  try {
    return check(value);
  } catch (error) {
    if (element.hasUpdated) throw error;
    reportError(error);
    return before;
  }
}

/** Decorates a property with a check, before Lit's own decorator: see {@link taken}. */
export function checked(check: (value: unknown) => unknown): (prototype: object, name: string) => void {
  return (prototype, name) => {
    const key = Symbol(name);
    type Checked = Record<symbol, unknown> & { hasUpdated: boolean };
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: Checked) {
        return this[key];
      },
      set(this: Checked, value: unknown) {
        this[key] = taken(this, value, this[key], check);
      },
    });
  };
}
