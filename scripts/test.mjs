/**
 * Runs every check of the project, in order, and prints the totals as its last line.
 *
 *   npm test                                      everything
 *   npm test -- --only lint,node                  some steps: assets typecheck lint manifest build node camera browser firefox
 *   npm test -- --files test/gl/time.test.ts      these browser test files alone; in Firefox with --only firefox
 *   npm test -- --require-firefox                 a missing Firefox is a failure, not a skip
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isFirefoxMissing } from './find-browser.mjs';
import { CACHE, ROOT } from './paths.mjs';

const { values, positionals } = parseArgs({
  options: { only: { type: 'string' }, files: { type: 'string', multiple: true }, 'require-firefox': { type: 'boolean' } },
  allowPositionals: true,
});
/** Browser test files to run; all when empty. */
const chosenFiles = [...(values.files ?? []), ...positionals];

const inModules = (path) => join('node_modules', path);

/** Runs a Node script in the repository's root; what it prints goes straight through. */
function runNode(args, env = {}) {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', failed);
    child.on('close', (status) => done(status === 0));
  });
}

async function runAll(...commands) {
  for (const args of commands) if (!(await runNode(args))) return false;
  return true;
}

const asOneTest = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });
/** Steps that only make something: nothing to count unless they fail. */
const asPreparation = (ok) => ({ passed: 0, failed: ok ? 0 : 1, skipped: 0 });

/** Runs a test runner that leaves its totals in a file. A runner that broke without counting a failure is one. */
async function withTotals(name, run) {
  const file = join(CACHE, `${name}-totals.json`);
  await mkdir(CACHE, { recursive: true });
  await rm(file, { force: true });
  const ok = await run(file);
  const totals = JSON.parse(await readFile(file, 'utf8').catch(() => 'null')) ?? { passed: 0, failed: 0, skipped: 0 };
  if (!ok && !totals.failed) totals.failed = 1;
  return totals;
}

function runNodeTests() {
  return withTotals('node', async (file) => {
    const names = (await readdir(join(ROOT, 'test/node'))).filter((name) => name.endsWith('.test.mjs')).sort();
    return runNode([
      '--test', '--test-concurrency=1',
      '--test-reporter=spec', '--test-reporter-destination=stdout',
      '--test-reporter=./scripts/test-runner/node-totals.mjs', `--test-reporter-destination=${file}`,
      ...names.map((name) => join('test/node', name)),
    ]);
  });
}

async function runBrowserTests(browser) {
  const files = chosenFiles.length ? ['--files', ...chosenFiles] : [];
  // What the whole suite gave is kept for the table of browsers.
  const name = chosenFiles.length ? `${browser}-chosen` : browser;
  const totals = await withTotals(name, (file) =>
    runNode([inModules('@web/test-runner/dist/bin.js'), '--static-logging', ...files], { TEST_TOTALS: file, TEST_BROWSER: browser }),
  );
  if (totals.passed + totals.failed === 0) {
    console.error('No browser test ran.');
    totals.failed = 1;
  }
  return totals;
}

async function runFirefoxTests() {
  const missing = isFirefoxMissing();
  if (!missing) return runBrowserTests('firefox');
  console.error(values['require-firefox'] ? missing : `Skipped: ${missing}`);
  return values['require-firefox'] ? asOneTest(false) : { passed: 0, failed: 0, skipped: 1 };
}

const STEPS = [
  ['assets', 'Assets: WASM and model files', async () => asPreparation(await runNode(['scripts/build-assets.mjs']))],
  ['typecheck', 'Type check', async () => asOneTest(await runAll(...['tsconfig.json', 'tsconfig.node.json'].map((file) => [inModules('typescript/bin/tsc'), '-p', file])))],
  ['lint', 'Lint', async () => asOneTest(await runNode([inModules('eslint/bin/eslint.js'), '.']))],
  ['manifest', 'Manifest and README tables', async () => asOneTest(await runAll(['scripts/manifest.mjs', '--check'], ['scripts/readme-tables.mjs', '--check']))],
  ['build', 'Library build', async () => asPreparation(await runNode(['scripts/build.mjs', '--if-stale']))],
  ['node', 'Tests in Node', runNodeTests],
  ['camera', 'Fake camera', async () => asPreparation(await runNode(['scripts/make-camera-clip.mjs']))],
  ['browser', 'Tests in Chromium', () => runBrowserTests('chromium')],
  ['firefox', 'Tests in Firefox', runFirefoxTests],
];

function chosenSteps() {
  const only = values.only?.split(',') ?? (chosenFiles.length ? ['assets', 'camera', 'browser'] : STEPS.map(([name]) => name));
  const unknown = only.filter((name) => !STEPS.some(([known]) => known === name));
  if (unknown.length) throw new Error(`--only must name steps out of ${STEPS.map(([name]) => name).join(', ')}; got '${unknown.join(',')}'`);
  return STEPS.filter(([name]) => only.includes(name));
}

/** Of a message at the end of the run; the whole one stands where it happened. */
const LONGEST_MESSAGE = 1500;

/** What failed, once more, where the end of a long log is read. */
function printFailures(title, failures) {
  for (const { file, test, message } of failures) {
    console.log(`\n✗ ${title}: ${[file, test].filter(Boolean).join(' › ')}`);
    console.log(message.slice(0, LONGEST_MESSAGE).replace(/^/gm, '    '));
  }
}

const sum = { passed: 0, failed: 0, skipped: 0 };
const failedSteps = [];
for (const [name, title, run] of chosenSteps()) {
  console.log(`\n=== ${title} ===`);
  const started = performance.now();
  const totals = await run();
  for (const key of Object.keys(sum)) sum[key] += totals[key];
  if (totals.failed) failedSteps.push({ name, title, failures: totals.failures ?? [] });
  console.log(`--- ${title}: ${totals.failed ? 'failed' : 'ok'} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
for (const { title, failures } of failedSteps) printFailures(title, failures);
console.log(failedSteps.length ? `\nFailed: ${failedSteps.map(({ name }) => name).join(', ')}` : '');
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed ? 1 : 0;
