import type { Sight } from '../../detection/rule.js';
import { numberIn } from '../support/arguments.js';
import { isSystemDebugger } from '../support/debugger.js';
import { describeProcess, hostPidOf } from '../support/process-state.js';

/** process_vm_writev() copies into another process. A process may name itself, or one of its threads. */
export const processVmWrite: Sight = {
  id: 'process-vm-writev',
  description: "a process writes another one's memory by process_vm_writev",
  ways: [{ events: [{ event: 'process_vm_writev' }] }],
  detect: (event) => {
    const tid = numberIn(event, 'pid');
    if (event.returnValue <= 0 || tid === undefined || tid === event.pid || tid === event.tid)
      return undefined;
    const victim = hostPidOf(tid, event);
    if (victim === event.hostPid) return undefined;
    if (event.hasTerminal && isSystemDebugger(event)) return undefined;
    return {
      summary: 'wrote the memory of another process',
      facts: [
        `process_vm_writev() wrote ${event.returnValue} bytes`,
        `the victim is ${describeProcess(victim, tid)}`,
      ],
      data: { victim: tid, ...(victim === undefined ? {} : { victimHostPid: victim }) },
      key: `${event.hostPid}:${event.startTime}:${tid}:memory`,
    };
  },
};
