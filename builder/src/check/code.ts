import { describePrograms, type ElfFile, type ElfSection } from 'tracee/artifact';

/** One slot of eight bytes. */
export interface Instruction {
  readonly opcode: number;
  readonly destination: number;
  readonly source: number;
  /** Signed: of a jump in slots, of memory in bytes. */
  readonly offset: number;
  readonly immediate: number;
  /** The upper half of a 64-bit constant, whose slot after this one is data. */
  readonly upper: number | undefined;
}

/** What the loader puts into an instruction: the thing named by a symbol, or defined there. */
export interface Reference {
  readonly name: string;
  /** Name of the section that defines it, `undefined` for a thing outside of the object. */
  readonly section: string | undefined;
  /** Of the symbol in its section, in bytes. */
  readonly value: number;
}

/** A program or a subprogram. Slots count from its first instruction. */
export interface BpfFunction {
  readonly name: string;
  readonly section: string;
  /** Slots of its section before it. */
  readonly start: number;
  /** `undefined` is the second half of a 64-bit constant. */
  readonly code: readonly (Instruction | undefined)[];
  readonly references: ReadonlyMap<number, Reference>;
}

export interface Callee {
  readonly slot: number;
  readonly callee: BpfFunction;
}

export interface BpfCode {
  readonly programs: readonly BpfFunction[];
  /** The functions that a function calls or passes on as callbacks, itself included, each once. */
  reachableFrom(program: BpfFunction): BpfFunction[];
  /** What the instructions of a function call or point to. */
  calleesOf(caller: BpfFunction): readonly Callee[];
}

export const opcodes = {
  call: 0x85,
  exit: 0x95,
  jump: 0x05,
  longJump: 0x06,
  mayGoto: 0xe5,
  load64: 0x18,
} as const;

/** What the source register of a call or a 64-bit constant says about it. */
export const pseudo = { subprogram: 1, kernelFunction: 2, callback: 4 } as const;

const slotSize = 8;
const relocationSection = 9;

/** Throws `OBJECT_INVALID`. */
export function readCode(elf: ElfFile, bytes: Uint8Array, what: string): BpfCode {
  const programs = new Set(describePrograms(bytes, what).programs.map(({ name }) => name));
  const functions = elf.symbols.flatMap(({ name, isFunction, section: index, value, size }) => {
    const section = index === undefined ? undefined : elf.sections[index];
    return isFunction && section?.isExecutable === true
      ? [readFunction(elf, section, { name, value, size })]
      : [];
  });
  const byPlace = new Map(functions.map((one) => [`${one.section} ${one.start}`, one]));
  const calleesOf = (caller: BpfFunction): Callee[] =>
    [...caller.code.keys()].flatMap((slot) => {
      const target = targetOf(caller, slot);
      const callee = target === undefined ? undefined : byPlace.get(`${target.section} ${target.slot}`);
      return callee === undefined ? [] : [{ slot, callee }];
    });
  const callees = new Map(functions.map((one) => [one, calleesOf(one)]));
  return {
    programs: functions.filter(({ name, section }) => section !== '.text' && programs.has(name)),
    calleesOf: (caller) => callees.get(caller) ?? [],
    reachableFrom(program) {
      const found = new Set([program]);
      // A set that grows while it is walked is walked to its last member.
      for (const one of found) {
        for (const { callee } of callees.get(one) ?? []) found.add(callee);
      }
      return [...found];
    },
  };
}

function readFunction(
  elf: ElfFile,
  section: ElfSection,
  symbol: { name: string; value: number; size: number },
): BpfFunction {
  const bytes = section.bytes.subarray(symbol.value, symbol.value + symbol.size);
  const start = symbol.value / slotSize;
  return {
    name: symbol.name,
    section: section.name,
    start,
    code: decode(bytes),
    references: readReferences(elf, section.name, start, bytes.length / slotSize),
  };
}

function decode(bytes: Uint8Array): (Instruction | undefined)[] {
  const view = viewOf(bytes);
  const code: (Instruction | undefined)[] = [];
  for (let at = 0; at + slotSize <= bytes.length; at += slotSize) {
    const opcode = view.getUint8(at);
    const registers = view.getUint8(at + 1);
    const isWide = opcode === opcodes.load64 && at + 2 * slotSize <= bytes.length;
    code.push({
      opcode,
      destination: registers & 0xf,
      source: registers >> 4,
      offset: view.getInt16(at + 2, true),
      immediate: view.getInt32(at + 4, true),
      upper: isWide ? view.getInt32(at + slotSize + 4, true) : undefined,
    });
    if (!isWide) continue;
    code.push(undefined);
    at += slotSize;
  }
  return code;
}

/** Relocations of a section stand in the section of its name with `.rel` before it: 8 bytes where, 8 bytes what. */
function readReferences(elf: ElfFile, section: string, start: number, slots: number): Map<number, Reference> {
  const references = new Map<number, Reference>();
  for (const { type, name, bytes } of elf.sections) {
    if (type !== relocationSection || name !== `.rel${section}`) continue;
    const view = viewOf(bytes);
    for (let at = 0; at + 16 <= bytes.length; at += 16) {
      const slot = Number(view.getBigUint64(at, true)) / slotSize - start;
      const symbol = elf.symbols[view.getUint32(at + 12, true)];
      if (slot < 0 || slot >= slots || symbol === undefined) continue;
      references.set(slot, {
        name: symbol.name,
        section: symbol.section === undefined ? undefined : elf.sections[symbol.section]?.name,
        value: symbol.value,
      });
    }
  }
  return references;
}

/** A call's immediate counts slots from the next one; one that is relocated counts from its symbol. */
function targetOf(caller: BpfFunction, slot: number): { section: string; slot: number } | undefined {
  const instruction = caller.code[slot];
  if (instruction === undefined) return undefined;
  const reference = caller.references.get(slot);
  if (instruction.opcode === opcodes.call && instruction.source === pseudo.subprogram) {
    if (reference === undefined) {
      return { section: caller.section, slot: caller.start + slot + instruction.immediate + 1 };
    }
    return reference.section === undefined
      ? undefined
      : { section: reference.section, slot: reference.value / slotSize + instruction.immediate + 1 };
  }
  // The address of a function, for a helper that calls back.
  return instruction.opcode === opcodes.load64 && reference?.section === '.text'
    ? { section: '.text', slot: (reference.value + instruction.immediate) / slotSize }
    : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
