import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { API_REPORT, apiReport } from '../../scripts/api-report.mjs';
import { buildPackage } from '../../scripts/build.mjs';

describe('what the package exports', () => {
  let report;

  before(async () => {
    await buildPackage({ ifStale: true });
    report = apiReport();
  });

  it('should be what api.txt says (`npm run api` writes it)', async () => {
    assert.equal(report, await readFile(API_REPORT, 'utf8'));
  });

  it('should have the element, the engine and the error, and nothing private', () => {
    for (const line of ['class VirtualBackgroundCamera ', 'function createVirtualBackground(', 'class VirtualBackgroundError ', 'type VirtualBackgroundErrorCode =']) assert.ok(report.includes(`\n${line}`), line);
    assert.doesNotMatch(report, /^ +(?:private |#)/m);
  });
});
