import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inspect } from 'node:util';
import { ROOT } from '../paths.mjs';
import { describeLongest } from './longest.mjs';

function* eachTest(suite, path = []) {
  for (const test of suite?.tests ?? []) yield { ...test, path: [...path, test.name].join(' › ') };
  for (const inner of suite?.suites ?? []) yield* eachTest(inner, [...path, inner.name]);
}

function describeError({ name, message, stack, expected, actual }) {
  const head = name && !message?.startsWith(name) ? `${name}: ${message}` : message;
  const lines = stack?.includes(message) ? [stack] : [head, stack];
  if (expected !== undefined && actual !== undefined) lines.push(`expected: ${expected}`, `actual:   ${actual}`);
  return lines.filter(Boolean).join('\n');
}

/** Why a test or its suite was skipped, as its name tells. */
const reasonOf = ({ path }) => (/\(skipped: ([^()]*)\)/.exec(path) ?? /\(([^()]+)\)[^()]*$/.exec(path))?.[1] ?? 'no reason given';

/** How many tests were skipped for each reason. */
function countReasons(tests) {
  const reasons = {};
  for (const test of tests) reasons[reasonOf(test)] = (reasons[reasonOf(test)] ?? 0) + 1;
  return reasons;
}

/** A line a reason; `TEST_LOGS=1` gives every test. */
function describeSkipped(tests) {
  if (process.env.TEST_LOGS) return tests.map(({ path }) => path);
  return Object.entries(countReasons(tests)).map(([reason, count]) => `${count}, ${reason}`);
}

const inSeconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

const indent = (text, by) => text.replace(/^/gm, ' '.repeat(by));

function summarize(session) {
  const tests = [...eachTest(session.testResults)];
  const failed = tests.filter((test) => !test.passed && !test.skipped);
  return {
    passed: tests.filter((test) => test.passed && !test.skipped).length,
    failed,
    skipped: tests.filter((test) => test.skipped),
    // A file that broke before or beside its tests (a bad import, a crash, an error outside a test) counts as one failure.
    brokenBy: session.errors.length ? session.errors : session.passed || failed.length ? [] : [{ message: 'The test file did not finish.' }],
    milliseconds: tests.reduce((sum, test) => sum + (test.duration ?? 0), 0),
  };
}

function report(file, session, wallMs) {
  const { passed, failed, skipped, brokenBy, milliseconds } = summarize(session);
  const bad = failed.length + brokenBy.length > 0;
  const counts = [`${passed} passed`, failed.length && `${failed.length} failed`, skipped.length && `${skipped.length} skipped`];
  const lines = [`${bad ? '✗' : '✓'} ${file}: ${counts.filter(Boolean).join(', ')} (${inSeconds(wallMs)}, ${inSeconds(milliseconds)} of it in tests)`];
  for (const line of describeSkipped(skipped)) lines.push(`    skipped: ${line}`);
  for (const test of failed) lines.push(`    ✗ ${test.path}`, indent(describeError(test.error ?? { message: 'failed without an error' }), 8));
  for (const error of brokenBy) lines.push('    ✗ error outside a test', indent(describeError(error), 8));
  if (bad || process.env.TEST_LOGS) {
    for (const entry of session.logs) {
      lines.push(indent(`console: ${entry.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ')}`, 8));
    }
    for (const url of session.request404s) lines.push(`        404: ${url}`);
  }
  return lines.join('\n');
}

/** What failed in a file, for the end of the run. */
function failuresOf(session) {
  const file = relative(ROOT, session.testFile);
  const { failed, brokenBy } = summarize(session);
  return [
    ...failed.map(({ path, error }) => ({ file, test: path, message: describeError(error ?? { message: 'failed without an error' }) })),
    ...brokenBy.map((error) => ({ file, test: 'error outside a test', message: describeError(error) })),
  ];
}

/** How long each test took. */
const durationsOf = (session) =>
  [...eachTest(session.testResults)].map(({ path, duration }) => ({ file: relative(ROOT, session.testFile), test: path, seconds: (duration ?? 0) / 1000 }));

/**
 * Prints one line a test file, names what failed and why tests were skipped, and writes the totals, the
 * failures and the durations as JSON to the file named by the environment variable TEST_TOTALS. `TEST_LOGS=1` shows
 * the console of passing files and the name of every skipped test, too.
 *
 * @param {() => string} browserVersion for the totals
 */
export function listReporter(browserVersion) {
  const started = performance.now();
  /** When the file before ended: they run one after the other. */
  let ended = started;
  /** Of whole files, and of their tests. */
  const durations = [];
  return {
    onTestRunStarted() {
      ended = performance.now();
    },
    reportTestFileResults({ logger, sessionsForTestFile, testFile }) {
      // The runner's logger redraws a progress bar around each message, which litters a log file.
      const print = process.stdout.isTTY ? (text) => logger.log(text) : (text) => process.stdout.write(`${text}\n`);
      const file = relative(ROOT, testFile);
      const wallMs = performance.now() - ended;
      ended += wallMs;
      durations.push({ file, seconds: wallMs / 1000 }, ...sessionsForTestFile.flatMap(durationsOf));
      for (const session of sessionsForTestFile) print(report(file, session, wallMs));
    },
    onTestRunFinished({ sessions }) {
      const totals = { browser: browserVersion(), passed: 0, failed: 0, skipped: 0, seconds: Math.round((performance.now() - started) / 1000), reasons: {}, failures: [], durations };
      const skippedTests = [];
      for (const session of sessions) {
        const { passed, failed, skipped, brokenBy } = summarize(session);
        totals.passed += passed;
        totals.failed += failed.length + (brokenBy.length ? 1 : 0);
        totals.skipped += skipped.length;
        skippedTests.push(...skipped);
        totals.failures.push(...failuresOf(session));
      }
      totals.reasons = countReasons(skippedTests);
      if (process.env.TEST_TOTALS) writeFileSync(process.env.TEST_TOTALS, JSON.stringify(totals));
      else console.log(`${describeLongest(durations)}\n\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
    },
  };
}
