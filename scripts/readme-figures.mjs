/**
 * Writes figures into README.md and docs/performance.md, between their markers: what `npm run bench` measured, the long
 * table into docs/performance.md, a few rows of it into README.md; and what an app's users download and install. (The
 * tables of browsers come from support-table.mjs.)
 *
 *   node scripts/readme-figures.mjs [results/bench.json]     without a bench's results: the sizes alone
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './paths.mjs';

const README = 'README.md';
const PERFORMANCE = 'docs/performance.md';
/** What the README shows of the bench: the floor, what is common, and the method of 2020. */
const SHORT = /^(floor|2020 method, wasm|(body-pix|selfie) (low|medium) image)$/;

const round = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '–');
const table = (heads, rows) => [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/**
 * @param {{ date: string, cores: number, processor: string, rows: object[] }} bench
 * @param {{ short?: boolean }} [options] short: some rows of the smallest picture
 * @returns {string} Markdown
 */
export function benchSection({ date, cores, processor, rows }, { short = false } = {}) {
  const smallest = Math.min(...rows.map(({ width }) => width));
  const chosen = short ? rows.filter(({ name, width }) => width === smallest && SHORT.test(name)) : rows;
  const line = ({ name, width, height, fps, cpuMsPerFrame, cpuRatioToFloor, latencyP50Ms, latencyP95Ms }) => [
    name, `${width} × ${height}`, round(fps, 1), round(cpuMsPerFrame), `${round(cpuRatioToFloor, 1)} ×`, `${round(latencyP50Ms)} / ${round(latencyP95Ms)}`,
  ];
  return `${table(['what', 'picture', 'frames a second', 'processor ms a frame', 'beside the floor', 'delay ms, median / 95 %'], chosen.map(line))}

\`npm run bench\` on ${date.slice(0, 10)}: ${processor}, ${cores} cores, no GPU (all graphics by the processor). The floor is the camera's frames to a stream without any work. Read the ratios; a machine with a GPU is far from these. [Measured beside others](${short ? 'docs/' : ''}migrating.md#measured-side-by-side).`;
}

/** @param {Record<string, number>} sizes of measureSizes() @param {number} installed bytes @returns {string} Markdown */
export function sizeSection(sizes, installed) {
  const kilobytes = (...names) => `${Math.round(names.reduce((sum, name) => sum + sizes[name], 0) / 1024)} KB`;
  const model = ['assets/selfie-landscape.bin', 'assets/selfie-landscape.json'];
  return table(['download, after gzip', ''], [
    ['in the app at once, with Lit and twgl.js', kilobytes('entry with lit and twgl.js')],
    ['at the first start, bundled model: on a GPU', kilobytes('engine-gl.worker.js', ...model)],
    ['the same on WASM', kilobytes('engine.worker.js', 'segmentation.worker.js', 'assets/tfjs-backend-wasm-simd.wasm', ...model)],
    ['the one-file build in place of the first line', kilobytes('virtual-background-camera.js')],
    ['installed, with its dependencies', `${Math.round(installed / 1e6)} MB`],
  ]);
}

/**
 * @param {string} text
 * @param {string} name of the markers
 * @param {string} section
 * @throws {Error} when the text has no such markers
 */
export function replaceSection(text, name, section) {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`The page needs the lines ${start} and ${end}.`);
  return `${before}${start}\n${section}\n${end}${after}`;
}

async function write(page, name, section) {
  const file = join(ROOT, page);
  await writeFile(file, replaceSection(await readFile(file, 'utf8'), name, section));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { measureInstalled, measureSizes } = await import('./size.mjs');
  const { buildPackage } = await import('./build.mjs');
  await buildPackage({ ifStale: true });
  await write(README, 'size', sizeSection(await measureSizes(), await measureInstalled()));
  const bench = JSON.parse(await readFile(process.argv[2] ?? join(ROOT, 'results/bench.json'), 'utf8').catch(() => 'null'));
  if (bench) {
    await write(README, 'bench', benchSection(bench, { short: true }));
    await write(PERFORMANCE, 'bench', benchSection(bench));
  }
}
