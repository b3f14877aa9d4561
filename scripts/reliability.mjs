/**
 * Writes docs/reliability.md from what the tests of faults left behind.
 *
 *   npm run reliability             runs those tests in both browsers, then writes the page
 *   npm run reliability -- --write  writes the page from what the last run left
 *   npm run reliability -- --check  fails when a case that was run has no row in the page, or did not pass
 */
import { spawn } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './paths.mjs';
import { faultKey, forgetFaultResults, readFaultResults } from './test-runner/fault-server.mjs';

const PAGE = join(ROOT, 'docs/reliability.md');
const FAULTS = join(ROOT, 'test/faults');
const NODE_TESTS = join(ROOT, 'test/node');
const BEGIN = '<!-- faults:begin -->';
const END = '<!-- faults:end -->';

const { values } = parseArgs({ options: { write: { type: 'boolean' }, check: { type: 'boolean' } } });

function run(args, env = {}) {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', failed);
    child.on('close', (status) => done(status === 0));
  });
}

async function faultTests() {
  const inBrowser = (await readdir(FAULTS)).filter((name) => name.endsWith('.test.ts')).map((name) => join('test/faults', name));
  const inNode = (await readdir(NODE_TESTS)).filter((name) => /^faults.*\.test\.mjs$/.test(name)).map((name) => join('test/node', name));
  return { inBrowser, inNode };
}

async function runTests() {
  forgetFaultResults();
  const { inBrowser, inNode } = await faultTests();
  const inPages = (browser) => run([join('node_modules', '@web/test-runner/dist/bin.js'), '--static-logging', '--files', ...inBrowser], { TEST_BROWSER: browser });
  const results = [await inPages('chromium'), await run(['--test', '--test-concurrency=1', ...inNode]), await inPages('firefox')];
  return !results.includes(false);
}

/** By theme, then by name, then by browser and host. */
function sorted(rows) {
  return [...rows].sort((a, b) => faultKey(a).localeCompare(faultKey(b), 'en'));
}

function tableOf(rows) {
  const cells = rows.map(({ name, browser, host, injected, expected, raw, frames, pieces, recoveryMs, leaks }) => [
    name, `${browser}, ${host}`, injected, expected, `${raw} / ${frames}`, pieces ? `${pieces.mean} / ${pieces.worst}` : '–', recoveryMs === null ? '–' : String(recoveryMs), String(leaks),
  ]);
  const head = ['case', 'browser, host', 'what was injected', 'what must happen', 'raw / all frames', 'pieces, mean / worst, %', 'recovery, ms', 'leaks'];
  const line = (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...cells.map(line)].join('\n');
}

async function writePage(rows) {
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${PAGE} must hold ${BEGIN} and ${END}, between which the table stands`);
  await writeFile(PAGE, `${before}${BEGIN}\n\n${tableOf(sorted(rows))}\n\n${END}${after}`);
}

/** The rows that stand in the page. */
async function rowsOfPage() {
  const page = await readFile(PAGE, 'utf8');
  const table = page.split(BEGIN)[1]?.split(END)[0] ?? '';
  return [...table.matchAll(/^\| ([^|]+) \| (\w+), (worker|window) \|/gm)].map(([, name, browser, host]) => ({ name: name.trim(), browser, host }));
}

async function check() {
  const rows = new Set((await rowsOfPage()).map(faultKey));
  const results = readFaultResults();
  if (results.length === 0) throw new Error('No results of the tests of faults: run them first (npm run reliability)');
  const missing = results.map(faultKey).filter((name) => !rows.has(name));
  const failed = results.filter(({ passed }) => !passed).map(faultKey);
  for (const name of missing) console.error(`docs/reliability.md has no row for: ${name}; run npm run reliability`);
  for (const name of failed) console.error(`Did not pass: ${name}`);
  return missing.length === 0 && failed.length === 0;
}

if (values.check) {
  process.exitCode = (await check()) ? 0 : 1;
} else {
  const isGood = values.write ? true : await runTests();
  const rows = readFaultResults();
  await writePage(rows);
  console.log(`docs/reliability.md: ${rows.length} rows, ${rows.reduce((sum, { raw }) => sum + raw, 0)} raw frames of ${rows.reduce((sum, { frames }) => sum + frames, 0)}; pieces: ${Math.max(0, ...rows.map(({ pieces }) => pieces?.worst ?? 0))} % of the picture at most`);
  process.exitCode = isGood ? 0 : 1;
}
