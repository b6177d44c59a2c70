import type { Sight } from '../../detection/rule.js';
import { numberIn } from '../support/arguments.js';
import { readProgramContent } from '../support/program-content.js';
import { isSystemProgram } from '../support/system-program.js';

const PTRACE_ATTACH = 16;
const PTRACE_SEIZE = 0x4206;

/** The leak detector of a compiler does it to stop a program, and is linked into it. */
const leakDetector = '__lsan_';

/** A child that traces its parent is the parent's only debugger: two processes that guard each other. */
export const attachToParent: Sight = {
  id: 'attach-to-parent',
  description: 'a child traces its parent',
  ways: [{ events: [{ event: 'ptrace', where: { request: [PTRACE_ATTACH, PTRACE_SEIZE] } }] }],
  detect: (event) => {
    if (event.returnValue !== 0 || numberIn(event, 'pid') !== event.ppid || isSystemProgram(event))
      return undefined;
    if (event.isForked && readProgramContent(event)?.contains(leakDetector) === true) return undefined;
    return {
      summary: 'traces its parent, so that no debugger can attach to it',
      facts: [
        `it attached to its parent ${event.ppid}`,
        ...(event.isForked ? ['both run the same program'] : []),
      ],
    };
  },
};
