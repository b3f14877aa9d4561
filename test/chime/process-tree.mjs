import { readFileSync, readdirSync } from 'node:fs';

/** Ids of a process and all its descendants; none where there is no /proc. @returns {number[]} */
export function processTree(rootPid) {
  const parents = new Map();
  let names;
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  for (const name of names) {
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // ended meanwhile
    }
  }
  const isDescendant = (pid) => pid === rootPid || (parents.has(pid) && isDescendant(parents.get(pid)));
  return [...parents.keys()].filter(isDescendant);
}
