import type { TracedEvent } from '../../events/record.js';
import type { Match, RuleContext, Sight } from '../../detection/rule.js';
import { numberIn, textIn } from '../support/arguments.js';
import { isSystemDebugger } from '../support/debugger.js';
import { readProcess, readProcessOf } from '../support/process-state.js';
import { isSystemProgram } from '../support/system-program.js';

/** include/uapi/linux/ptrace.h */
const PTRACE_TRACEME = 0;

/** When to look whether a debugger's child has executed what is to be debugged: soon, for what is short, and later. */
const looksMs = [30, 300, 2000];

/**
 * A process can have one tracer. One that asks its parent to trace it takes that place, so that no debugger
 * can attach; where the call fails, a debugger is there already, which is what the program wants to know.
 *
 * The children of debuggers ask for it too, and then execute what is to be debugged: a child that has executed
 * nothing yet is given the time to do so.
 */
export const traceMe: Sight = {
  id: 'traceme',
  description: 'a process takes the place of its debugger',
  ways: [
    {
      // Also those that fail: what is traced already does not come as far as the security hook.
      events: [{ event: 'ptrace', where: { request: [PTRACE_TRACEME] } }],
      blindTo: 'calls by the x32 interface',
    },
    { events: [{ event: 'security_ptrace_traceme' }], blindTo: 'a process that is traced already' },
  ],
  detect: (event, context) => {
    if (!event.isForked) return matchOf(event);
    // strace tries its kernel with a child that asks and executes nothing.
    if (!isSystemDebugger(event)) lookLater(event, context, looksMs);
    return undefined;
  },
};

function lookLater(event: TracedEvent, context: RuleContext, [delayMs, ...rest]: readonly number[]): void {
  if (delayMs === undefined) return;
  context.later(delayMs, () => {
    const state = readProcessOf(event);
    if (state === undefined) return matchOf(event);
    if (!state.isForked) return isOfDebugger(event, state) ? undefined : matchOf(event);
    if (rest.length === 0) return matchOf(event);
    lookLater(event, context, rest);
    return undefined;
  });
}

/** Its parent traces it, and is a program of the system or has a person at its terminal. */
function isOfDebugger(event: TracedEvent, { parent, tracer }: { parent: number; tracer: number }): boolean {
  if (tracer === 0 || tracer !== parent) return false;
  // The child was its parent's copy when it asked: the event tells the program of both.
  return isSystemProgram(event) || readProcess(parent)?.hasTerminal === true;
}

function matchOf(event: TracedEvent): Match {
  return {
    summary: 'asked to be traced by its parent, so that no debugger can attach',
    facts: [
      resultOf(event),
      ...(event.tid === event.pid ? [] : [`its thread ${event.tid} did, which is not the first`]),
      ...(event.isForked
        ? ['it is a copy of its parent, which is no debugger of the system or of a person']
        : []),
      ...(event.isCompat ? ['the call came through the 32-bit interface'] : []),
    ],
  };
}

function resultOf(event: TracedEvent): string {
  const parent = numberIn(event, 'parent_ns_pid');
  if (event.definition.syscall === undefined)
    return `ptrace(PTRACE_TRACEME), with ${textIn(event, 'parent_comm') ?? 'unknown'} (${parent ?? event.ppid}) as its tracer`;
  return event.returnValue === 0
    ? 'ptrace(PTRACE_TRACEME) succeeded: the place of the debugger is taken'
    : `ptrace(PTRACE_TRACEME) failed with ${event.returnValue}: the process learned that it is being traced`;
}
