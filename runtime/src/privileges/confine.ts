import { readdirSync, readFileSync } from 'node:fs';
import { hasCapability, parseCapabilities } from '../host/capabilities.js';
import { addressOf, callKernel } from '../libbpf/index.js';
import { callNumbers, onEveryThread, type SystemCall } from './every-thread.js';

/** include/uapi/linux/prctl.h */
const prctl = { dumpable: 4, dropFromBounding: 24, noNewPrivileges: 38, ambient: 47 };
const clearAllAmbient = 4;

/** _LINUX_CAPABILITY_VERSION_3, for masks of 64 bits. */
const capabilityVersion = 0x2008_0522;

const coreLimit = 4;

/**
 * Gives up, in every thread and for good, all capabilities but those of `keep`, and the way to get others by
 * starting a program (setuid programs start as what they are without it). What this process starts later has no more.
 *
 * @throws TraceeError `RUN_FAILED` where a thread keeps them.
 */
export function confine(keep: bigint): void {
  const { permitted, effective, bounding } = parseCapabilities(statusOf('self'));
  const kept = permitted & keep;
  // Who may not change the bounding set does not need to: no_new_privs holds what it would.
  const mayBound = hasCapability(effective, 'CAP_SETPCAP');
  const dropped = mayBound ? bitsOf(bounding & ~keep) : [];
  onEveryThread(
    [
      ...dropped.map((bit) => callPrctl(prctl.dropFromBounding, bit)),
      callPrctl(prctl.ambient, clearAllAmbient),
      { number: callNumbers.capset, arguments: capsetArguments(kept) },
      callPrctl(prctl.noNewPrivileges, 1),
    ],
    (tid) => isConfined(tid, kept, mayBound ? bounding & keep : bounding),
  );
}

/** No core dumps, which hold what was seen, and no debugger of the same user. */
export function forbidInspection(): void {
  const none = Buffer.alloc(16);
  callKernel(callNumbers.prlimit64, 0n, BigInt(coreLimit), addressOf(none));
  setDumpable(0);
  // Before 5.14 that hides a process's descriptors from itself, unless it is root's (7bc3fa0172a4).
  if (!canSeeOwnDescriptors()) setDumpable(1);
}

function callPrctl(option: number, argument: number): SystemCall {
  return { number: callNumbers.prctl, arguments: [option, argument] };
}

/** `struct __user_cap_header_struct`, then twice 32 bits of effective, permitted and inheritable. */
function capsetArguments(kept: bigint): Uint8Array[] {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(capabilityVersion, 0);
  const data = Buffer.alloc(24);
  for (const half of [0, 1]) {
    const mask = Number((kept >> BigInt(32 * half)) & 0xffff_ffffn);
    data.writeUInt32LE(mask, 12 * half);
    data.writeUInt32LE(mask, 12 * half + 4);
  }
  return [header, data];
}

/** A thread that has ended has nothing. */
function isConfined(tid: number, kept: bigint, bounding: bigint): boolean {
  let status: string;
  try {
    status = statusOf(`self/task/${tid}`);
  } catch {
    return true;
  }
  const sets = parseCapabilities(status);
  return (
    sets.permitted === kept &&
    sets.effective === kept &&
    sets.inheritable === 0n &&
    sets.ambient === 0n &&
    sets.bounding === bounding &&
    /^NoNewPrivs:\s*1$/m.test(status)
  );
}

function bitsOf(mask: bigint): number[] {
  return Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => ((mask >> BigInt(bit)) & 1n) === 1n);
}

function statusOf(task: string): string {
  return readFileSync(`/proc/${task}/status`, 'latin1');
}

function setDumpable(value: number): void {
  callKernel(callNumbers.prctl, BigInt(prctl.dumpable), BigInt(value));
}

function canSeeOwnDescriptors(): boolean {
  try {
    return readdirSync('/proc/self/fdinfo').length > 0;
  } catch {
    return false;
  }
}
