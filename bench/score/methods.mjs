/** Effort levels, worst first. */
const QUALITIES = ['low', 'medium', 'high'];

/**
 * The ways to a matte that can be scored; see item.ts for what the page makes of them. `settings` go before those
 * of the command line.
 */
export const METHODS = [
  ...QUALITIES.map((quality) => ({
    id: `package/${quality}`,
    label: `segmentPerson ${quality} (0.50, stride 16)`,
    kind: 'package',
    quality,
    outputStride: 16,
    internalResolution: quality,
  })),
  ...QUALITIES.map((quality) => ({ id: `same-net/${quality}`, label: `segmentPerson, network as our ${quality}`, kind: 'same-net', quality })),
  ...QUALITIES.map((quality) => ({ id: `raw/body-pix/${quality}`, label: `body-pix ${quality}, raw mask, linear`, kind: 'raw', model: 'body-pix', quality })),
  { id: 'raw/selfie', label: 'selfie, raw mask, linear', kind: 'raw', model: 'selfie', quality: 'medium' },
  ...['body-pix', 'selfie'].flatMap((model) =>
    QUALITIES.map((quality) => ({ id: `unfiltered/${model}/${quality}`, label: `ours, ${model} ${quality}, no temporal filter`, kind: 'ours', model, quality, settings: { temporalStrength: 0 } })),
  ),
  ...['body-pix', 'selfie'].flatMap((model) =>
    QUALITIES.map((quality) => ({ id: `ours/${model}/${quality}`, label: `ours, ${model} ${quality}`, kind: 'ours', model, quality })),
  ),
  ...['body-pix', 'selfie'].flatMap((model) =>
    QUALITIES.map((quality) => ({ id: `context/${model}/${quality}`, label: `ours in a GPU context, ${model} ${quality}`, kind: 'ours', place: 'context', model, quality })),
  ),
];

/** Left out unless asked for. */
const ON_REQUEST = new Set(['unfiltered', 'context']);

/**
 * @param {string[]} wanted each names parts of an id: `ours`, `selfie`, `ours/selfie`, `raw/body-pix/low`; none = the usual ones
 * @returns {typeof METHODS}
 */
export function chooseMethods(wanted) {
  if (wanted.length === 0) return METHODS.filter(({ id }) => !ON_REQUEST.has(id.split('/')[0]));
  if (wanted.includes('all')) return METHODS;
  const chosen = METHODS.filter(({ id }) => wanted.some((one) => one.split('/').every((part) => id.split('/').includes(part))));
  if (chosen.length === 0) throw new Error(`--method ${wanted.join(',')} names no method; there are: ${METHODS.map(({ id }) => id).join(' ')}`);
  return chosen;
}
