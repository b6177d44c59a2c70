import { readdirSync, readFileSync } from 'node:fs';
import { reapChild } from '../libbpf/reap.js';

/** With no handler the first process of a container does not get these; status as of a program that they end. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

/** Node.js takes the status of its own children at once; what is dead for longer is an orphan. */
const reapMs = 2000;

/**
 * What the first process of a container does for the others: it ends when it is told to, and takes the status of
 * orphans. The images have no init above Tracee. When a container is killed, its first process waits for the others
 * in `zap_pid_ns_processes`, and in kernels before 6.9 RCU-tasks waits for it meanwhile; one that detaches
 * trampolines as it dies waits for RCU-tasks: all three hang, and with them whoever uses trampolines on that host.
 * The first process itself has closed its files before it waits. Seen on Debian's 6.1.176.
 */
export function serveAsInit(): void {
  for (const [signal, status] of Object.entries(signals)) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(status);
    });
  }
  let dead = new Set<string>();
  setInterval(() => {
    const found = deadChildren();
    for (const { pid, key } of found) if (dead.has(key)) reapChild(pid);
    dead = new Set(found.map(({ key }) => key));
  }, reapMs).unref();
}

/** Children of the first process that have ended and whose status nobody has taken; `key` tells equal pids apart. */
function deadChildren(): { pid: number; key: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      // From the last parenthesis on, since a name can hold anything: state, parent, …, start in ticks (field 22).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' && fields[1] === '1'
        ? [{ pid: Number(name), key: `${name}:${fields[19]}` }]
        : [];
    } catch {
      return []; // it is gone
    }
  });
}
