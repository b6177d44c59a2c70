import koffi from 'koffi';
import { LibbpfError, lastErrno } from './error.js';
import { libc, type Pointer } from './native.js';

/** `_SC_PAGESIZE`, `MAP_SHARED`, `MAP_FAILED`. */
const scPageSize = 30;
const mapShared = 1;
const mapFailed = 0xffff_ffff_ffff_ffffn;

/** `PROT_READ`, `PROT_READ | PROT_WRITE`. */
export const protection = { read: 1, readWrite: 3 } as const;

/** Bytes of a page. */
export function pageSize(): number {
  return Number(libc('sysconf')(scPageSize));
}

/**
 * Maps pages of a descriptor. They are never unmapped: reading an unmapped page would kill the process, and
 * nobody can tell whether a view is still held. Throws {@link LibbpfError}.
 */
export function mapPages(what: string, fd: number, length: number, access: number, offset = 0): ArrayBuffer {
  const pointer = libc('mmap')(null, length, access, mapShared, fd, offset) as Pointer;
  if (pointer === mapFailed) throw new LibbpfError(`mmap (${what})`, lastErrno());
  return koffi.view(pointer, length);
}
