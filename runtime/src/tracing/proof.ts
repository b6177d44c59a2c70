import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync, writevSync } from 'node:fs';
import type { Architecture } from '../artifact/manifest.js';
import { entriesOn } from './syscall-entries.js';
import { findEvent } from '../events/catalogue/index.js';
import type { EventDefinition } from '../events/types.js';
import { callKernel } from '../libbpf/index.js';
import type { KernelConfig } from './kernel-config.js';
import type { PlannedEvent } from './plan.js';

/** Whether an event's hooks were reached by an act of this process: some hooks attach and never fire. */
export type Proof = 'fired' | 'silent' | 'untried';

/** A path, a process and a descriptor (-1) that are never there, and a request that does not exist. */
const nowhere = '';
const nobody = 0n;
const noDescriptor = 0xffff_ffffn;
const noRequest = 0x7fffn;
/** Tells the personality and changes nothing. */
const askPersonality = 0xffff_ffffn;

/** System calls with arguments that make them fail at once, and change nothing. */
const harmlessCalls: Readonly<Record<string, (number: number) => void>> = {
  ptrace: (number) => callKernel(number, noRequest, nobody),
  execve: (number) => callKernel(number, nowhere),
  execveat: (number) => callKernel(number, noDescriptor, nowhere),
  process_vm_writev: (number) => callKernel(number, nobody),
  personality: (number) => callKernel(number, askPersonality),
};

/** Files of this process in procfs that are opened, read, or written with nothing, and one that keeps nothing. */
const harmlessFiles: Readonly<Record<string, () => void>> = {
  vfs_write: () => writeFileSync('/dev/null', 'x'),
  vfs_writev: writeTwice,
  security_file_open: () => closeSync(openSync('/proc/self/stat', 'r')),
  proc_pid_status: () => readFileSync('/proc/self/status'),
  mem_write: writeNothing,
};

/** What starting a program reaches, in this process and in its child. */
const reachedByStarting = new Set([
  'sys_enter',
  'sys_exit',
  'do_exit',
  'sched_process_fork',
  'sched_process_exec',
  'sched_process_exit',
  'security_bprm_check',
  'stdio_socket',
  'loader_environment',
  'security_mmap_file',
  'security_file_mprotect',
  'signal_generate',
]);

const smallPrograms = ['/bin/true', '/usr/bin/true'];

/** Acts once for each planned event and tells which of their hooks noticed. Takes a few milliseconds. */
export function proveHooks(
  plan: readonly PlannedEvent[],
  config: KernelConfig,
  arch: Architecture,
): Map<EventDefinition, Proof> {
  const served = plan.filter(({ kind }) => kind !== undefined).map(({ event }) => event);
  config.setProving(true);
  const tried = new Set(served.filter((event) => act(event, arch)));
  if (served.some(({ name }) => reachedByStarting.has(name))) {
    spawnSync(smallPrograms.find(existsSync) ?? process.execPath, ['--version'], { stdio: 'ignore' });
  }
  config.setProving(false);
  return new Map(
    served.map((event) => [
      event,
      !tried.has(event) ? 'untried' : config.isProven(event) ? 'fired' : 'silent',
    ]),
  );
}

/** False where nothing harmless is known that reaches the event. */
function act(event: EventDefinition, arch: Architecture): boolean {
  if (reachedByStarting.has(event.name)) return true;
  const file = harmlessFiles[event.name];
  if (file !== undefined) {
    file();
    return true;
  }
  if (event.name === 'seccomp_filter') return callBy(findEvent('seccomp'), arch, noOperation);
  const call = harmlessCalls[event.name];
  return call !== undefined && callBy(event, arch, call);
}

function callBy(
  event: EventDefinition | undefined,
  arch: Architecture,
  call: (number: number) => void,
): boolean {
  const number = event?.syscall === undefined ? undefined : entriesOn(event.syscall, arch).native[0]?.[0];
  if (number === undefined) return false;
  call(number);
  return true;
}

/** An operation of seccomp() that does not exist. */
function noOperation(number: number): void {
  callKernel(number, noRequest);
}

function writeTwice(): void {
  const nothing = openSync('/dev/null', 'w');
  try {
    writevSync(nothing, [Buffer.alloc(1), Buffer.alloc(1)]);
  } finally {
    closeSync(nothing);
  }
}

function writeNothing(): void {
  const memory = openSync('/proc/self/mem', 'r+');
  try {
    writeSync(memory, Buffer.alloc(1), 0, 0, 0);
  } finally {
    closeSync(memory);
  }
}
