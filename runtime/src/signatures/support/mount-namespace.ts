import { readdirSync, readlinkSync } from 'node:fs';
import { Remembered } from './remembered.js';

/** `mnt:[4026531832]` of a process; undefined where it has ended. */
export function mountNamespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined; // it ended meanwhile, or is hidden from us
  }
}

/** All processes are looked through no more often: whoever makes namespaces without end cannot have it done for each. */
const pauseMs = 250;
const tables = new Remembered<ReadonlyMap<string, number>>(pauseMs, 1);

/** Some process in a mount namespace; undefined where there is none, or was none a moment ago. */
export function processIn(namespace: string): number | undefined {
  const pid = tables.get('', readTable).get(namespace);
  return pid !== undefined && mountNamespaceOf(pid) === namespace ? pid : undefined;
}

/** Of each namespace the process with the lowest number, which is mostly its first. */
function readTable(): Map<string, number> {
  const table = new Map<string, number>();
  const pids = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  for (const pid of pids.toSorted((a, b) => b - a)) {
    const namespace = mountNamespaceOf(pid);
    if (namespace !== undefined) table.set(namespace, pid);
  }
  return table;
}
