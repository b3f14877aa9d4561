import { readFileSync, readdirSync } from 'node:fs';

const CLOCK_TICKS_PER_SECOND = 100;

/** Fields of /proc/PID/stat behind the program's name, which may hold spaces and brackets. */
function readStat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** CPU time in milliseconds that a process and all its descendants have used so far; NaN where there is no /proc. */
export function treeCpuMs(rootPid) {
  let pids;
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return Number.NaN;
  }
  const stats = new Map();
  for (const pid of pids) {
    try {
      const fields = readStat(pid);
      stats.set(pid, { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    } catch {
      // ended meanwhile
    }
  }
  const isDescendant = (pid) => {
    for (let at = pid; at; at = stats.get(at)?.parent) if (at === rootPid) return true;
    return false;
  };
  let ticks = 0;
  for (const [pid, stat] of stats) if (isDescendant(pid)) ticks += stat.ticks;
  return (ticks * 1000) / CLOCK_TICKS_PER_SECOND;
}
