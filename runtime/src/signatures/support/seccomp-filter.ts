/**
 * Runs classic BPF programs of seccomp as the kernel would (kernel/seccomp.c, seccomp_check_filter()), to see
 * what they do with a system call.
 */

/** include/uapi/linux/seccomp.h: the action is in the upper half, without the sign. */
const actionAllow = 0x7fff;
const actionLog = 0x7ffc;

/** struct seccomp_data: number, architecture, instruction pointer, six arguments. */
const dataSize = 64;

/** A call that a filter is asked about. */
export interface FilteredCall {
  readonly number: number;
  /** AUDIT_ARCH_*, include/uapi/linux/audit.h */
  readonly arch: number;
  readonly arguments?: readonly bigint[];
}

/**
 * Whether a filter lets a call pass; undefined where it cannot be told, because not all of the program is there
 * or it is none.
 */
export function isAllowed(program: Buffer, call: FilteredCall): boolean | undefined {
  const action = run(program, dataOf(call));
  if (action === undefined) return undefined;
  const kind = (action >>> 16) & 0xffff;
  return kind === actionAllow || kind === actionLog;
}

function dataOf({ number, arch, arguments: values = [] }: FilteredCall): Buffer {
  const data = Buffer.alloc(dataSize);
  data.writeInt32LE(number, 0);
  data.writeUInt32LE(arch, 4);
  for (const [index, value] of values.entries())
    data.writeBigUInt64LE(BigInt.asUintN(64, value), 16 + 8 * index);
  return data;
}

/** Classes and modes of instructions, include/uapi/linux/bpf_common.h. */
function run(program: Buffer, data: Buffer): number | undefined {
  let [a, x] = [0, 0];
  const memory = new Map<number, number>();
  const count = Math.floor(program.length / 8);
  // Jumps only go forward, so that this ends.
  for (let at = 0; at < count; at++) {
    const code = program.readUInt16LE(8 * at);
    const [jumpTrue, jumpFalse] = [program.readUInt8(8 * at + 2), program.readUInt8(8 * at + 3)];
    const k = program.readUInt32LE(8 * at + 4);
    switch (code) {
      case 0x20: // ld [k]
        if (k + 4 > data.length) return undefined;
        a = data.readUInt32LE(k);
        break;
      case 0x80: // ld #len
        a = data.length;
        break;
      case 0x00: // ld #k
        a = k;
        break;
      case 0x60: // ld M[k]
        a = memory.get(k) ?? 0;
        break;
      case 0x81: // ldx #len
        x = data.length;
        break;
      case 0x01: // ldx #k
        x = k;
        break;
      case 0x61: // ldx M[k]
        x = memory.get(k) ?? 0;
        break;
      case 0x02: // st M[k]
        memory.set(k, a);
        break;
      case 0x03: // stx M[k]
        memory.set(k, x);
        break;
      case 0x07: // tax
        x = a;
        break;
      case 0x87: // txa
        a = x;
        break;
      case 0x06: // ret #k
        return k;
      case 0x16: // ret a
        return a;
      case 0x05: // ja
        at += k;
        break;
      default: {
        const operand = (code & 0x08) === 0 ? k : x;
        if ((code & 0x07) === 0x05) {
          const isTrue = compare(code & 0xf0, a, operand);
          if (isTrue === undefined) return undefined;
          at += isTrue ? jumpTrue : jumpFalse;
        } else if ((code & 0x07) === 0x04) {
          const result = calculate(code & 0xf0, a, operand);
          if (result === undefined) return undefined;
          a = result;
        } else return undefined;
      }
    }
  }
  return undefined;
}

function compare(operation: number, a: number, operand: number): boolean | undefined {
  switch (operation) {
    case 0x10:
      return a === operand;
    case 0x20:
      return a > operand;
    case 0x30:
      return a >= operand;
    case 0x40:
      return (a & operand) !== 0;
    default:
      return undefined;
  }
}

function calculate(operation: number, a: number, operand: number): number | undefined {
  switch (operation) {
    case 0x00:
      return (a + operand) >>> 0;
    case 0x10:
      return (a - operand) >>> 0;
    case 0x20:
      return Math.imul(a, operand) >>> 0;
    case 0x30:
      return operand === 0 ? undefined : Math.floor(a / operand);
    case 0x40:
      return (a | operand) >>> 0;
    case 0x50:
      return (a & operand) >>> 0;
    case 0x60:
      return operand > 31 ? 0 : (a << operand) >>> 0;
    case 0x70:
      return operand > 31 ? 0 : a >>> operand;
    case 0x80:
      return -a >>> 0;
    case 0xa0:
      return (a ^ operand) >>> 0;
    default:
      return undefined;
  }
}
