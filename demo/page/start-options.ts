import type { VirtualBackgroundCamera } from '../../src/define.ts';
import { HAIR_STYLES, POSES, type HairStyle, type PoseName } from '../drawn-sample.ts';

/** What a page starts with, from the address: `?source=sample&background=blur&model=selfie&quality=low`. */
export interface StartOptions {
  /** `camera`, `screen`, `sample` or the address of a movie; null = a camera, or the sample where there is none. */
  source: string | null;
  /** Anything the `background` attribute takes. */
  background: string;
  /** Attributes that are passed on to the element as they are. */
  attributes: ReadonlyMap<string, string>;
  mirrored: boolean;
  /** Options of the drawn sample; undefined = its own. */
  pose: PoseName | undefined;
  hair: HairStyle | undefined;
  /** Language of the page and the elements; null = as the markup says. */
  lang: string | null;
  /** Writing direction, to see the page from right to left in a language that is not; null = as the markup says. */
  dir: string | null;
}

/** Query parameters and the attributes that they set. */
const ATTRIBUTES = {
  backgroundFit: 'background-fit', quality: 'quality', model: 'model', modelUrl: 'model-url', modelFallback: 'model-fallback',
  deviceId: 'device-id', facingMode: 'facing-mode', width: 'width', height: 'height', frameRate: 'frame-rate',
  people: 'people', edgeSoftness: 'edge-softness', lightWrap: 'light-wrap', temporalStrength: 'temporal-strength', debug: 'debug',
  backend: 'backend', powerPreference: 'power-preference', host: 'host', assetBase: 'asset-base',
} as const;

/** Reads the start state from an address's query. @param background where the query names none */
export function readStartOptions(search: string, background = 'scene:office'): StartOptions {
  const query = new URLSearchParams(search);
  const attributes = new Map<string, string>();
  for (const [parameter, attribute] of Object.entries(ATTRIBUTES)) {
    const value = query.get(parameter) ?? query.get(attribute);
    if (value) attributes.set(attribute, value);
  }
  return {
    source: query.get('source'),
    background: query.get('background') ?? background,
    attributes,
    mirrored: !['0', 'false', 'no'].includes(query.get('mirrored') ?? ''),
    pose: POSES.find((pose) => pose === query.get('pose')),
    hair: HAIR_STYLES.find((hair) => hair === query.get('hair')),
    lang: query.get('lang'),
    dir: query.get('dir'),
  };
}

/** All but the source and the language, which each page takes in its own way. */
export function applyStartOptions(camera: VirtualBackgroundCamera, { attributes, background, mirrored, dir }: StartOptions): void {
  if (dir) document.documentElement.dir = dir;
  for (const [attribute, value] of attributes) camera.setAttribute(attribute, value);
  camera.background = background;
  camera.mirrored = mirrored;
}
