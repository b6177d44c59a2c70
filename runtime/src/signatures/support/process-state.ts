import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { TracedEvent } from '../../events/record.js';

/** A process as procfs shows it now; ids are the host's. */
export interface ProcessState {
  readonly parent: number;
  /** Who traces it; 0: nobody. */
  readonly tracer: number;
  readonly hasTerminal: boolean;
  /** It has not executed a program since it was forked. */
  readonly isForked: boolean;
  /** Ticks of 10 ms since boot. */
  readonly startTicks: number;
}

/** PF_FORKNOEXEC, include/linux/sched.h */
const forkedFlag = 0x40;

/** Undefined where there is no such process. The name in `stat` may hold anything, so that is read from its end. */
export function readProcess(pid: number): ProcessState | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return {
      parent: Number(fields[1]),
      tracer: Number(/^TracerPid:\s*(\d+)/m.exec(status)?.[1] ?? 0),
      hasTerminal: fields[4] !== '0',
      isForked: (Number(fields[6]) & forkedFlag) !== 0,
      startTicks: Number(fields[19]),
    };
  } catch {
    return undefined; // it ended meanwhile
  }
}

/** The process of an event, unless it has ended and its number was given to another. */
export function readProcessOf(event: TracedEvent): ProcessState | undefined {
  const state = readProcess(event.hostPid);
  return state !== undefined && Math.abs(state.startTicks - event.startTime / 1e7) <= 1 ? state : undefined;
}

/**
 * The host's number of the process that a thread number means to an event's process; undefined where it has
 * ended. Numbers of the same pid namespace are looked for where they differ from the host's.
 */
export function hostPidOf(tid: number, event: TracedEvent): number | undefined {
  if (event.hostTid === event.tid && event.hostPid === event.pid) return groupOf(tid);
  const namespace = `pid:[${event.pidNamespace}]`;
  return readNumbers('/proc').find(
    (pid) =>
      linkOf(`/proc/${pid}/ns/pid`) === namespace &&
      readNumbers(`/proc/${pid}/task`).some((task) => innerNumber(pid, task) === tid),
  );
}

/** `4242 (sleep, /usr/bin/sleep)`, as much of it as can be seen. */
export function describeProcess(hostPid: number | undefined, shown = hostPid, comm?: string): string {
  const name = hostPid === undefined ? comm : (readName(hostPid) ?? comm);
  const program = hostPid === undefined ? undefined : linkOf(`/proc/${hostPid}/exe`);
  const parts = [name, program].filter((part) => part !== undefined);
  return parts.length === 0 ? `${shown ?? 'unknown'}` : `${shown ?? 'unknown'} (${parts.join(', ')})`;
}

function groupOf(tid: number): number | undefined {
  try {
    return Number(/^Tgid:\s*(\d+)/m.exec(readFileSync(`/proc/${tid}/status`, 'latin1'))?.[1]);
  } catch {
    return undefined;
  }
}

/** The last of `NSpid: 4242 17` is the number in the innermost namespace. */
function innerNumber(pid: number, task: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'latin1');
    return Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1]);
  } catch {
    return undefined;
  }
}

function readName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}

function readNumbers(directory: string): number[] {
  try {
    return readdirSync(directory).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
