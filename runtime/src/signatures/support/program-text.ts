import { readSync } from 'node:fs';
import type { ProgramFile } from './program-file.js';

/** Of what is searched: larger programs would keep other events waiting. */
const maxSectionSizeBytes = 4 * 1024 * 1024;
const maxWholeSizeBytes = 2 * 1024 * 1024;

/** Where compilers put constant strings, and linkers the names of libraries. */
const sectionNames = new Set(['.rodata', '.dynstr']);

/**
 * The strings of a program, as Latin-1 text in no order: the sections of an ELF64 file that hold them, or the
 * whole file where it names no sections. Undefined where that would be too much to search in a few
 * milliseconds.
 */
export function textOfProgram(file: ProgramFile): string | undefined {
  const sections = findSections(file).filter(({ name }) => sectionNames.has(name));
  if (sections.length === 0) {
    return file.sizeBytes > maxWholeSizeBytes
      ? undefined
      : readAt(file, 0, file.sizeBytes).toString('latin1');
  }
  if (sections.some(({ size }) => size > maxSectionSizeBytes)) return undefined;
  return sections.map(({ offset, size }) => readAt(file, offset, size).toString('latin1')).join('\0');
}

interface Section {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** Elf64_Ehdr and Elf64_Shdr (include/uapi/linux/elf.h), little endian. */
const fileHeaderSize = 64;
const sectionHeaderSize = 64;
const maxSections = 512;
const maxNamesSizeBytes = 65_536;

/** Empty for what is no such file, or contradicts itself. */
function findSections(file: ProgramFile): Section[] {
  const head = readAt(file, 0, fileHeaderSize);
  if (head.length < fileHeaderSize || head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2 || head[5] !== 1)
    return [];
  const count = Math.min(head.readUInt16LE(60), maxSections);
  const table = readAt(file, Number(head.readBigUInt64LE(40)), count * sectionHeaderSize);
  const headers = Array.from({ length: Math.floor(table.length / sectionHeaderSize) }, (_, index) =>
    table.subarray(index * sectionHeaderSize, (index + 1) * sectionHeaderSize),
  );
  const names = headers[head.readUInt16LE(62)];
  if (names === undefined) return [];
  const text = readAt(file, offsetOf(names), Math.min(sizeOf(names), maxNamesSizeBytes));
  return headers.map((header) => {
    const start = header.readUInt32LE(0);
    const end = text.indexOf(0, start);
    const name = start >= text.length || end < 0 ? '' : text.toString('latin1', start, end);
    return { name, offset: offsetOf(header), size: sizeOf(header) };
  });
}

function offsetOf(header: Buffer): number {
  return Number(header.readBigUInt64LE(24));
}

function sizeOf(header: Buffer): number {
  return Number(header.readBigUInt64LE(32));
}

/** What there is of so many bytes. */
function readAt({ fd, sizeBytes }: ProgramFile, offset: number, size: number): Buffer {
  const length = Math.max(0, Math.min(size, sizeBytes - offset));
  const bytes = Buffer.alloc(length);
  return length === 0 ? bytes : bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
}
