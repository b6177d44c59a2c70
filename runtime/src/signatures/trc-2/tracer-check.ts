import type { Match, Sight } from '../../detection/rule.js';
import { numberIn } from '../support/arguments.js';
import { isContainerRuntime } from '../support/container-runtime.js';
import type { TracedEvent } from '../../events/record.js';
import { readProgramContent, type ProgramContent } from '../support/program-content.js';
import { isRunningScriptWith } from '../support/script-content.js';
import { isSystemProgram } from '../support/system-program.js';

/** The line of `/proc/PID/status` that names the tracer, as far as a compiler keeps it in one piece (8 bytes). */
const tracerField = 'TracerPi';

/** What programs look up there for other reasons: memory, threads, processors, capabilities, namespaces. */
const otherFields = [
  'VmRSS',
  'VmSize',
  'VmHWM',
  'VmPeak',
  'VmData',
  'VmSwap',
  'Threads:',
  's_allowed',
  'CapEff',
  'CapBnd',
  'NSpid',
  'Seccomp',
  'ctxt_switches',
  'SigCgt',
  'Uid:',
  'Gid:',
  'PPid:',
  'Tgid:',
  'FDSize',
];

/** Libraries that look up nothing there. With others, what the program itself says proves nothing. */
const plainLibraries =
  /^(?:libc\.|libc\.musl|libm\.|libpthread\.|libdl\.|librt\.|libgcc_s\.|libstdc\+\+\.|ld-|ld-linux)/;

/**
 * A process finds out who traces it in its own `/proc/PID/status`, or a child of it does. Programs of the system read that for many
 * reasons and are not told. Another is where its file names the field of the tracer, or none of all the fields:
 * it then hides what it looks for.
 */
export const tracerCheck: Sight = {
  id: 'tracer-check',
  description: 'a process looks up its own tracer',
  ways: [
    {
      events: [{ event: 'proc_pid_status' }],
      blindTo:
        'programs of the system, and scripts that have ended or import what looks; other files that tell',
    },
  ],
  detect: (event) => {
    const whose = numberIn(event, 'is_parent') === 1 ? "its parent's" : 'its own';
    if (isSystemProgram(event)) return matchOfScript(event, whose);
    if (isContainerRuntime(event)) return undefined;
    return matchOf(readProgramContent(event), whose);
  },
};

/** An interpreter of the system, with a script that asks for its tracer. `grep TracerPid` is none. */
function matchOfScript(event: TracedEvent, whose: string): Match | undefined {
  if (!isRunningScriptWith(event, ['TracerPid', 'status'])) return undefined;
  return {
    summary: 'looked up whether a debugger traces it',
    facts: [`it read ${whose} /proc/PID/status`, 'its script names the field TracerPid'],
  };
}

function matchOf(file: ProgramContent | undefined, whose: string): Match | undefined {
  const namesTracer = file?.contains(tracerField) === true;
  if (!namesTracer && file !== undefined) {
    const isPlain = file.needed.every((name) => plainLibraries.test(name));
    if (!isPlain || otherFields.some((field) => file.contains(field))) return undefined;
  }
  return {
    summary: 'looked up whether a debugger traces it',
    facts: [
      `it read ${whose} /proc/PID/status`,
      file === undefined
        ? 'its program file cannot be read any more'
        : namesTracer
          ? 'its program names the field TracerPid'
          : 'its program names no field of that file: it hides which it looks for',
    ],
  };
}
