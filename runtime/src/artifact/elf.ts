import { TraceeError } from '../errors.js';

/** One section. `bytes` is a view into the file, empty for a section without contents (`SHT_NOBITS`). */
export interface ElfSection {
  readonly name: string;
  /** `sh_type`: 1 program data, 2 symbols, 3 strings, 8 no contents, 9 relocations. */
  readonly type: number;
  readonly offset: number;
  /** In the file, in bytes. */
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly isExecutable: boolean;
}

export interface ElfSymbol {
  readonly name: string;
  readonly isFunction: boolean;
  /** Index into the sections, `undefined` for an external or absolute symbol. */
  readonly section: number | undefined;
  /** Offset in its section, in bytes. */
  readonly value: number;
  /** In bytes. */
  readonly size: number;
}

export interface ElfFile {
  /** In file order, the empty section 0 included, so that indexes are those of the file. */
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

const fileHeaderSize = 64;
const sectionHeaderSize = 64;
const symbolSize = 24;
/** Longer names are refused: many names that share one huge string would cost quadratic time. */
const nameLimit = 512;

const machineBpf = 247;
const machineNames: ReadonlyMap<number, string> = new Map([
  [3, 'x86'],
  [40, 'arm'],
  [62, 'x86-64'],
  [183, 'aarch64'],
  [243, 'riscv'],
  [machineBpf, 'BPF'],
]);

const sectionTypes = { programData: 1, symbols: 2, strings: 3, noContents: 8 } as const;
const executableFlag = 0x4;
const functionSymbol = 2;
/** Section indexes from here on are not sections but marks such as "absolute" and "common". */
const firstReservedIndex = 0xff00;

/**
 * Reads a relocatable ELF64 little-endian BPF object. Takes any bytes: every offset is checked before it is
 * followed.
 *
 * @param what Names the file in errors, usually its path.
 * @throws TraceeError `OBJECT_INVALID`, with what exactly is wrong.
 */
export function readElf(bytes: Uint8Array, what: string): ElfFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkIdentity(bytes, what);
  checkBpfObject(view, what);
  const headers = readSectionHeaders(view, what);
  const names = stringsOf(bytes, headers, view.getUint16(62, true), 'section names', what);
  const sections = headers.map((header, index) => ({
    name: readString(names, header.nameOffset, `name of section ${index}`, what),
    type: header.type,
    offset: header.offset,
    size: header.size,
    bytes: contentsOf(bytes, header),
    isExecutable: header.type === sectionTypes.programData && (header.flags & executableFlag) !== 0,
  }));
  return { sections, symbols: readSymbols(bytes, headers, what) };
}

/**
 * The contents of one section of any ELF64 little-endian file, a kernel's `vmlinux` among them; `undefined`
 * where there is none of this name. Symbols are not read: a kernel has a hundred thousand of them.
 *
 * @throws TraceeError `OBJECT_INVALID`, with what exactly is wrong.
 */
export function readElfSection(bytes: Uint8Array, what: string, name: string): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkIdentity(bytes, what);
  const headers = readSectionHeaders(view, what);
  const names = stringsOf(bytes, headers, view.getUint16(62, true), 'section names', what);
  const found = headers.find(
    ({ nameOffset }, index) => readString(names, nameOffset, `name of section ${index}`, what) === name,
  );
  return found === undefined ? undefined : contentsOf(bytes, found);
}

