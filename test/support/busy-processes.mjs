import { spawn } from 'node:child_process';

/** Computes until the process that started it is gone, should that be killed before it could end this one. */
const BUSY = 'const parent = process.ppid; while (process.ppid === parent) for (let round = 0; round < 1e7; round += 1);';

/**
 * Runs something while other processes burn the processor; they end with it, whatever came of it.
 *
 * @template Result
 * @param {number} count of processes
 * @param {() => Promise<Result>} run
 * @returns {Promise<Result>}
 */
export async function whileBusy(count, run) {
  const processes = Array.from({ length: count }, () => spawn(process.execPath, ['--eval', BUSY], { stdio: 'ignore' }));
  const ends = processes.map((child) => new Promise((ended) => child.once('exit', ended)));
  const end = () => processes.forEach((child) => child.kill('SIGKILL'));
  process.once('exit', end);
  try {
    await Promise.all(processes.map((child) => new Promise((spawned, failed) => child.once('spawn', spawned).once('error', failed))));
    return await run();
  } finally {
    process.off('exit', end);
    end();
    await Promise.all(ends);
  }
}
