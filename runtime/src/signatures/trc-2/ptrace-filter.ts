import type { Sight } from '../../detection/rule.js';
import { numberIn, textIn } from '../support/arguments.js';
import { isContainerRuntime } from '../support/container-runtime.js';
import { isAllowed } from '../support/seccomp-filter.js';
import { isSystemProgram } from '../support/system-program.js';

/** Architectures of callers (include/uapi/linux/audit.h), the number of ptrace there, and how many calls there are. */
const interfaces = [
  { arch: 0xc000003e, ptrace: 101, calls: 470 },
  { arch: 0x40000003, ptrace: 26, calls: 470 },
  { arch: 0xc00000b7, ptrace: 117, calls: 470 },
  { arch: 0x40000028, ptrace: 26, calls: 470 },
];

/** PTRACE_TRACEME, PTRACE_ATTACH, PTRACE_SEIZE */
const requests = [0n, 16n, 0x4206n];

/** A filter that stops more than these is a sandbox that says what is allowed, or a container's. */
const maxStopped = 32;

/**
 * A filter of system calls can make ptrace() fail, or pretend success, in a process and all that it starts. Those
 * of sandboxes stop much else; this one was made for ptrace().
 */
export const ptraceFilter: Sight = {
  id: 'ptrace-filter',
  description: 'a filter of system calls keeps debuggers away',
  ways: [
    {
      events: [{ event: 'seccomp_filter' }],
      blindTo: 'what a filter does behind its 512th instruction; filters that stop more than 32 calls',
    },
  ],
  detect: (event) => {
    const stopped = stoppedBy(Buffer.from(textIn(event, 'program') ?? '', 'hex'));
    if (stopped === undefined || isSystemProgram(event) || isContainerRuntime(event)) return undefined;
    return {
      summary: 'set a filter of system calls that stops ptrace()',
      facts: [
        `the filter has ${numberIn(event, 'count') ?? 'unknown'} instructions`,
        stopped === 1 ? 'it stops nothing but ptrace()' : `it stops ptrace() and ${stopped - 1} other calls`,
      ],
    };
  },
};

/** How many calls a filter stops if ptrace is one of them, and few others; otherwise undefined. */
function stoppedBy(program: Buffer): number | undefined {
  for (const { arch, ptrace, calls } of interfaces) {
    const isStopped = requests.some(
      (request) => isAllowed(program, { arch, number: ptrace, arguments: [request] }) === false,
    );
    if (!isStopped) continue;
    let count = 1;
    for (let number = 0; number < calls && count <= maxStopped; number++) {
      if (number !== ptrace && isAllowed(program, { arch, number }) === false) count++;
    }
    if (count <= maxStopped) return count;
  }
  return undefined;
}
