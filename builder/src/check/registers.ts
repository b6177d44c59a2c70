import { type Instruction, opcodes } from './code.js';

/**
 * What is known of a register: a number, an address in the stack frame, the address of a setting in
 * `.rodata`, that setting's value, or nothing.
 */
export type Value =
  | { readonly constant: bigint }
  | { readonly stackOffset: number }
  | { readonly settingAt: string; readonly dataOffset: number }
  | { readonly setting: string }
  | undefined;

/** r0 to r10. */
export type Registers = readonly Value[];

const frame = 10;

export const entryRegisters: Registers = Array.from({ length: 11 }, (_, index) =>
  index === frame ? { stackOffset: 0 } : undefined,
);

/** `undefined` where the second adds nothing to what is known of the place. */
export function mergeRegisters(known: Registers | undefined, incoming: Registers): Registers | undefined {
  if (known === undefined) return incoming;
  const merged = known.map((value, index) => (isSame(value, incoming[index]) ? value : undefined));
  return merged.every((value, index) => value === known[index]) ? undefined : merged;
}

function isSame(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return false;
  if ('constant' in a) return 'constant' in b && a.constant === b.constant;
  if ('stackOffset' in a) return 'stackOffset' in b && a.stackOffset === b.stackOffset;
  if ('setting' in a) return 'setting' in b && a.setting === b.setting;
  return 'settingAt' in b && a.settingAt === b.settingAt && a.dataOffset === b.dataOffset;
}

const families = { load64: 0, load: 1, store: 2, storeRegister: 3, alu32: 4, alu64: 7 } as const;

/**
 * @param patched Given where the loader replaces the instruction's constant, with the value if it is known.
 */
export function execute(
  instruction: Instruction,
  registers: Registers,
  patched: { value: bigint | undefined } | undefined,
): { registers: Registers; stack: number } {
  const { opcode, destination, source, offset } = instruction;
  const known = patched === undefined ? undefined : constantOf(patched.value);
  const depthAt = (register: number, at: number): number => {
    const value = registers[register];
    return value !== undefined && 'stackOffset' in value ? Math.max(0, -(value.stackOffset + at)) : 0;
  };
  switch (opcode & 0x07) {
    case families.load64: {
      const value = patched === undefined ? constantOf(wideConstant(instruction)) : known;
      return { registers: set(registers, destination, value), stack: 0 };
    }
    case families.load:
      return { registers: set(registers, destination, undefined), stack: depthAt(source, offset) };
    case families.store:
      return { registers, stack: depthAt(destination, offset) };
    case families.storeRegister:
      // Atomic operations that fetch return the old value in their source register, or in r0.
      return {
        registers: isAtomic(opcode) ? set(set(registers, source, undefined), 0, undefined) : registers,
        stack: depthAt(destination, offset),
      };
    case families.alu32:
    case families.alu64:
      return {
        registers: set(registers, destination, compute(instruction, registers, patched, known)),
        stack: 0,
      };
    default:
      if (opcode !== opcodes.call) return { registers, stack: 0 };
      return {
        registers: registers.map((value, index) => (index <= 5 ? undefined : value)),
        stack: Math.max(...[1, 2, 3, 4, 5].map((register) => depthAt(register, 0))),
      };
  }
}

function compute(
  { opcode, destination, source, offset, immediate }: Instruction,
  registers: Registers,
  patched: { value: bigint | undefined } | undefined,
  known: Value,
): Value {
  const isWide = (opcode & 0x07) === families.alu64;
  const isFromRegister = (opcode & 0x08) !== 0;
  const right = isFromRegister
    ? registers[source]
    : patched === undefined
      ? constantOf(BigInt(immediate))
      : known;
  const left = registers[destination];
  const operation = opcode & 0xf0;
  const isMove = operation === 0xb0 && offset === 0;
  if (isMove) return isWide || right === undefined || 'constant' in right ? narrow(right, isWide) : undefined;
  if (left === undefined || right === undefined || !('constant' in right)) return undefined;
  if ('stackOffset' in left) {
    const distance = Number(BigInt.asIntN(64, right.constant));
    if (!isWide) return undefined;
    if (operation === 0x00) return { stackOffset: left.stackOffset + distance };
    return operation === 0x10 ? { stackOffset: left.stackOffset - distance } : undefined;
  }
  if (!('constant' in left)) return undefined;
  const result = arithmetic(operation, left.constant, right.constant, isWide ? 64n : 32n);
  return result === undefined ? undefined : narrow({ constant: result }, isWide);
}

