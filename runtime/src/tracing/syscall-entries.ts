import type { Architecture } from '../artifact/manifest.js';
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
