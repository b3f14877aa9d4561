/**
 * Writes measured figures into README.md, between their markers:
 *
 *   node scripts/readme-figures.mjs --bench results/bench.json        what `npm run bench` wrote → bench
 *   node scripts/readme-figures.mjs --support results/support.json    what the tests ran in → support
 *
 * The second is a JSON list of `{ browser, version, system, host, passed, failed, skipped }`, one entry a browser;
 * `host` is where frames are drawn there: `worker` or `window`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT } from './paths.mjs';

const README = join(ROOT, 'README.md');

const round = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '–');
const table = (heads, rows) => [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** @param {{ date: string, cores: number, processor: string, rows: object[] }} bench @returns {string} Markdown */
export function benchSection({ date, cores, processor, rows }) {
  const line = ({ name, width, height, fps, cpuMsPerFrame, cpuRatioToFloor, latencyP50Ms, latencyP95Ms, stats }) => [
    name, `${width} × ${height}`, round(fps, 1), round(cpuMsPerFrame), `${round(cpuRatioToFloor, 1)} ×`, `${round(latencyP50Ms)} / ${round(latencyP95Ms)}`, round(stats?.maskAgeMs),
  ];
  return `${table(['what', 'picture', 'frames a second', 'processor ms a frame', 'beside the floor', 'delay ms, median / 95 %', 'age of the mask, ms'], rows.map(line))}

\`npm run bench\` on ${date.slice(0, 10)}: ${processor}, ${cores} cores, no GPU (all graphics by the processor). The floor is the camera's frames to a stream without any work. Read the ratios; a machine with a GPU is far from these.`;
}

/** @param {{ browser: string, version: string, system: string, host: string, passed: number, failed: number, skipped: number }[]} browsers @returns {string} Markdown */
export function supportSection(browsers) {
  const rows = browsers.map(({ browser, version, system, host, passed, failed, skipped }) => [
    `${browser} ${version}`, system, host === 'worker' ? 'a worker' : 'the window', `${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}`,
  ]);
  return `What the tests ran in. Elsewhere the element needs WebGL2, module workers, and either a track's frames in a worker (\`MediaStreamTrackProcessor\`, \`MediaStreamTrackGenerator\`) or \`requestVideoFrameCallback()\` and \`canvas.captureStream()\`.

${table(['browser', 'system', 'frames are drawn in', 'tests'], rows)}`;
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
  if (after === undefined) throw new Error(`README.md needs the lines ${start} and ${end}.`);
  return `${before}${start}\n${section}\n${end}${after}`;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { bench: { type: 'string' }, support: { type: 'string' } } });
  const read = async (file) => JSON.parse(await readFile(file, 'utf8'));
  let readme = await readFile(README, 'utf8');
  if (values.bench) readme = replaceSection(readme, 'bench', benchSection(await read(values.bench)));
  if (values.support) readme = replaceSection(readme, 'support', supportSection(await read(values.support)));
  await writeFile(README, readme);
}
