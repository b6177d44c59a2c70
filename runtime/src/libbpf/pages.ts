import koffi from 'koffi';
import { LibbpfError, lastErrno } from './error.js';
import { libc, type Pointer } from './native.js';

/** `_SC_PAGESIZE`, `MAP_SHARED`, `MAP_PRIVATE | MAP_ANONYMOUS`, `MAP_FAILED`. */
const scPageSize = 30;
const mapShared = 1;
const mapAnonymous = 0x22;
const mapFailed = 0xffff_ffff_ffff_ffffn;

/** `PROT_READ`, `PROT_READ | PROT_WRITE`. */
export const protection = { read: 1, readWrite: 3 } as const;

/** `PROT_READ | PROT_EXEC` */
const readExecute = 5;

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

/** Pages of machine code, that can be run and not be written any more. They stay for good. Throws {@link LibbpfError}. */
export function mapCode(code: Uint8Array): Pointer {
  const length = Math.ceil(code.length / pageSize()) * pageSize();
  const pointer = libc('mmap')(null, length, protection.readWrite, mapAnonymous, -1, 0) as Pointer;
  if (pointer === mapFailed) throw new LibbpfError('mmap (code)', lastErrno());
  new Uint8Array(koffi.view(pointer, length)).set(code);
  if (Number(libc('mprotect')(pointer, length, readExecute)) !== 0) {
    throw new LibbpfError('mprotect (code)', lastErrno());
  }
  return pointer;
}

/** Where the bytes of a buffer lie. They stay there for as long as somebody holds the buffer. */
export function addressOf(bytes: Uint8Array): Pointer {
  return koffi.address(bytes);
}
