import { basename } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { isSystemProgram } from './system-program.js';

/** Programs that change other processes for their user, as distributions install them. */
const debuggers =
  /^(?:gdb|gdbserver|lldb(?:-server|-argdumper)?(?:-\d+)?|strace|ltrace|rr|criu|drgn|delve|dlv|uftrace|perf)$/;

/**
 * Whether the program behind an event is a debugger of the system's: in a place where only root can put
 * something (see isSystemProgram()), where the name says what it is for.
 */
export function isSystemDebugger(event: TracedEvent): boolean {
  return (
    event.executable !== undefined && debuggers.test(basename(event.executable)) && isSystemProgram(event)
  );
}
