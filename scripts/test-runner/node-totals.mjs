import { relative } from 'node:path';
import { ROOT } from '../paths.mjs';

const describe = (error) => error?.cause?.stack ?? error?.cause?.message ?? error?.message ?? 'failed without an error';
/** The test itself, not the script that was made of it. */
const fileOf = ({ file }) => (file ? relative(ROOT, file).replace(/^\.cache\/unit\/(.*)\.mjs$/, '$1.ts') : '');

/**
 * Reporter for `node --test`: one line of JSON with the totals, what failed, and how long each file and test took.
 * Suites are not counted, only tests.
 */
export default async function* nodeTotals(source) {
  const totals = { passed: 0, failed: 0, skipped: 0, failures: [], durations: [] };
  const files = new Map();
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const [file, seconds] = [fileOf(data), (data.details?.duration_ms ?? 0) / 1000];
    if (data.nesting === 0) files.set(file, (files.get(file) ?? 0) + seconds);
    if (data.details?.type === 'suite') continue;
    totals.durations.push({ file, test: data.name, seconds });
    if (data.skip !== undefined || data.todo !== undefined) totals.skipped += 1;
    else if (type === 'test:pass') totals.passed += 1;
    else {
      totals.failed += 1;
      totals.failures.push({ file, test: data.name, message: describe(data.details?.error) });
    }
  }
  for (const [file, seconds] of files) totals.durations.push({ file, seconds });
  yield JSON.stringify(totals);
}
