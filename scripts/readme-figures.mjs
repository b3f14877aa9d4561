/**
 * Writes what `npm run bench` measured into README.md, between its bench markers. (The table of browsers comes from
 * support-table.mjs.)
 *
 *   node scripts/readme-figures.mjs [results/bench.json]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './paths.mjs';

const README = join(ROOT, 'README.md');

const round = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '–');
const table = (heads, rows) => [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** @param {{ date: string, cores: number, processor: string, rows: object[] }} bench @returns {string} Markdown */
export function benchSection({ date, cores, processor, rows }) {
  const line = ({ name, width, height, fps, cpuMsPerFrame, cpuRatioToFloor, latencyP50Ms, latencyP95Ms }) => [
    name, `${width} × ${height}`, round(fps, 1), round(cpuMsPerFrame), `${round(cpuRatioToFloor, 1)} ×`, `${round(latencyP50Ms)} / ${round(latencyP95Ms)}`,
  ];
  return `${table(['what', 'picture', 'frames a second', 'processor ms a frame', 'beside the floor', 'delay ms, median / 95 %'], rows.map(line))}

\`npm run bench\` on ${date.slice(0, 10)}: ${processor}, ${cores} cores, no GPU (all graphics by the processor). The floor is the camera's frames to a stream without any work. Read the ratios; a machine with a GPU is far from these.`;
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
  const bench = JSON.parse(await readFile(process.argv[2] ?? join(ROOT, 'results/bench.json'), 'utf8'));
  const readme = replaceSection(await readFile(README, 'utf8'), 'bench', benchSection(bench));
  await writeFile(README, readme);
}
