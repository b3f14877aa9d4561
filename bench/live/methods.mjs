/** Who is measured; contestants.ts has what the page makes of them. */
const OURS = ['selfie', 'body-pix'].flatMap((model) =>
  ['low', 'medium', 'high', 'auto'].flatMap((quality) =>
    ['wasm', 'webgl'].flatMap((backend) =>
      ['worker', 'window'].map((host) => ({
        id: `ours/${model}/${quality}/${backend}/${host}`,
        label: `ours, ${model} ${quality}, ${backend}, ${host}`,
        contestant: { kind: 'ours', model, quality, backend, host },
      })))));

export const LIVE_METHODS = [
  ...OURS,
  { id: 'tasks-vision', label: 'MediaPipe tasks-vision, CPU, bare blend', contestant: { kind: 'tasks-vision' } },
  ...['wasm', 'webgl'].map((backend) => ({ id: `2020/${backend}`, label: `method of 2020, ${backend}`, contestant: { kind: '2020', backend } })),
  { id: 'floor', label: 'floor: upload, one draw, no background', contestant: { kind: 'floor' } },
];

/** One step away from the middle in each direction, and what it is measured against. */
const USUAL = [
  'ours/selfie/low/wasm/worker',
  'ours/selfie/medium/wasm/worker',
  'ours/selfie/auto/wasm/worker',
  'ours/body-pix/medium/wasm/worker',
  'ours/selfie/medium/webgl/worker',
  'ours/selfie/medium/wasm/window',
  'tasks-vision',
  '2020/wasm',
];

/**
 * @param {string[]} wanted each names parts of an id, as for the locked score: `ours/selfie/medium`, `webgl`; none = the usual ones
 * @returns {typeof LIVE_METHODS} in the order of the list
 */
export function chooseLiveMethods(wanted) {
  if (wanted.length === 0) return LIVE_METHODS.filter(({ id }) => USUAL.includes(id));
  if (wanted.includes('all')) return LIVE_METHODS;
  const names = (id, one) => one.split('/').every((part) => id.split('/').includes(part));
  for (const one of wanted) {
    if (!LIVE_METHODS.some(({ id }) => names(id, one))) throw new Error(`--method ${one} names no live method; there are: ${LIVE_METHODS.map(({ id }) => id).join(' ')}`);
  }
  return LIVE_METHODS.filter(({ id }) => wanted.some((one) => names(id, one)));
}
