import type { Sight } from '../../detection/rule.js';
import { textIn, textsIn } from '../support/arguments.js';
import { connectionOf, targetOf } from '../support/connections.js';
import { isInterpreter } from '../support/interpreter.js';

/**
 * Weak: no socket ever stands on the shell's descriptors, since its parent reads the connection and writes to
 * the shell. Servers and remote logins do so too.
 */
export const relaySight: Sight = {
  id: 'relay',
  description: 'a shell has a pipe or terminal as its standard input, and its parent has a connection',
  ways: [
    {
      events: [{ event: 'sched_process_exec' }],
      blindTo: 'a relay that is not the parent, one that connects later, programs that end at once',
    },
  ],
  isSignal: true,
  detect(event) {
    const input = targetOf(event.hostPid, 0);
    if (input === undefined || !/^(?:pipe|socket):|^\/dev\/(?:pts\/|ptmx)/.test(input)) return undefined;
    if (isInterpreter(event) !== true) return undefined;
    const connection = connectionOf(event.hostPpid);
    if (connection === undefined) return undefined;
    return {
      summary: 'is a shell whose input comes from a parent with a network connection',
      facts: [
        `its standard input is ${input}`,
        `its parent, process ${event.hostPpid}, has the connection ${connection} (as /proc/net has it)`,
        `started as: ${textsIn(event, 'argv').join(' ') || (textIn(event, 'cmdpath') ?? event.comm)}`,
      ],
      key: `relay ${event.hostPpid} ${event.parentStartTime}`,
    };
  },
};
