/** What "flat" means: bounds of a soak, and why they are what they are. */

/**
 * Slope by the median of all pairs (Theil 1950, Sen 1968): a late garbage collection or one busy moment doesn't move it.
 *
 * @param {{ x: number, y: number }[]} points
 * @returns {number} y a unit of x; 0 for fewer than two points
 */
export function slopeOf(points) {
  const slopes = [];
  points.forEach((a, index) => {
    for (const b of points.slice(index + 1)) if (b.x !== a.x) slopes.push((b.y - a.y) / (b.x - a.x));
  });
  slopes.sort((a, b) => a - b);
  return slopes[Math.floor(slopes.length / 2)] ?? 0;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Most that may come over a whole measurement, whatever its length: a leak grows with the time, noise doesn't.
 *
 * - heaps: after a collection they still hold compiled code and a few frames' worth of messages;
 * - browser: what ended workers leave, the allocator keeps for the next ones, up to some 300 MB after fifty starts; so
 *   only the long runs judge it;
 * - GL objects: a pass compiles a variant when it is first needed, which may be late: five at
 *   once after 2,000 changes of the background were seen; what gathers passes six soon;
 * - other counts: sampled between two frames, while an inference may be under way, hence the last third's median
 *   against the first third's highest: one more that stays is one too many.
 */
export const BOUNDS = {
  pageHeapMb: { growth: 1.5, unit: 'MB' },
  workerHeapMb: { growth: 2.5, unit: 'MB' },
  browserMb: { growth: 60, unit: 'MB' },
  nodes: { growth: 40, unit: 'nodes' },
  listeners: { growth: 10, unit: 'listeners' },
};
export const COUNTS = ['glObjects', 'tensors', 'tracks', 'bitmaps', 'workers'];
const LATE_VARIANTS = { glObjects: 6 };

/**
 * @param {object[]} samples as of soak-page.mjs, warm-up left out
 * @param {{ timing?: boolean, memory?: boolean }} [options] `timing`: frames a second and
 *   the page's event loop, too; `memory`: the whole browser's, too
 * @returns {{ name: string, first: number, last: number, growth: number, bound: string, ok: boolean }[]}
 */
export function judge(samples, { timing = false, memory = timing } = {}) {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const [first, last] = [samples.slice(0, third), samples.slice(-third)];
  const span = samples.at(-1).timeMs - samples[0].timeMs;
  const rows = Object.entries(BOUNDS).filter(([name]) => memory || name !== 'browserMb').map(([name, { growth: most, unit }]) => {
    const points = samples.map((sample) => ({ x: sample.timeMs, y: sample[name] })).filter(({ y }) => Number.isFinite(y));
    const growth = slopeOf(points) * span;
    return { name, first: median(first.map((sample) => sample[name])), last: median(last.map((sample) => sample[name])), growth, bound: `+${most} ${unit}`, ok: growth <= most };
  });
  for (const name of COUNTS) {
    const highest = Math.max(...first.map((sample) => sample[name]));
    const now = median(last.map((sample) => sample[name]));
    const most = LATE_VARIANTS[name] ?? 0;
    rows.push({ name, first: highest, last: now, growth: now - highest, bound: `+${most}`, ok: now <= highest + most });
  }
  const raw = samples.at(-1).rawFrames;
  rows.push({ name: 'rawFrames', first: samples[0].rawFrames, last: raw, growth: raw - samples[0].rawFrames, bound: '0', ok: raw === 0 });
  return timing ? [...rows, ...judgeTiming(samples, third)] : rows;
}

/** Half as fast as at first is a machine that had something else to do, or one that is choked: the latter is meant. */
function judgeTiming(samples, third) {
  const rates = samples.slice(1).map((sample, index) => ({ fps: ((sample.frames - samples[index].frames) * 1000) / (sample.timeMs - samples[index].timeMs), delay: sample.delay.p95 }));
  const of = (part, key) => median(part.map((rate) => rate[key]));
  const [early, late] = [rates.slice(0, third), rates.slice(-third)];
  const fps = { first: of(early, 'fps'), last: of(late, 'fps') };
  const delay = { first: of(early, 'delay'), last: of(late, 'delay') };
  return [
    { name: 'fps', ...fps, growth: fps.last - fps.first, bound: '≥ 70 % of the first third', ok: fps.last >= 0.7 * fps.first },
    { name: 'event loop p95 ms', ...delay, growth: delay.last - delay.first, bound: '≤ twice the first third + 20', ok: delay.last <= 2 * delay.first + 20 },
  ];
}

/**
 * A frame that is on its way from the page to a worker as a camera is opened or stopped may be nobody's to close any
 * more; Chromium says so when it collects it. More of them than there were starts would be ours.
 */
const OF_A_FRAME_UNDER_WAY = /A VideoFrame was garbage collected without being closed/;

/**
 * @param {string[]} messages of the page and its workers
 * @param {number} starts how many there were
 * @returns {string[]} those that nothing explains
 */
export function unexplained(messages, starts) {
  let frames = 0;
  return messages.filter((message) => !OF_A_FRAME_UNDER_WAY.test(message) || (frames += 1) > starts);
}

/** For people. */
export function describeRows(rows) {
  const cells = rows.map(({ name, first, last, growth, bound, ok }) => [name, first, last, growth, bound, ok ? 'ok' : 'BROKEN'].map((cell) => (typeof cell === 'number' ? cell.toFixed(1) : cell)));
  const table = [['', 'first third', 'last third', 'growth', 'bound', ''], ...cells];
  const widths = table[0].map((_cell, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}
