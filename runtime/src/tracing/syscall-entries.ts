import type { Architecture } from '../artifact/manifest.js';
import { catalogue } from '../events/catalogue/index.js';
import { maxSyscalls } from '../events/layout.js';
import type { SyscallDefinition, SyscallEntry } from '../events/types.js';

/** How 64-bit and 32-bit programs of a machine reach a system call. */
export function entriesOn(
  { entries }: SyscallDefinition,
  arch: Architecture,
): { native: readonly SyscallEntry[]; compat: readonly SyscallEntry[] } {
  return arch === 'x86_64'
    ? { native: entries.x86_64 ?? [], compat: entries.i386 ?? [] }
    : { native: entries.arm64 ?? [], compat: entries.arm ?? [] };
}

/** Event of a number that no call has: -1. */
const noCall = 0xffff_ffff;

/** What the kernel side looks numbers up in: the event of each, and maxSyscalls higher that of 32-bit callers. */
export function eventsByNumber(arch: Architecture): number[] {
  const events = Array.from({ length: 2 * maxSyscalls }, () => noCall);
  for (const { id, syscall } of catalogue) {
    if (syscall === undefined) continue;
    const { native, compat } = entriesOn(syscall, arch);
    for (const [number] of native) events[number] = id;
    for (const [number] of compat) events[maxSyscalls + number] = id;
  }
  return events;
}
