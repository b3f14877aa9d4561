/** Runs the checks of the project, prints what took longest, and the totals as its last line. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isFirefoxMissing } from './find-browser.mjs';
import { CACHE, ROOT } from './paths.mjs';
import { describeLongest } from './test-runner/longest.mjs';
import { UNIT_TESTS, buildUnitTests } from './test-runner/unit-tests.mjs';

const USAGE = `Runs the checks of the project, prints what took longest, and the totals as the last line.

  npm test                                      everything
  npm run check                                 types, lint and unit tests: no browser, at most a minute
  npm test -- --only lint,node                  some steps: STEPS
  npm test -- --files test/gl/time.test.ts      these files of test/ alone; a unit test runs in Node, others in
                                                Chromium, or in Firefox with --only firefox
  npm test -- --require-firefox                 a missing Firefox is a failure, not a skip
  npm run test:watch -- --files test/gl/time.test.ts   these files in Chromium, again at every change
  node --test test/node/package.test.mjs        one file of test/node/

TEST_LOGS=1 shows the console of passing browser tests and the name of every skipped one.`;

const { values, positionals } = parseArgs({
  options: {
    only: { type: 'string' },
    files: { type: 'string', multiple: true },
    'require-firefox': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  allowPositionals: true,
});
/** Test files to run; all when empty. */
const chosenFiles = [...(values.files ?? []), ...positionals];
const chosenUnitTests = chosenFiles.filter((file) => UNIT_TESTS.includes(file));
const chosenBrowserTests = chosenFiles.filter((file) => !UNIT_TESTS.includes(file));

/**
 * Tests in Node that start no browser and hardly wait: two at a time. The others measure frames and memory, and each
 * has the machine for itself.
 */
const LIGHT_NODE_TESTS = [
  'arrows', 'asset-digests', 'audit', 'chime-server', 'copy-assets', 'csp-lint', 'licences', 'notice', 'package', 'package-docs',
  'package-lint', 'tflite', 'tflite-metadata', 'types', 'types-frameworks',
].map((name) => `${name}.test.mjs`);

const inModules = (path) => join('node_modules', path);

/**
 * Runs a Node script in the repository's root.
 *
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, print?: (text: string) => void }} [options] `print` takes what it prints,
 *   which otherwise goes straight through
 */
function runNode(args, { env = {}, print } = {}) {
  return new Promise((done, failed) => {
    const stdio = print ? ['ignore', 'pipe', 'pipe'] : 'inherit';
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio, env: { ...process.env, ...env } });
    for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', print);
    child.on('error', failed);
    child.on('close', (status) => done(status === 0));
  });
}

