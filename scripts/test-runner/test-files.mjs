import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../paths.mjs';
import { UNIT_TESTS } from './unit-tests.mjs';

/**
 * In Chromium alone: what is decided by figures of a machine that the test makes up, and whether the docs' examples are
 * right, is the same in each browser. Other tests run in both what the examples call.
 */
const SAME_EVERYWHERE = ['test/docs/code.test.ts', 'test/engine/savings.test.ts', 'test/segmentation/thread-choice.test.ts'];

/** The test files that run in a browser. @param {string} browser `chromium` or `firefox` */
export function testFilesOf(browser) {
  const elsewhere = [...UNIT_TESTS, ...(browser === 'chromium' ? [] : SAME_EVERYWHERE)];
  const names = readdirSync(join(ROOT, 'test'), { recursive: true }).map((name) => `test/${name.replaceAll('\\', '/')}`);
  return names.filter((name) => name.endsWith('.test.ts') && !elsewhere.includes(name)).sort();
}
