import { catalogue } from '../events/catalogue/index.js';
import { maxSyscalls } from '../events/layout.js';
import type { SyscallDefinition } from '../events/types.js';
import type { Architecture } from '../artifact/manifest.js';
import type { BpfMap } from '../libbpf/index.js';
import { entriesOn } from './syscall-entries.js';

/** What stands for a number that no call has: -1. */
const noCall = 0xffff_ffff;

/** Tells the kernel side which event the numbers of all calls are; none is selected by that. */
export function nameCalls(map: BpfMap, arch: Architecture): void {
  for (let key = 0; key < 2 * maxSyscalls; key++) map.set(u32(key), u32(noCall));
  for (const { id, syscall } of catalogue) if (syscall !== undefined) nameCall(map, id, syscall, arch);
}

/** `map` has numbers of 64-bit callers, then those of 32-bit ones. */
export function nameCall(map: BpfMap, id: number, syscall: SyscallDefinition, arch: Architecture): void {
  const { native, compat } = entriesOn(syscall, arch);
  for (const [number] of native) map.set(u32(number), u32(id));
  for (const [number] of compat) map.set(u32(maxSyscalls + number), u32(id));
}

/** A key or value of a map. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
