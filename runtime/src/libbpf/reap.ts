import { libc } from './native.js';

/** include/uapi/linux/wait.h */
const WNOHANG = 1;

/** Takes the status of a child of this process that has ended, so that nothing is left of it. */
export function reapChild(pid: number): void {
  libc('waitpid')(pid, null, WNOHANG);
}
