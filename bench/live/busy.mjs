import { spawn } from 'node:child_process';

/**
 * Other programs that want the processor, too.
 *
 * @param {number} count processes, each of which burns a core for as long as it is let
 * @returns {() => void} ends them
 */
export function startBusyProcesses(count) {
  const processes = Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  const end = () => {
    for (const one of processes) one.kill('SIGKILL');
    process.off('exit', end);
  };
  // Nothing of it outlives the script, however that ends.
  process.on('exit', end);
  return end;
}
