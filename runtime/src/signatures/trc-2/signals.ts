import type { Sight } from '../../detection/rule.js';
import { numberIn, textIn } from '../support/arguments.js';

/** include/uapi/linux/prctl.h */
const PR_SET_DUMPABLE = 4;
const SIGTRAP = 5;

/** No other process of the same user can attach then. Agents that hold keys do it too. */
export const notDumpable: Sight = {
  id: 'not-dumpable',
  description: 'a process makes itself untraceable for its own user',
  isSignal: true,
  ways: [{ events: [{ event: 'prctl', where: { option: [PR_SET_DUMPABLE] } }] }],
  detect: (event) =>
    event.returnValue === 0 && numberIn(event, 'arg2') === 0
      ? {
          summary: 'made itself untraceable for its own user',
          facts: ['prctl(PR_SET_DUMPABLE, 0) succeeded'],
        }
      : undefined,
};

/** A debugger swallows the signal, and the program's own handler is not reached. */
export const breakpointTrap: Sight = {
  id: 'breakpoint-trap',
  description: 'a process that nobody traces runs into a breakpoint of its own',
  isSignal: true,
  ways: [{ events: [{ event: 'signal_generate', where: { signal: [SIGTRAP] } }] }],
  detect: (event) =>
    numberIn(event, 'target_pid') === event.hostPid && numberIn(event, 'is_traced') === 0
      ? {
          summary: 'ran into a breakpoint that no debugger had set',
          facts: [
            'it sent itself SIGTRAP',
            `the code of the signal was ${numberIn(event, 'code') ?? 'unknown'}`,
          ],
        }
      : undefined,
};

/** What started it: a shell, or gdb? */
export const parentName: Sight = {
  id: 'parent-name',
  description: 'a process looks up what its parent is called',
  isSignal: true,
  ways: [
    {
      events: [{ event: 'security_file_open', names: ['comm'] }],
      blindTo: 'other files of the parent: cmdline, exe, status',
    },
  ],
  detect: (event) => {
    const path = textIn(event, 'pathname') ?? '';
    return path === `/proc/${event.ppid}/comm` || path === `/proc/${event.hostPpid}/comm`
      ? { summary: 'looked up what its parent is called', facts: [`it opened ${path}`] }
      : undefined;
  },
};
