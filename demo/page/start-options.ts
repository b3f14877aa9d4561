/** What the page starts with, from the address: `?source=sample&background=blur&model=selfie&quality=low`. */
export interface StartOptions {
  /** `camera`, `screen`, `sample` or the address of a movie; null = a camera, or the sample where there is none. */
  source: string | null;
  /** Anything the `background` attribute takes. */
  background: string;
  /** Attributes that are passed on to the element as they are. */
  attributes: ReadonlyMap<string, string>;
  mirrored: boolean;
  /** Options of the drawn sample. */
  pose: string | null;
  hair: string | null;
  /** Language of the elements; null = the page's. */
  lang: string | null;
}

/** Query parameters and the attributes that they set. */
const ATTRIBUTES = {
  backgroundFit: 'background-fit', quality: 'quality', model: 'model', modelUrl: 'model-url', modelFallback: 'model-fallback',
  deviceId: 'device-id', facingMode: 'facing-mode', width: 'width', height: 'height', frameRate: 'frame-rate',
  people: 'people', edgeSoftness: 'edge-softness', lightWrap: 'light-wrap', temporalStrength: 'temporal-strength', debug: 'debug',
  backend: 'backend', powerPreference: 'power-preference', host: 'host', assetBase: 'asset-base',
} as const;

/** Reads the start state from an address's query. */
export function readStartOptions(search: string): StartOptions {
  const query = new URLSearchParams(search);
  const attributes = new Map<string, string>();
  for (const [parameter, attribute] of Object.entries(ATTRIBUTES)) {
    const value = query.get(parameter) ?? query.get(attribute);
    if (value) attributes.set(attribute, value);
  }
  return {
    source: query.get('source'),
    background: query.get('background') ?? 'scene:office',
    attributes,
    mirrored: !['0', 'false', 'no'].includes(query.get('mirrored') ?? ''),
    pose: query.get('pose'),
    hair: query.get('hair'),
    lang: query.get('lang'),
  };
}
