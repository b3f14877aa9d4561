/** So many files and tests are named as the longest. */
const FILES = 15;
const TESTS = 15;

/** @typedef {{ file: string, test?: string, seconds: number }} Duration without `test`: of the whole file */

/** @param {Duration[]} durations @param {number} count */
function list(durations, count) {
  const longest = durations.filter(({ seconds }) => seconds > 0).sort((a, b) => b.seconds - a.seconds).slice(0, count);
  return longest.map(({ seconds, file, test }) => `  ${seconds.toFixed(1)} s  ${[file, test].filter(Boolean).join(' › ')}`);
}

/** What took longest of a run, for its end. @param {Duration[]} durations */
export function describeLongest(durations) {
  const files = list(durations.filter(({ test }) => test === undefined), FILES);
  const tests = list(durations.filter(({ test }) => test !== undefined), TESTS);
  return [...(files.length ? ['Files that took longest:', ...files] : []), ...(tests.length ? ['Tests that took longest:', ...tests] : [])].join('\n');
}