async function runAll(commands, options) {
  for (const args of commands) if (!(await runNode(args, options))) return false;
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

/** A test step in which nothing ran is none. */
function failIfEmpty(what, totals) {
  if (totals.passed + totals.failed > 0) return totals;
  console.error(`No ${what} ran.`);
  return { ...totals, failed: 1 };
}

/** @param {string} name of the totals @param {string[]} files @param {{ atOnce: number, print?: (text: string) => void }} options */
function runInNode(name, files, { atOnce, print }) {
  return withTotals(name, (totals) =>
    runNode([
      '--enable-source-maps', '--test', `--test-concurrency=${atOnce}`,
      `--test-reporter=${print ? 'dot' : 'spec'}`, '--test-reporter-destination=stdout',
      '--test-reporter=./scripts/test-runner/node-totals.mjs', `--test-reporter-destination=${totals}`,
      ...files,
    ], { print }),
  );
}

async function runUnitTests(print) {
  const files = await buildUnitTests(chosenFiles.length ? chosenUnitTests : UNIT_TESTS);
  return failIfEmpty('unit test', await runInNode('unit', files, { atOnce: 2, print }));
}

async function runNodeTests() {
  const names = (await readdir(join(ROOT, 'test/node'))).filter((name) => name.endsWith('.test.mjs')).sort();
  const missing = LIGHT_NODE_TESTS.filter((name) => !names.includes(name));
  if (missing.length) throw new Error(`No such tests in test/node: ${missing.join(', ')}`);
  // So that two at once do not both make it.
  if (!(await runNode(['scripts/build.mjs', '--if-stale']))) return asOneTest(false);
  const inFolder = (name) => join('test/node', name);
  const light = await runInNode('node-light', LIGHT_NODE_TESTS.map(inFolder), { atOnce: 2 });
  const heavy = await runInNode('node', names.filter((name) => !LIGHT_NODE_TESTS.includes(name)).map(inFolder), { atOnce: 1 });
  return joinTotals(light, heavy);
}

function joinTotals(one, other) {
  const joined = {};
  for (const key of ['passed', 'failed', 'skipped']) joined[key] = one[key] + other[key];
  for (const key of ['failures', 'durations']) joined[key] = [...(one[key] ?? []), ...(other[key] ?? [])];
  return joined;
}

async function runBrowserTests(browser) {
  const files = chosenBrowserTests.length ? ['--files', ...chosenBrowserTests] : [];
  // What the whole suite gave is kept for the table of browsers.
  const name = chosenBrowserTests.length ? `${browser}-chosen` : browser;
  const totals = await withTotals(name, (file) =>
    runNode([inModules('@web/test-runner/dist/bin.js'), '--static-logging', ...files], { env: { TEST_TOTALS: file, TEST_BROWSER: browser } }),
  );
  return failIfEmpty('browser test', totals);
}

async function runFirefoxTests() {
  const missing = isFirefoxMissing();
  if (!missing) return runBrowserTests('firefox');
  console.error(values['require-firefox'] ? missing : `Skipped: ${missing}`);
  return values['require-firefox'] ? asOneTest(false) : { passed: 0, failed: 0, skipped: 1 };
}

const TYPE_CHECKS = ['tsconfig.json', 'tsconfig.node.json'].map((file) => [inModules('typescript/bin/tsc'), '-p', file]);

/**
 * `beside`: runs at the same time as the steps next to it that have this, too, two at a time. None of them measures
 * time or reads what another writes.
 */
const STEPS = [
  { name: 'assets', title: 'Assets: WASM and model files', run: async () => asPreparation(await runNode(['scripts/build-assets.mjs'])) },
  { name: 'typecheck', title: 'Type check', beside: true, run: async (print) => asOneTest(await runAll(TYPE_CHECKS, { print })) },
  { name: 'lint', title: 'Lint', beside: true, run: async (print) => asOneTest(await runNode([inModules('eslint/bin/eslint.js'), '.'], { print })) },
  { name: 'unit', title: 'Unit tests', beside: true, run: runUnitTests },
  { name: 'manifest', title: 'Manifest and README tables', beside: true, run: async (print) => asOneTest(await runAll([['scripts/manifest.mjs', '--check'], ['scripts/readme-tables.mjs', '--check']], { print })) },
  { name: 'build', title: 'Library build', beside: true, run: async (print) => asPreparation(await runNode(['scripts/build.mjs', '--if-stale'], { print })) },
  { name: 'camera', title: 'Fake camera', beside: true, run: async (print) => asPreparation(await runNode(['scripts/make-camera-clip.mjs'], { print })) },
  { name: 'node', title: 'Tests in Node', run: runNodeTests },
  { name: 'browser', title: 'Tests in Chromium', run: () => runBrowserTests('chromium') },
  { name: 'firefox', title: 'Tests in Firefox', run: runFirefoxTests },
];

/** What the chosen files need; everything when none is chosen. */
function stepsByFiles() {
  if (!chosenFiles.length) return STEPS.map(({ name }) => name);
  return [...(chosenUnitTests.length ? ['unit'] : []), ...(chosenBrowserTests.length ? ['assets', 'camera', 'browser'] : [])];
}

function chosenSteps() {
  const only = values.only?.split(',') ?? stepsByFiles();
  const names = STEPS.map(({ name }) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length) throw new Error(`--only must name steps out of ${names.join(', ')}; got '${unknown.join(',')}'`);
  return STEPS.filter(({ name }) => only.includes(name));
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
const durations = [];
const times = [];

/** @param {(typeof STEPS)[number]} step @param {((text: string) => void)} [print] where what it prints must not mix with another's */
async function runStep({ name, title, run }, print) {
  const started = performance.now();
  const totals = await run(print);
  const seconds = (performance.now() - started) / 1000;
  for (const key of Object.keys(sum)) sum[key] += totals[key];
  if (totals.failed) failedSteps.push({ name, title, failures: totals.failures ?? [] });
  durations.push(...(totals.durations ?? []).map((duration) => ({ ...duration, file: `${duration.file} (${name})` })));
  times.push({ title, seconds });
  return `--- ${title}: ${totals.failed ? 'failed' : 'ok'} (${seconds.toFixed(1)} s)`;
}

const titleLine = ({ title }) => `\n=== ${title} ===`;

/** Two at a time; what a step prints comes when it has ended. */
async function runBeside(steps) {
  const waiting = [...steps];
  const takeSteps = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      let text = '';
      const end = await runStep(step, (part) => (text += part));
      console.log([titleLine(step), text.trimEnd(), end].filter(Boolean).join('\n'));
    }
  };
  await Promise.all([takeSteps(), takeSteps()]);
}

async function runSteps(steps) {
  for (let index = 0; index < steps.length; ) {
    const after = steps.findIndex(({ beside }, other) => other >= index && !beside);
    const group = steps.slice(index, after < 0 ? undefined : after);
    if (group.length) await runBeside(group);
    index += group.length;
    const step = steps[index];
    if (!step) return;
    console.log(titleLine(step));
    console.log(await runStep(step));
    index += 1;
  }
}

function printEnd() {
  const longest = describeLongest(durations);
  if (longest) console.log(`\n${longest}`);
  console.log(['', 'Steps:', ...times.map(({ title, seconds }) => `  ${seconds.toFixed(1)} s  ${title}`)].join('\n'));
  for (const { title, failures } of failedSteps) printFailures(title, failures);
  console.log(failedSteps.length ? `\nFailed: ${failedSteps.map(({ name }) => name).join(', ')}` : '');
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
}

if (values.help) console.log(USAGE.replace('STEPS', STEPS.map(({ name }) => name).join(' ')));
else {
  await runSteps(chosenSteps());
  printEnd();
  process.exitCode = sum.failed ? 1 : 0;
}
