import type { Sight } from '../../detection/rule.js';
import { numberIn } from '../support/arguments.js';
import { readProcess } from '../support/process-state.js';
import { isSystemProgram } from '../support/system-program.js';

const PTRACE_ATTACH = 16;
const PTRACE_SEIZE = 0x4206;

/** Those who attach to look (sanitizers, crash handlers) are gone by then; who keeps debuggers away stays. */
const stayMs = 1500;

/** A child that traces its parent is the parent's only debugger: two processes that guard each other. */
export const attachToParent: Sight = {
  id: 'attach-to-parent',
  description: 'a child traces its parent, and stays',
  ways: [
    {
      events: [{ event: 'ptrace', where: { request: [PTRACE_ATTACH, PTRACE_SEIZE] } }],
      blindTo: 'a child that stays for less than a second and a half',
    },
  ],
  detect: (event, context) => {
    if (event.returnValue !== 0 || numberIn(event, 'pid') !== event.ppid || isSystemProgram(event))
      return undefined;
    context.later(stayMs, () =>
      readProcess(event.hostPpid)?.tracer !== event.hostPid
        ? undefined
        : {
            summary: 'traces its parent, so that no debugger can attach to it',
            facts: [
              `it attached to its parent ${event.ppid}`,
              `it still held it after ${stayMs / 1000} seconds`,
              ...(event.isForked ? ['both run the same program'] : []),
            ],
          },
    );
    return undefined;
  },
};
