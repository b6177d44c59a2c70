import { fstatSync, readSync } from 'node:fs';

/** Where functions stand in a program file or library: what is asked of it is one address after the other. */
export interface SymbolTable {
  /** The function whose code is at this offset of the file; `offset` is how far into it. */
  find(fileOffset: bigint): { readonly name: string; readonly offset: bigint } | undefined;
}

const headerSize = 64;
const sectionSize = 64;
const segmentSize = 56;
const symbolSize = 24;
const sectionTypes = { symbols: 2, dynamicSymbols: 11 };
const loadedSegment = 1;
const functionSymbol = 2;

/** Far above what libraries have; the file may be any, made to keep its reader busy. */
const maxHeaders = 4096;
const maxTableBytes = 32 * 1024 * 1024;
const maxNameBytes = 512;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

interface Segment {
  readonly offset: bigint;
  readonly address: bigint;
  readonly size: bigint;
}

/**
 * Reads the functions of an ELF64 little-endian file: of its whole symbol table, or where it was stripped of what it
 * offers to others. Undefined for any other file, and for one that is not as it says.
 */
export function readSymbols(fd: number): SymbolTable | undefined {
  try {
    const header = readAt(fd, 0, headerSize);
    if (header.readUInt32BE(0) !== 0x7f45_4c46 || header[4] !== 2 || header[5] !== 1) return undefined;
    const sections = headersAt(
      fd,
      header.readBigUInt64LE(40),
      header.readUInt16LE(60),
      sectionSize,
      readSection,
    );
    const segments = headersAt(
      fd,
      header.readBigUInt64LE(32),
      header.readUInt16LE(56),
      segmentSize,
      readSegment,
    );
    const table =
      sections.find(({ type }) => type === sectionTypes.symbols) ??
      sections.find(({ type }) => type === sectionTypes.dynamicSymbols);
    const strings = table && sections[table.link];
    if (table === undefined || strings === undefined) return undefined;
    if (table.size > maxTableBytes || strings.size > maxTableBytes) return undefined;
    return tableOf(
      readAt(fd, table.offset, table.size),
      readAt(fd, strings.offset, strings.size),
      segments.flatMap((one) => one ?? []),
    );
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}

function tableOf(symbols: Buffer, names: Buffer, segments: readonly Segment[]): SymbolTable {
  const functions: { readonly address: bigint; readonly size: bigint; readonly name: number }[] = [];
  for (let at = 0; at + symbolSize <= symbols.length; at += symbolSize) {
    const isFunction = ((symbols[at + 4] ?? 0) & 0xf) === functionSymbol;
    const address = symbols.readBigUInt64LE(at + 8);
    if (!isFunction || address === 0n) continue;
    functions.push({ address, size: symbols.readBigUInt64LE(at + 16), name: symbols.readUInt32LE(at) });
  }
  functions.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  return {
    find: (fileOffset) => {
      const segment = segments.find(({ offset, size }) => fileOffset >= offset && fileOffset < offset + size);
      if (segment === undefined) return undefined;
      const address = fileOffset - segment.offset + segment.address;
      let [low, high] = [0, functions.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((functions[middle]?.address ?? 0n) <= address) low = middle + 1;
        else high = middle;
      }
      const found = functions[low - 1];
      if (found === undefined || address >= found.address + (found.size === 0n ? 1n : found.size))
        return undefined;
      const name = nameAt(names, found.name);
      return name === '' ? undefined : { name, offset: address - found.address };
    },
  };
}

function nameAt(names: Buffer, start: number): string {
  const part = names.subarray(start, start + maxNameBytes);
  const end = part.indexOf(0);
  return end < 0 ? '' : part.toString('utf8', 0, end);
}

function headersAt<T>(
  fd: number,
  offset: bigint,
  count: number,
  size: number,
  read: (bytes: Buffer) => T,
): T[] {
  if (count > maxHeaders) throw new RangeError('too many headers');
  const bytes = readAt(fd, Number(offset), count * size);
  return Array.from({ length: count }, (_, index) => read(bytes.subarray(index * size, (index + 1) * size)));
}

function readSection(bytes: Buffer): Section {
  return {
    type: bytes.readUInt32LE(4),
    offset: Number(bytes.readBigUInt64LE(24)),
    size: Number(bytes.readBigUInt64LE(32)),
    link: bytes.readUInt32LE(40),
  };
}

function readSegment(bytes: Buffer): Segment | undefined {
  if (bytes.readUInt32LE(0) !== loadedSegment) return undefined;
  return {
    offset: bytes.readBigUInt64LE(8),
    address: bytes.readBigUInt64LE(16),
    size: bytes.readBigUInt64LE(32),
  };
}

function readAt(fd: number, offset: number, size: number): Buffer {
  // Before room is made for it.
  if (!(offset + size <= fstatSync(fd).size)) throw new RangeError('the file is shorter than it says');
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(fd, bytes, filled, size - filled, offset + filled);
    if (count === 0) throw new RangeError('the file became shorter');
    filled += count;
  }
  return bytes;
}
