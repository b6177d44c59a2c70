import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Where a descriptor of a process leads: `pipe:[1]`, `socket:[1]`, `/dev/pts/0`; undefined if it is not there. */
export function targetOf(pid: number, descriptor: number | string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
  } catch {
    return undefined; // it was closed, or the process has ended
  }
}

/** A larger table of connections is not searched: it would take too long. */
const maxTableLength = 1024 * 1024;

/** The far end of the first IP connection that a process holds, as the kernel prints it; undefined for none. */
export function connectionOf(pid: number): string | undefined {
  const inodes = socketsOf(pid);
  if (inodes.size === 0) return undefined;
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) => connectionsIn(pid, table, inodes))[0];
}

function socketsOf(pid: number): Set<string> {
  return new Set(targetsOf(pid).flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}

/** Where all descriptors of a process lead, see {@link targetOf}. */
export function targetsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => targetOf(pid, descriptor) ?? []);
  } catch {
    return []; // the process has ended
  }
}

/** `sl local_address rem_address st ... inode`, one socket a line; a far end of port 0 is none. */
function connectionsIn(pid: number, table: string, inodes: ReadonlySet<string>): string[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/net/${table}`, 'latin1');
  } catch {
    return []; // this kernel has no such protocol
  }
  if (text.length > maxTableLength) return [];
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, , remote = '', , , , , , , inode = '']) =>
      inodes.has(inode) && !remote.endsWith(':0000') ? [`${table} ${remote}`] : [],
    );
}
