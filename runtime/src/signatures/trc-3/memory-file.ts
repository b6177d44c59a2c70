import type { Match, RuleContext, Sight } from '../../detection/rule.js';
import type { TracedEvent } from '../../events/record.js';
import { numberIn, textIn } from '../support/arguments.js';
import { isSystemDebugger } from '../support/debugger.js';
import { describeProcess, hostPidOf } from '../support/process-state.js';
import { isDebuggee } from './debuggee.js';

/** O_WRONLY and O_RDWR. */
const writing = 3;

/** `/proc/543/mem`, `/proc/543/task/544/mem`, `/proc/self/mem` wherever procfs is mounted. */
const memoryPath = /\/(?<process>\d+|self|thread-self)(?:\/task\/(?<thread>\d+))?\/mem$/;

/** The memory of a process is a file in procfs, which can be written even where the process itself cannot. */
export const memoryFile: Sight = {
  id: 'memory-file',
  description: "a process writes another one's memory by its file in procfs",
  ways: [
    {
      events: [{ event: 'mem_write', where: { is_self: [0] } }],
      blindTo: 'where the function mem_write cannot be hooked: writes by io_uring',
    },
    {
      events: [{ event: 'security_file_open', names: ['mem'] }],
      blindTo: 'files that were bound to another name; what is written',
    },
  ],
  detect: (event, context) =>
    event.definition.name === 'mem_write' ? onWrite(event, context) : onOpen(event),
};

function onWrite(event: TracedEvent, context: RuleContext): Match | undefined {
  const length = numberIn(event, 'length');
  if (numberIn(event, 'is_self') === 1 || isOfDebugger(event, context)) return undefined;
  const victim = numberIn(event, 'target_pid');
  const shown = numberIn(event, 'target_ns_pid');
  const address = textIn(event, 'address');
  return {
    summary: 'wrote the memory of another process',
    facts: [
      `${length ?? 'unknown'} bytes at ${address ?? 'an unknown address'}, by the file mem of the process in procfs`,
      `the victim is ${describeProcess(victim, shown, textIn(event, 'target_comm'))}`,
    ],
    data: {
      ...(shown === undefined ? {} : { victim: shown }),
      ...(victim === undefined ? {} : { victimHostPid: victim }),
    },
    key: `${event.hostPid}:${event.startTime}:${shown ?? 0}:memory`,
  };
}

/**
 * gdb sets breakpoints of one byte to read a backtrace. Anything longer is a change that somebody asked for, at
 * the terminal or not, unless it is in a process that gdb itself started.
 */
function isOfDebugger(event: TracedEvent, context: RuleContext): boolean {
  if (!isSystemDebugger(event)) return false;
  if (event.hasTerminal || numberIn(event, 'length') === 1) return true;
  return isDebuggee(event, numberIn(event, 'target_ns_pid') ?? 0, numberIn(event, 'target_pid'), context);
}

function onOpen(event: TracedEvent): Match | undefined {
  const path = textIn(event, 'pathname') ?? '';
  const groups = memoryPath.exec(path)?.groups;
  if (groups === undefined || ((numberIn(event, 'flags') ?? 0) & writing) === 0) return undefined;
  const pid = Number(groups['thread'] ?? groups['process']);
  const victim = Number.isNaN(pid) ? event.hostPid : hostPidOf(pid, event);
  if (victim === event.hostPid || isSystemDebugger(event)) return undefined;
  return {
    summary: 'opened the memory of another process for writing',
    facts: [`it opened ${path} for writing`, `the victim is ${describeProcess(victim, pid)}`],
    data: { victim: pid },
    key: `${event.hostPid}:${event.startTime}:${pid}:memory`,
  };
}
