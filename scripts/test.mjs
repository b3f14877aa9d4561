/** Runs the checks of the project, prints what took longest, and the totals as its last line. */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isFirefoxMissing } from './find-browser.mjs';
import { ROOT } from './paths.mjs';
import { describeLongest } from './test-runner/longest.mjs';
import { testFilesOf } from './test-runner/test-files.mjs';
import { joinTotals, keepTotals, withTotals } from './test-runner/totals.mjs';
import { UNIT_TESTS, buildUnitTests } from './test-runner/unit-tests.mjs';

const USAGE = `Runs the checks of the project, prints what took longest, and the totals as the last line.

  npm test                                      everything
  npm run check                                 types, lint and unit tests: no browser, about a minute
  npm test -- --only lint,node                  some steps: STEPS
  npm test -- --files test/gl/time.test.ts      these files of test/ alone; a unit test runs in Node, others in
                                                Chromium, or in Firefox with --only firefox
  npm test -- --require-firefox                 a missing Firefox is a failure, not a skip
  npm test -- --quick                           lint looks only at files that changed since it last did
  npm test -- --alone                           one thing at a time; otherwise two where they do not disturb each other
  npm run test:watch -- --files test/gl/time.test.ts   these files in Chromium, again at every change
  node --test test/node/package.test.mjs        one file of test/node/

TEST_LOGS=1 shows the console of passing browser tests and the name of every skipped one.`;

const { values, positionals } = parseArgs({
  options: {
    only: { type: 'string' },
    files: { type: 'string', multiple: true },
    'require-firefox': { type: 'boolean' },
    alone: { type: 'boolean' },
    quick: { type: 'boolean' },
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
  'api-report', 'arrows', 'asset-digests', 'audit', 'chime-server', 'copy-assets', 'csp-lint', 'licences', 'notice', 'package', 'package-docs',
  'package-lint', 'release', 'tflite', 'tflite-metadata', 'types', 'types-frameworks',
].map((name) => `${name}.test.mjs`);

const inModules = (path) => join('node_modules', path);

/** A step takes this many runs at the same time, where it can: a run keeps one core busy, and often waits. */
const AT_ONCE = values.alone || availableParallelism() < 2 ? 1 : 2;
/** On two cores, networks on a GPU of software keep faults waiting longer than the tests do. */
const BROWSERS_BESIDE = AT_ONCE > 1 && availableParallelism() >= 4;
/** So that two runs at the same time end at about the same time. */
const BROWSER_PARTS = BROWSERS_BESIDE ? { chromium: 4, firefox: 2 } : { chromium: 1, firefox: 1 };

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

const asOneTest = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });
/** What only makes something: nothing to count unless it fails. */
const asPreparation = (ok) => ({ passed: 0, failed: ok ? 0 : 1, skipped: 0 });

/** What did not change since the last time is not looked at again. */
const typeCheck = (config) => [inModules('typescript/bin/tsc'), '-p', `${config}.json`, '--incremental', '--tsBuildInfoFile', `.cache/types/${config}.tsbuildinfo`];
/** Not for the last word: a file may be wrong by the rules that know types because another one changed. */
const LINT_CACHE = ['--cache', '--cache-strategy', 'content', '--cache-location', '.cache/eslint/'];

/** Parts of a step that are a script each. */
const checks = (...commands) => commands.map((args) => async (print) => asOneTest(await runNode(args, { print })));
const prepares = (...args) => [async (print) => asPreparation(await runNode(args, { print }))];

/** @param {string} name of the totals @param {string[]} files @param {{ atOnce: number, reporter?: string, print?: (text: string) => void }} options */
function runInNode(name, files, { atOnce, reporter = 'spec', print }) {
  return withTotals(name, (totals) =>
    runNode([
      '--enable-source-maps', '--test', `--test-concurrency=${atOnce}`,
      `--test-reporter=${reporter}`, '--test-reporter-destination=stdout',
      '--test-reporter=./scripts/test-runner/node-totals.mjs', `--test-reporter-destination=${totals}`,
      ...files,
    ], { print }),
  );
}

async function runUnitTests(print) {
  const files = await buildUnitTests(chosenFiles.length ? chosenUnitTests : UNIT_TESTS);
  return runInNode('unit', files, { atOnce: AT_ONCE, reporter: 'dot', print });
}

async function runNodeTests(print) {
  const names = (await readdir(join(ROOT, 'test/node'))).filter((name) => name.endsWith('.test.mjs')).sort();
  const missing = LIGHT_NODE_TESTS.filter((name) => !names.includes(name));
  if (missing.length) throw new Error(`No such tests in test/node: ${missing.join(', ')}`);
  // So that two at once do not both make it.
  if (!(await runNode(['scripts/build.mjs', '--if-stale'], { print }))) return asOneTest(false);
  const inFolder = (name) => join('test/node', name);
  const light = await runInNode('node-light', LIGHT_NODE_TESTS.map(inFolder), { atOnce: AT_ONCE, print });
  const heavy = await runInNode('node', names.filter((name) => !LIGHT_NODE_TESTS.includes(name)).map(inFolder), { atOnce: 1, print });
  return joinTotals([light, heavy]);
}

