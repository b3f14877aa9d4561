/** What a test runner counted, as JSON files in the cache: one a run, so that several can go on at the same time. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE } from '../paths.mjs';

const COUNTS = ['passed', 'failed', 'skipped'];
const NOTHING = { passed: 0, failed: 0, skipped: 0 };

const fileOf = (name) => join(CACHE, `${name}-totals.json`);

/**
 * Runs a test runner that leaves its totals in a file. A runner that broke without counting a failure is one, and so
 * is one that ran nothing.
 *
 * @param {string} name
 * @param {(file: string) => Promise<boolean>} run
 */
export async function withTotals(name, run) {
  const file = fileOf(name);
  await mkdir(CACHE, { recursive: true });
  await rm(file, { force: true });
  const ok = await run(file);
  const totals = JSON.parse(await readFile(file, 'utf8').catch(() => 'null')) ?? NOTHING;
  const isEmpty = totals.passed + totals.failed === 0;
  if (isEmpty) console.error(`No test ran: ${name}.`);
  return !totals.failed && (!ok || isEmpty) ? { ...totals, failed: 1 } : totals;
}

/** Keeps what the parts of a whole run gave, for the table of browsers. */
export const keepTotals = (name, totals) => writeFile(fileOf(name), JSON.stringify(totals));

function addCounts(one, other) {
  const sum = { ...one };
  for (const [key, count] of Object.entries(other)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

/** The totals of parts of a run as those of the whole. */
export function joinTotals(parts) {
  const joined = { ...NOTHING, seconds: 0, reasons: {}, failures: [], durations: [] };
  for (const part of parts) {
    for (const key of COUNTS) joined[key] += part[key];
    joined.browser ??= part.browser;
    joined.seconds += part.seconds ?? 0;
    joined.reasons = addCounts(joined.reasons, part.reasons ?? {});
    joined.failures.push(...(part.failures ?? []));
    joined.durations.push(...(part.durations ?? []));
  }
  return joined;
}
