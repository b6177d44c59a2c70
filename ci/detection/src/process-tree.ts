import { readdirSync, readFileSync } from 'node:fs';

/** Kills the descendants of a process that this program has started, not the process itself. */
export function killTree(pid: number): void {
  const parents = parentsByPid();
  const isBelow = (one: number): boolean => {
    for (let at = parents.get(one); at !== undefined && at > 1; at = parents.get(at))
      if (at === pid) return true;
    return false;
  };
  for (const one of parents.keys()) {
    if (!isBelow(one)) continue;
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      /* It has ended by itself. */
    }
  }
}

/** Field 4 of /proc/PID/stat, after the name in parentheses: `12 (a b) S 7 …` -> 7. */
function parentsByPid(): Map<number, number> {
  const result = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      result.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      /* It has ended. */
    }
  }
  return result;
}