/** @param {string} browser @param {string} name of the totals @param {string[]} files */
function runInBrowser(browser, name, files, print) {
  const runner = inModules('@web/test-runner/dist/bin.js');
  return withTotals(name, (file) =>
    runNode([runner, '--static-logging', '--files', ...files], { env: { TEST_TOTALS: file, TEST_BROWSER: browser }, print }),
  );
}

/** The files of a browser in equal parts; one part where files are chosen. */
function browserParts(browser) {
  if (chosenBrowserTests.length) return [(print) => runInBrowser(browser, `${browser}-chosen`, chosenBrowserTests, print)];
  const [files, count] = [testFilesOf(browser), BROWSER_PARTS[browser]];
  const partOf = (number) => files.filter((_file, index) => index % count === number);
  return Array.from({ length: count }, (_part, number) => (print) => runInBrowser(browser, `${browser}-${number + 1}`, partOf(number), print));
}

function firefoxParts() {
  const missing = isFirefoxMissing();
  if (!missing) return browserParts('firefox');
  const isRequired = values['require-firefox'];
  return [async (print) => {
    (print ?? console.error)(isRequired ? missing : `Skipped: ${missing}`);
    return isRequired ? asOneTest(false) : { passed: 0, failed: 0, skipped: 1 };
  }];
}

/** Kept where the whole suite ran. */
const keepBrowserTotals = (browser) => (totals) => (chosenBrowserTests.length ? undefined : keepTotals(browser, totals));

/**
 * `beside`: the parts of it, and of the steps next to it that have this, too, run two at a time. None of them measures
 * time, or reads what another writes. Those without it have the machine for themselves.
 */
const STEPS = [
  { name: 'assets', title: 'Assets: WASM and model files', parts: () => prepares('scripts/build-assets.mjs') },
  { name: 'typecheck', title: 'Type check', beside: true, parts: () => checks(...['tsconfig', 'tsconfig.node'].map(typeCheck)) },
  { name: 'lint', title: 'Lint', beside: true, parts: () => checks([inModules('eslint/bin/eslint.js'), '.', ...(values.quick ? LINT_CACHE : [])]) },
  { name: 'unit', title: 'Unit tests', beside: true, parts: () => [runUnitTests] },
  { name: 'manifest', title: 'Manifest and README tables', beside: true, parts: () => checks(['scripts/manifest.mjs', '--check'], ['scripts/readme-tables.mjs', '--check']) },
  { name: 'build', title: 'Library build', beside: true, parts: () => prepares('scripts/build.mjs', '--if-stale') },
  { name: 'camera', title: 'Fake camera', beside: true, parts: () => prepares('scripts/make-camera-clip.mjs') },
  { name: 'node', title: 'Tests in Node', parts: () => [runNodeTests] },
  { name: 'browser', title: 'Tests in Chromium', beside: BROWSERS_BESIDE, parts: () => browserParts('chromium'), keep: keepBrowserTotals('chromium') },
  { name: 'firefox', title: 'Tests in Firefox', beside: BROWSERS_BESIDE, parts: firefoxParts, keep: keepBrowserTotals('firefox') },
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

async function finishStep({ name, title, keep }, totals, seconds) {
  await keep?.(totals);
  for (const key of Object.keys(sum)) sum[key] += totals[key];
  if (totals.failed) failedSteps.push({ name, title, failures: totals.failures });
  durations.push(...totals.durations.map((duration) => ({ ...duration, file: `${duration.file} (${name})` })));
  times.push({ title, seconds });
  console.log(`--- ${title}: ${totals.failed ? 'failed' : 'ok'} (${seconds.toFixed(1)} s)`);
}

/** Prints whole lines under a name, as two runs at the same time need it. */
function linePrinter(name) {
  let rest = '';
  const print = (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) console.log(`[${name}] ${line}`);
  };
  return { print, end: () => print('\n') };
}

/** Every part of the steps, {@link AT_ONCE} at a time, in order. @returns when all have ended */
async function runTogether(steps) {
  const waiting = steps.flatMap((step) => {
    const parts = step.parts();
    const state = { step, left: parts.length, totals: [], started: 0 };
    return parts.map((run, index) => ({ state, run, label: parts.length > 1 ? `${step.name} ${index + 1}` : step.name }));
  });
  const canMix = AT_ONCE > 1 && waiting.length > 1;
  const takeParts = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      const { state, run, label } = part;
      if (!state.started) console.log(`\n=== ${state.step.title} ===`);
      state.started ||= performance.now();
      const { print, end } = linePrinter(label);
      state.totals.push(await run(canMix ? print : undefined));
      end();
      state.left -= 1;
      if (state.left === 0) await finishStep(state.step, joinTotals(state.totals), (performance.now() - state.started) / 1000);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeParts));
}

/** Steps that can run beside each other do; the others one after the other. */
async function runSteps(steps) {
  const groups = [];
  for (const step of steps) {
    const group = groups.at(-1);
    if (step.beside && group?.at(-1).beside) group.push(step);
    else groups.push([step]);
  }
  for (const group of groups) await runTogether(group);
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
