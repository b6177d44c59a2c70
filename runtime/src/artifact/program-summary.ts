import { type ElfFile, type ElfSection, type ElfSymbol, invalid, readElf } from './elf.js';

export interface ProgramSummary {
  readonly name: string;
  /** ELF section, which names the hook (`raw_tp/sys_enter`). */
  readonly section: string;
  /** Of the function itself, subprograms that libbpf appends at load time not counted. */
  readonly instructions: number;
}

export interface ObjectSummary {
  /** In file order. Functions of `.text` are subprograms, not programs. */
  readonly programs: readonly ProgramSummary[];
  /** Ids of the kernel helpers that are called anywhere in the object, ascending. */
  readonly helpers: readonly number[];
  /** Whether 32-bit jumps occur (Linux 5.1 and later). */
  readonly usesJmp32: boolean;
}

const instructionSize = 8;
const opcodes = { call: 0x85, loadImmediate64: 0x18 } as const;
const classMask = 0x07;
const classJmp32 = 0x06;

/**
 * What the programs of an object ask of a kernel, read off their instructions.
 *
 * @param what Names the file in errors, usually its path.
 * @throws TraceeError `OBJECT_INVALID`.
 */
export function describePrograms(bytes: Uint8Array, what: string): ObjectSummary {
  const elf = readElf(bytes, what);
  const helpers = new Set<number>();
  let usesJmp32 = false;
  for (const section of elf.sections.filter(({ isExecutable }) => isExecutable)) {
    const found = scanInstructions(section, helpers, what);
    usesJmp32 ||= found.usesJmp32;
  }
  return { programs: listPrograms(elf, what), helpers: [...helpers].sort((a, b) => a - b), usesJmp32 };
}

function scanInstructions(section: ElfSection, helpers: Set<number>, what: string): { usesJmp32: boolean } {
  if (section.size % instructionSize !== 0) {
    throw invalid(what, `has ${section.size} bytes of code in ${section.name}, not whole instructions`);
  }
  const view = new DataView(section.bytes.buffer, section.bytes.byteOffset, section.size);
  let usesJmp32 = false;
  for (let at = 0; at < section.size; at += instructionSize) {
    const opcode = view.getUint8(at);
    // The source register tells helper calls (0) from calls to a subprogram (1) or a kernel function (2).
    const source = view.getUint8(at + 1) >> 4;
    if (opcode === opcodes.call && source === 0) helpers.add(view.getInt32(at + 4, true));
    if ((opcode & classMask) === classJmp32) usesJmp32 = true;
    // A 64-bit constant takes two slots; the second holds data, not an opcode.
    if (opcode === opcodes.loadImmediate64) at += instructionSize;
  }
  return { usesJmp32 };
}

function listPrograms(elf: ElfFile, what: string): ProgramSummary[] {
  return elf.symbols
    .flatMap((symbol) => {
      const section = symbol.section === undefined ? undefined : elf.sections[symbol.section];
      const isProgram = symbol.isFunction && section?.isExecutable === true && section.name !== '.text';
      return isProgram ? [{ symbol, section }] : [];
    })
    .sort((a, b) => a.section.offset - b.section.offset || a.symbol.value - b.symbol.value)
    .map(({ symbol, section }) => summarize(symbol, section, what));
}

function summarize(symbol: ElfSymbol, section: ElfSection, what: string): ProgramSummary {
  const isWhole = symbol.size > 0 && symbol.size % instructionSize === 0;
  if (!isWhole || symbol.value + symbol.size > section.size) {
    throw invalid(
      what,
      `has program ${symbol.name} of ${symbol.size} bytes at ${symbol.value}, ` +
        `which does not fit section ${section.name} of ${section.size} bytes`,
    );
  }
  return { name: symbol.name, section: section.name, instructions: symbol.size / instructionSize };
}
