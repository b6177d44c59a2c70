import type { Match, RuleContext, Sight } from '../../detection/rule.js';
import type { TracedEvent } from '../../events/record.js';
import { describeValue } from '../../events/names.js';
import { numberIn, textIn } from '../support/arguments.js';
import { isSystemDebugger } from '../support/debugger.js';
import { describeProcess, hostPidOf } from '../support/process-state.js';
import { isDebuggee, rememberAttached } from './debuggee.js';

/** include/uapi/linux/ptrace.h, arch/x86/include/uapi/asm/ptrace-abi.h, arch/arm64/include/uapi/asm/ptrace.h */
const ATTACH = 16;
const SEIZE = 0x4206;
const POKETEXT = 4;
const POKEDATA = 5;
const POKEUSR = 6;
const SETREGS = 13;
const SETFPREGS = 15;
const SETFPXREGS = 19;
const SETREGSET = 0x4205;

const writesMemory = new Set([POKETEXT, POKEDATA]);

/** Bytes of `struct user` that hold registers; behind them is what a debugger needs for watchpoints. */
const registersSize = 27 * 8;

/**
 * ptrace() that writes: into memory, or into registers, which is enough to make a process run what is there
 * already. Attaching and reading are not told.
 */
export const ptraceWrite: Sight = {
  id: 'ptrace-write',
  description: "a process writes another one's memory or registers by ptrace",
  ways: [
    {
      events: [
        {
          event: 'ptrace',
          where: {
            request: [POKETEXT, POKEDATA, POKEUSR, SETREGS, SETFPREGS, SETFPXREGS, SETREGSET, ATTACH, SEIZE],
          },
        },
      ],
      blindTo: 'calls by the x32 interface',
    },
  ],
  detect: (event, context) => {
    const request = numberIn(event, 'request');
    const tid = numberIn(event, 'pid');
    if (event.returnValue !== 0 || request === undefined || tid === undefined) return undefined;
    if (request === ATTACH || request === SEIZE) {
      rememberAttached(event, tid, context);
      return undefined;
    }
    return isOrdinary(event, request, tid, context) ? undefined : matchOf(event, request, tid);
  },
};

/**
 * A debugger of the system may set breakpoints: it reads a backtrace with them. Registers it writes to step over
 * them in what it started, or to run something in a process that it attached to: that is a person's business
 * where there is one at a terminal.
 */
function isOrdinary(event: TracedEvent, request: number, tid: number, context: RuleContext): boolean {
  if (request === POKEUSR && Number(textIn(event, 'addr') ?? 0) >= registersSize) return true;
  if (!isSystemDebugger(event)) return false;
  if (event.hasTerminal || writesMemory.has(request)) return true;
  return isDebuggee(event, tid, hostPidOf(tid, event), context);
}

function matchOf(event: TracedEvent, request: number, tid: number): Match {
  const victim = hostPidOf(tid, event);
  const name = event.arguments.find(({ definition }) => definition.name === 'request');
  const what = writesMemory.has(request) ? 'memory' : 'registers';
  const address = textIn(event, 'addr');
  return {
    summary: `wrote the ${what} of another process`,
    facts: [
      `ptrace(${name === undefined ? request : String(describeValue(name, event))}) succeeded`,
      `the victim is ${describeProcess(victim, tid)}`,
      ...(what === 'memory' && address !== undefined ? [`at the address ${address}`] : []),
    ],
    data: { victim: tid, ...(victim === undefined ? {} : { victimHostPid: victim }) },
    key: `${event.hostPid}:${event.startTime}:${tid}:${what}`,
  };
}
