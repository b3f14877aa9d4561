import { relative } from 'node:path';
import { ROOT } from '../paths.mjs';

const describe = (error) => error?.cause?.stack ?? error?.cause?.message ?? error?.message ?? 'failed without an error';

/** Reporter for `node --test`: one line of JSON with the totals and what failed. Suites are not counted, only tests. */
export default async function* nodeTotals(source) {
  const totals = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    if (data.skip !== undefined || data.todo !== undefined) totals.skipped += 1;
    else if (type === 'test:pass') totals.passed += 1;
    else {
      totals.failed += 1;
      totals.failures.push({ file: data.file ? relative(ROOT, data.file) : '', test: data.name, message: describe(data.details?.error) });
    }
  }
  yield JSON.stringify(totals);
}
