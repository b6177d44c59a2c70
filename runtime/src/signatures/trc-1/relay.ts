import { readFileSync, statSync } from 'node:fs';
import type { Match, Sight } from '../../detection/rule.js';
import type { TracedEvent } from '../../events/record.js';
import { textIn, textsIn } from '../support/arguments.js';
import { connectionOf, targetOf, targetsOf } from '../support/connections.js';
import { isInterpreter } from '../support/interpreter.js';

/** When to look whether the other end of a new shell has connected: soon, for shells that are short, and later. */
const connectMs = [300, 1500];

/** More children of one process are not looked at. */
const maxSiblings = 64;

/**
 * Weak: no socket ever stands on the shell's descriptors, since another process reads the connection and writes
 * to the shell: its parent (`socat exec:sh`), or one that the same shell started (`sh <fifo | nc >fifo`). Servers
 * and remote logins do so too.
 */
export const relaySight: Sight = {
  id: 'relay',
  description:
    'a shell has a pipe or terminal as its standard input, and its parent or who holds the pipe has a connection',
  ways: [
    {
      events: [{ event: 'sched_process_exec' }],
      blindTo:
        'a relay that is neither parent nor sibling, one that connects a second later, programs that end at once',
    },
  ],
  isSignal: true,
  detect(event, context) {
    if (!hasRelayedInput(event.hostPid) || isInterpreter(event) !== true) return undefined;
    const match = matchOf(event);
    if (match === undefined) for (const delayMs of connectMs) context.later(delayMs, () => matchOf(event));
    return match;
  },
};

function hasRelayedInput(pid: number): boolean {
  const input = targetOf(pid, 0);
  return input !== undefined && (/^(?:pipe|socket):|^\/dev\/(?:pts\/|ptmx)/.test(input) || isFifo(pid));
}

/** Named ones have the name of their file. */
function isFifo(pid: number): boolean {
  try {
    return statSync(`/proc/${pid}/fd/0`).isFIFO();
  } catch {
    return false; // it was closed, or the process has ended
  }
}

function matchOf(event: TracedEvent): Match | undefined {
  const { hostPid, hostPpid } = event;
  const input = targetOf(hostPid, 0);
  if (input === undefined) return undefined;
  const pipes = new Set([input, targetOf(hostPid, 1) ?? ''].filter((target) => isPipe(target)));
  const partners = siblingsOf(event).filter((pid) => targetsOf(pid).some((target) => pipes.has(target)));
  for (const pid of [hostPpid, ...partners]) {
    const connection = connectionOf(pid);
    if (connection === undefined) continue;
    const who = pid === hostPpid ? `its parent, process ${pid},` : `process ${pid}, at the other end,`;
    return {
      summary: 'is a shell whose input comes from a process with a network connection',
      facts: [
        `its standard input is ${input}`,
        `${who} has the connection ${connection} (as /proc/net has it)`,
        `started as: ${textsIn(event, 'argv').join(' ') || (textIn(event, 'cmdpath') ?? event.comm)}`,
      ],
      key: `relay ${hostPpid} ${event.parentStartTime}`,
    };
  }
  return undefined;
}

/** A named pipe is a path, by which both ends have it open. */
function isPipe(target: string): boolean {
  return target.startsWith('pipe:') || (target.startsWith('/') && !target.startsWith('/dev/'));
}

function siblingsOf({ hostPid, hostPpid }: TracedEvent): number[] {
  try {
    return readFileSync(`/proc/${hostPpid}/task/${hostPpid}/children`, 'latin1')
      .split(' ')
      .filter((word) => word !== '')
      .slice(0, maxSiblings)
      .map(Number)
      .filter((pid) => pid !== hostPid);
  } catch {
    return []; // the parent has ended, or the kernel keeps no list of children
  }
}
