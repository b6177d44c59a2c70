import { readlinkSync } from 'node:fs';

/** PROC_PID_INIT_INO, include/linux/proc_ns.h: the same on every kernel. */
const hostNamespace = 'pid:[4026531836]';

/** Whether process ids here are those of the host; in most containers they are not. */
export function seesHostPids(): boolean {
  return readlinkSync('/proc/self/ns/pid') === hostNamespace;
}
