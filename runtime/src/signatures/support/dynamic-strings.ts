import { closeSync, openSync, readSync } from 'node:fs';

/** What an ELF file says that it needs, and the names that it exports and imports. */
export interface DynamicStrings {
  /** `libpcre2-8.so.0`, in the order of the file. */
  readonly needed: readonly string[];
  /** Names one after the other, each behind a NUL; they are latin1. */
  readonly strings: Buffer;
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;
const DT_STRSZ = 10n;

/** Of a table that is larger, the rest is not looked at: node's has 5 MB. */
const maxStrings = 32 * 1024 * 1024;
const maxDynamic = 64 * 1024;

const none: DynamicStrings = { needed: [], strings: Buffer.alloc(0) };

/** Reads only the parts that matter of a file that may be large. Nothing for what is no 64-bit ELF file. */
export function readDynamicStrings(path: string): DynamicStrings {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return none; // it is gone
  }
  try {
    return dynamicStringsOf(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The same of an open file. */
export function dynamicStringsOf(descriptor: number): DynamicStrings {
  try {
    return read(descriptor);
  } catch {
    return none; // it contradicts itself
  }
}

function read(descriptor: number): DynamicStrings {
  const header = bytesAt(descriptor, 0n, 64);
  // 0x7f E L F, 64 bits, little-endian
  if (header.length < 64 || header.readUInt32LE(0) !== 0x464c457f || header.readUInt16LE(4) !== 0x0102)
    return none;
  const size = header.readUInt16LE(54);
  const table = bytesAt(descriptor, header.readBigUInt64LE(32), size * header.readUInt16LE(56));
  const segments = Array.from({ length: header.readUInt16LE(56) }, (_, index) => {
    const at = index * size;
    return {
      type: table.readUInt32LE(at),
      offset: table.readBigUInt64LE(at + 8),
      address: table.readBigUInt64LE(at + 16),
      size: table.readBigUInt64LE(at + 32),
    };
  });
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return none;
  const entries = entriesOf(bytesAt(descriptor, dynamic.offset, Math.min(Number(dynamic.size), maxDynamic)));
  const valueOf = (tag: bigint): bigint => entries.find(([one]) => one === tag)?.[1] ?? 0n;
  const address = valueOf(DT_STRTAB);
  const load = segments.find(
    (one) => one.type === PT_LOAD && address >= one.address && address < one.address + one.size,
  );
  if (load === undefined) return none;
  const length = Math.min(Number(valueOf(DT_STRSZ)), maxStrings);
  const strings = bytesAt(descriptor, address - load.address + load.offset, length);
  const needed = entries
    .filter(([tag]) => tag === DT_NEEDED)
    .map(([, at]) => strings.toString('latin1', Number(at), strings.indexOf(0, Number(at))));
  return { needed, strings };
}

function entriesOf(dynamic: Buffer): (readonly [tag: bigint, value: bigint])[] {
  return Array.from({ length: Math.floor(dynamic.length / 16) }, (_, index) => [
    dynamic.readBigUInt64LE(16 * index),
    dynamic.readBigUInt64LE(16 * index + 8),
  ]);
}

function bytesAt(descriptor: number, offset: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, Number(offset)));
}