function arithmetic(operation: number, a: bigint, b: bigint, bits: bigint): bigint | undefined {
  switch (operation) {
    case 0x00:
      return a + b;
    case 0x10:
      return a - b;
    case 0x40:
      return a | b;
    case 0x50:
      return a & b;
    case 0x60:
      return a << (b & (bits - 1n));
    case 0x70:
      return BigInt.asUintN(Number(bits), a) >> (b & (bits - 1n));
    case 0xa0:
      return a ^ b;
    default:
      return undefined;
  }
}

/** Whether a conditional jump is taken, `undefined` where that depends on what is not known. */
export function isTaken(instruction: Instruction, registers: Registers): boolean | undefined {
  const { opcode, destination, source, immediate } = instruction;
  const family = opcode & 0x07;
  if (family !== 0x05 && family !== 0x06) return undefined;
  const left = registers[destination];
  const right = (opcode & 0x08) === 0 ? constantOf(BigInt(immediate)) : registers[source];
  if (left === undefined || right === undefined) return undefined;
  if (!('constant' in left) || !('constant' in right)) return undefined;
  const bits = family === 0x05 ? 64 : 32;
  const [a, b] = [BigInt.asUintN(bits, left.constant), BigInt.asUintN(bits, right.constant)];
  const [signedA, signedB] = [BigInt.asIntN(bits, a), BigInt.asIntN(bits, b)];
  switch (opcode & 0xf0) {
    case 0x10:
      return a === b;
    case 0x20:
      return a > b;
    case 0x30:
      return a >= b;
    case 0x40:
      return (a & b) !== 0n;
    case 0x50:
      return a !== b;
    case 0x60:
      return signedA > signedB;
    case 0x70:
      return signedA >= signedB;
    case 0xa0:
      return a < b;
    case 0xb0:
      return a <= b;
    case 0xc0:
      return signedA < signedB;
    case 0xd0:
      return signedA <= signedB;
    default:
      return undefined;
  }
}

/** The comparison that a conditional jump makes with a setting. */
export function comparedSetting(
  { opcode, destination, source, immediate }: Instruction,
  registers: Registers,
): { setting: string; value: bigint } | undefined {
  const family = opcode & 0x07;
  const left = registers[destination];
  if ((family !== 0x05 && family !== 0x06) || left === undefined || !('setting' in left)) return undefined;
  const right = (opcode & 0x08) === 0 ? constantOf(BigInt(immediate)) : registers[source];
  return right !== undefined && 'constant' in right
    ? { setting: left.setting, value: right.constant }
    : undefined;
}

/** The setting that an instruction loads. */
export function loadedSetting(
  { opcode, source, offset }: Instruction,
  registers: Registers,
): string | undefined {
  const address = registers[source];
  return (opcode & 0x07) === families.load && address !== undefined && 'settingAt' in address
    ? `${address.settingAt}+${address.dataOffset + offset}`
    : undefined;
}

function wideConstant({ immediate, upper = 0 }: Instruction): bigint {
  return (BigInt(upper >>> 0) << 32n) | BigInt(immediate >>> 0);
}

function isAtomic(opcode: number): boolean {
  return (opcode & 0xe0) === 0xc0;
}

function narrow(value: Value, isWide: boolean): Value {
  return value === undefined || isWide || !('constant' in value)
    ? value
    : constantOf(BigInt.asUintN(32, value.constant));
}

export function constantOf(value: bigint | undefined): Value {
  return value === undefined ? undefined : { constant: BigInt.asUintN(64, value) };
}

export function set(registers: Registers, index: number, value: Value): Registers {
  // Four bits can name registers that there are not; only a damaged file does.
  return index < registers.length ? registers.with(index, value) : registers;
}