interface SectionHeader {
  readonly nameOffset: number;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

function checkIdentity(bytes: Uint8Array, what: string): void {
  if (bytes.length === 0) throw invalid(what, 'is empty');
  if (!isElf(bytes)) throw invalid(what, 'is not an ELF file');
  if (bytes.length < fileHeaderSize) {
    throw invalid(what, `is truncated: the ELF header ends at 64 but the file has ${bytes.length} bytes`);
  }
  if (bytes[4] !== 2) throw invalid(what, `is not a 64-bit ELF file (class ${bytes[4]})`);
  if (bytes[5] !== 1) {
    throw invalid(what, bytes[5] === 2 ? 'is big endian, not little endian' : `has byte order ${bytes[5]}`);
  }
}

/** Whether bytes begin as an ELF file does. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

function checkBpfObject(view: DataView, what: string): void {
  const machine = view.getUint16(18, true);
  if (machine !== machineBpf) {
    throw invalid(
      what,
      `is for machine ${describeMachine(machine)} instead of ${describeMachine(machineBpf)}`,
    );
  }
  const type = view.getUint16(16, true);
  if (type !== 1) throw invalid(what, `is not a relocatable object (ELF type ${type} instead of 1)`);
}

function describeMachine(machine: number): string {
  const name = machineNames.get(machine);
  return name === undefined ? String(machine) : `${machine} (${name})`;
}

function readSectionHeaders(view: DataView, what: string): SectionHeader[] {
  const start = view.getBigUint64(40, true);
  const entrySize = view.getUint16(58, true);
  const count = view.getUint16(60, true);
  if (count === 0) throw invalid(what, 'has no sections');
  if (entrySize !== sectionHeaderSize) {
    throw invalid(what, `has section headers of ${entrySize} bytes instead of ${sectionHeaderSize}`);
  }
  const table = checkRange(start, BigInt(count * sectionHeaderSize), view.byteLength, 'section table', what);
  return Array.from({ length: count }, (_, index) =>
    readSectionHeader(view, table.offset + index * sectionHeaderSize, index, what),
  );
}

function readSectionHeader(view: DataView, at: number, index: number, what: string): SectionHeader {
  const type = view.getUint32(at + 4, true);
  const offset = view.getBigUint64(at + 24, true);
  const size = view.getBigUint64(at + 32, true);
  // Section 0 is a placeholder, and SHT_NOBITS takes no room in the file.
  const stored = index === 0 || type === sectionTypes.noContents ? 0n : size;
  const range = checkRange(stored === 0n ? 0n : offset, stored, view.byteLength, `section ${index}`, what);
  return {
    nameOffset: view.getUint32(at, true),
    type,
    flags: view.getUint32(at + 8, true),
    ...range,
    link: view.getUint32(at + 40, true),
  };
}

function checkRange(
  offset: bigint,
  size: bigint,
  fileSize: number,
  part: string,
  what: string,
): { offset: number; size: number } {
  const end = offset + size;
  if (end > BigInt(fileSize)) {
    throw invalid(what, `is truncated: the ${part} ends at ${end} but the file has ${fileSize} bytes`);
  }
  return { offset: Number(offset), size: Number(size) };
}

function contentsOf(bytes: Uint8Array, header: SectionHeader): Uint8Array {
  return bytes.subarray(header.offset, header.offset + header.size);
}

function readSymbols(bytes: Uint8Array, headers: readonly SectionHeader[], what: string): ElfSymbol[] {
  const tables = headers.filter((header) => header.type === sectionTypes.symbols);
  const [table] = tables;
  if (table === undefined) return [];
  if (tables.length > 1) throw invalid(what, `has ${tables.length} symbol tables instead of one`);
  if (table.size % symbolSize !== 0) {
    throw invalid(what, `has a symbol table of ${table.size} bytes, not a multiple of ${symbolSize}`);
  }
  const names = stringsOf(bytes, headers, table.link, 'symbol names', what);
  const view = new DataView(bytes.buffer, bytes.byteOffset + table.offset, table.size);
  return Array.from({ length: table.size / symbolSize }, (_, index) => {
    const at = index * symbolSize;
    const section = view.getUint16(at + 6, true);
    const isDefined = section !== 0 && section < firstReservedIndex;
    if (isDefined && section >= headers.length) {
      throw invalid(what, `has symbol ${index} in section ${section}, but only ${headers.length} sections`);
    }
    return {
      name: readString(names, view.getUint32(at, true), `name of symbol ${index}`, what),
      isFunction: (view.getUint8(at + 4) & 0xf) === functionSymbol,
      section: isDefined ? section : undefined,
      value: Number(view.getBigUint64(at + 8, true)),
      size: Number(view.getBigUint64(at + 16, true)),
    };
  });
}

function stringsOf(
  bytes: Uint8Array,
  headers: readonly SectionHeader[],
  index: number,
  part: string,
  what: string,
): Uint8Array {
  const header = headers[index];
  if (header?.type !== sectionTypes.strings) {
    throw invalid(what, `points to section ${index} for its ${part}, which holds no strings`);
  }
  return contentsOf(bytes, header);
}

function readString(strings: Uint8Array, offset: number, part: string, what: string): string {
  const limit = strings.subarray(offset, offset + nameLimit + 1);
  const end = limit.indexOf(0);
  if (end < 0) throw invalid(what, `has a ${part} that does not end`);
  return Buffer.from(limit.buffer, limit.byteOffset, end).toString('utf8');
}

/** An `OBJECT_INVALID` error about the file `what`. */
export function invalid(what: string, problem: string, cause?: unknown): TraceeError {
  return new TraceeError('OBJECT_INVALID', `${what} ${problem}`, {
    hint: 'Build the object again: make bpf',
    ...(cause === undefined ? {} : { cause }),
  });
}
