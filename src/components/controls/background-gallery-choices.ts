import { parseBackground } from '../../engine/background/background';
import { SCENES, type BackgroundInput, type SceneName } from '../../types';
import type { Messages } from '../messages';
import type { OwnBackground } from './background-gallery-own';

/** What is on offer: which group it comes from tells how its tile looks. */
export type ChoiceKind = 'none' | 'blur' | 'color' | 'scene' | 'page' | 'own';

/** One tile. */
export interface Choice {
  /** Stays the same for as long as the tile does. */
  readonly id: string;
  readonly kind: ChoiceKind;
  /** For the camera's `background`. */
  readonly value: BackgroundInput;
  readonly label: string;
  /** Address of a small picture of it, where the page gave one. */
  readonly thumbnail?: string;
}

/** A background of the page's own: what the camera's `background` takes, a name, and the address of a small picture. */
export interface PageBackground {
  /** For the camera's `background`. */
  src: BackgroundInput;
  /** The tile's name; without it, the tile has a number. */
  label?: string;
  /** Address of a small picture; without it, one is made of the background itself. */
  thumbnail?: string;
}

/** What a person chose. */
export interface BackgroundSelection {
  /** For the camera's `background`. */
  background: BackgroundInput;
  /** Which part of the gallery it comes from. */
  kind: ChoiceKind;
  /** As the tile says it. */
  label: string;
}

/** Parts of the set that a page can leave out. */
export interface ChoiceFilter {
  noNone: boolean;
  noBlur: boolean;
  noScenes: boolean;
  noColors: boolean;
  noUpload: boolean;
}

/** Dark enough for a light shirt, light enough for a dark one. */
const COLORS = [['#3f4c59', 'galleryColorSlate'], ['#d5c9b7', 'galleryColorSand']] as const;
const BLUR_LIGHT = 'blur:6';
const BLUR_STRONG = 'blur';

const sceneText = (name: SceneName): `scene${Capitalize<SceneName>}` => `scene${name.charAt(0).toUpperCase()}${name.slice(1)}` as `scene${Capitalize<SceneName>}`;

/** The choices that come with the package, in the order of the gallery. */
export function builtInChoices(text: Messages, { noNone, noBlur, noScenes, noColors }: ChoiceFilter): Choice[] {
  const choice = (kind: ChoiceKind, value: string, label: string): Choice => ({ id: value, kind, value, label });
  return [
    ...(noNone ? [] : [choice('none', 'none', text.galleryNone)]),
    ...(noBlur ? [] : [choice('blur', BLUR_LIGHT, text.galleryBlurLight), choice('blur', BLUR_STRONG, text.galleryBlurStrong)]),
    ...(noScenes ? [] : SCENES.map((name) => choice('scene', `scene:${name}`, text[sceneText(name)]))),
    ...(noColors ? [] : COLORS.map(([color, key]) => choice('color', color, text[key]))),
  ];
}

/** The page's `<img slot="backgrounds">`, and what it put into `backgrounds`. */
export function pageChoices(text: Messages, images: readonly HTMLImageElement[], backgrounds: readonly (string | PageBackground)[]): Choice[] {
  const given = [
    ...images.filter(({ src, dataset }) => src || dataset['background']).map((image) => ({ src: image.dataset['background'] || image.src, label: image.alt, thumbnail: image.src })),
    ...backgrounds.map((background) => (typeof background === 'string' ? { src: background } : background)),
  ];
  const seen = new Map<string, number>();
  return given.map(({ src, label, thumbnail }, index): Choice => {
    const base = typeof src === 'string' ? `page ${src}` : `page ${index}`;
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    const fallback = text.galleryPageNumbered({ number: index + 1 });
    return { id: `${base} ${count}`, kind: kindOf(src), value: src, label: label?.trim() || fallback, ...(thumbnail ? { thumbnail } : {}) };
  });
}

/** The person's own; those of the same name are numbered. */
export function ownChoices(text: Messages, items: readonly OwnBackground[]): Choice[] {
  const seen = new Map<string, number>();
  return items.map(({ id, file }) => {
    const name = nameOf(text, file);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { id, kind: 'own', value: file, label: count > 1 ? `${name} ${count}` : name };
  });
}

/** What the page set by script and no tile has. */
export function pageSetChoice(text: Messages, value: BackgroundInput): Choice {
  return { id: 'set', kind: kindOf(value), value, label: text.galleryPage };
}

/** A file's name for people: without its ending. What is pasted is called `image.png` by every browser. */
export function nameOf(text: Messages, file: File): string {
  const name = file.name.replace(/\.[^.]{1,5}$/, '').trim();
  return name === '' || /^image$/i.test(name) ? text.galleryOwnUnnamed : name;
}

/** Whether two values of `background` mean the same. */
export function isSameBackground(one: BackgroundInput | null, other: BackgroundInput | null): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return Object.is(one, other);
  return one === other || canonical(one) === canonical(other);
}

/** Colours are read by drawing them, which is too much work for every comparison. */
const canonicals = new Map<string, string>();
const MAX_CANONICALS = 200;

function canonical(text: string): string {
  const known = canonicals.get(text);
  if (known !== undefined) return known;
  if (canonicals.size >= MAX_CANONICALS) canonicals.clear();
  const found = readCanonical(text.trim());
  canonicals.set(text, found);
  return found;
}

function readCanonical(text: string): string {
  try {
    const kind = parseBackground(text);
    return kind ? JSON.stringify(kind) : new URL(text, document.baseURI).href;
  } catch {
    return text;
  }
}

/** How a tile shows a background that is not the package's own. */
function kindOf(value: BackgroundInput): ChoiceKind {
  try {
    const kind = parseBackground(value)?.kind;
    return kind === undefined || kind === 'picture' ? 'page' : kind;
  } catch {
    return 'page';
  }
}

declare global {
  interface HTMLElementEventMap {
    'vbc-background-select': CustomEvent<BackgroundSelection>;
  }
}
