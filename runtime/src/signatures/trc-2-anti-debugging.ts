import { defineRule } from '../detection/rule.js';

/** include/uapi/linux/ptrace.h */
const PTRACE_TRACEME = 0;

/**
 * A process can have one tracer. One that asks its parent to trace it takes that place, so that no debugger
 * can attach; where the call fails, a debugger is there already, which is what the program wants to know.
 */
export default defineRule({
  metadata: {
    id: 'TRC-2',
    version: '1.0.0',
    name: 'Anti-Debugging',
    description: 'Process uses anti-debugging technique to block debugger',
    tags: ['linux', 'container'],
    severity: 'high',
    mitre: { tactic: 'Defense Evasion', technique: 'Execution Guardrails', id: 'T1480' },
  },
  sights: [
    {
      id: 'traceme',
      description: 'a process takes the place of its debugger',
      ways: [{ events: [{ event: 'ptrace', where: { request: [PTRACE_TRACEME] } }] }],
      detect: (event) => ({
        summary: 'asked to be traced by its parent, so that no debugger can attach',
        facts: [
          event.returnValue === 0
            ? 'ptrace(PTRACE_TRACEME) succeeded: the place of the debugger is taken'
            : `ptrace(PTRACE_TRACEME) failed with ${event.returnValue}: the process learned that it is being traced`,
          ...(event.isCompat ? ['the call came through the 32-bit interface'] : []),
        ],
      }),
    },
  ],
});
