import { findEvent } from '../../src/events/catalogue/index.js';
import {
  ancestor as ancestorLayout,
  cutBit,
  hookKinds,
  layoutOf,
  maxAncestors,
  maxStackFrames,
  recordFlags,
  recordHeader,
  type HookKind,
  type StructLayout,
} from '../../src/events/layout.js';
import { decodeRecord, type TracedEvent } from '../../src/events/record.js';

/** Bytes of an argument, and what the kernel side says of those that it left out. */
export interface Bytes {
  readonly bytes: string | Uint8Array;
  /** Bytes or strings there were; 0 where nobody knows. */
  readonly full?: number;
  readonly isCut?: boolean;
}

export interface AncestorBytes {
  readonly hostPid: number;
  readonly pid: number;
  readonly startTime: bigint;
  readonly comm: string;
}

/** A record as the kernel side would write it. What is not given is zero. */
export interface RecordContent {
  readonly event: string;
  /** Fields of `record_header` by name. */
  readonly fields?: Readonly<Record<string, number | bigint | string>>;
  /** By argument name; those not named are marked as absent. */
  readonly args?: Readonly<Record<string, number | bigint | Bytes>>;
  readonly executable?: Bytes;
  readonly ancestors?: readonly AncestorBytes[];
  readonly hook?: HookKind;
  readonly stack?: readonly bigint[];
}

const header = layoutOf(recordHeader);
const ancestry = layoutOf(ancestorLayout);

/** The TypeScript twin of `bpf/submit.h` and `bpf/arguments.h`. */
export function encodeRecord(content: RecordContent): Buffer {
  const definition = findEvent(content.event);
  if (definition === undefined) throw new RangeError(`no event ${content.event}`);
  const data: Buffer[] = [];
  const stackAt = header.size + (content.ancestors === undefined ? 0 : blockSize);
  const head = Buffer.alloc(stackAt + (content.stack === undefined ? 0 : 8 * maxStackFrames));
  let end = head.length;
  const claim = ({ bytes, full, isCut = false }: Bytes): bigint => {
    const block = Buffer.from(bytes);
    const start = end;
    data.push(block);
    end += block.length;
    return reference(start, block.length, full ?? (isCut ? 0 : block.length), isCut);
  };

  const fields = new Map<string, number | bigint | string>([
    ['event', definition.id],
    ['hook', hookKinds[content.hook ?? 'tp_btf']],
    ...Object.entries(content.fields ?? {}),
  ]);
  if (content.executable !== undefined) fields.set('executable', claim(content.executable));
  if (content.ancestors !== undefined) {
    fields.set('ancestors', content.ancestors.length);
    fields.set('flags', Number(fields.get('flags') ?? 0) | recordFlags.ancestry);
    for (const [index, one] of content.ancestors.entries()) {
      const at = header.size + index * ancestry.size;
      writeFields(head, at, ancestorLayout, [
        ['host_pid', one.hostPid],
        ['ns_pid', one.pid],
        ['start_time', one.startTime],
        ['comm', one.comm],
      ]);
    }
  }
  if (content.stack !== undefined) {
    fields.set('flags', Number(fields.get('flags') ?? 0) | recordFlags.stack);
    for (const [index, address] of content.stack.entries())
      head.writeBigUInt64LE(address, stackAt + 8 * index);
  }
  let present = 0;
  for (const [index, argument] of definition.arguments.entries()) {
    const value = content.args?.[argument.name];
    if (value === undefined) continue;
    present |= 1 << index;
    setSlot(head, index, typeof value === 'object' ? claim(value) : BigInt(value));
  }
  if (!fields.has('arguments')) fields.set('arguments', present);
  if (!fields.has('size')) fields.set('size', end);
  writeFields(head, 0, recordHeader, [...fields]);
  return Buffer.concat([head, ...data]);
}

const blockSize = maxAncestors * ancestry.size;

/** Offset (16 bits), length (16 bits), whole size (31 bits), cut mark. */
export function reference(offset: number, length: number, full: number, isCut: boolean): bigint {
  return BigInt(offset) | (BigInt(length) << 16n) | (BigInt(isCut ? full + cutBit : full) << 32n);
}

/** Overwrites one argument's slot. */
export function setSlot(record: Buffer, index: number, value: bigint): void {
  record.writeBigUInt64LE(BigInt.asUintN(64, value), (header.offsets.get('slots') ?? 0) + 8 * index);
}

/** Decodes a record that fills its buffer. */
export function decode(record: Uint8Array): TracedEvent {
  return decodeRecord(new DataView(record.buffer, record.byteOffset, record.length), 0, record.length);
}

/** The event that a program reads from the kernel side when this happens. */
export function recordedEvent(content: RecordContent): TracedEvent {
  return decode(encodeRecord(content));
}

function writeFields(
  target: Buffer,
  start: number,
  struct: StructLayout,
  values: readonly (readonly [name: string, value: number | bigint | string])[],
): void {
  const { offsets } = layoutOf(struct);
  for (const [name, value] of values) {
    const type = struct.fields.find(([field]) => field === name)?.[1];
    if (type === undefined) throw new RangeError(`${struct.name} has no field ${name}`);
    const at = start + (offsets.get(name) ?? 0);
    if (typeof value === 'string') target.write(value, at, 16, 'utf8');
    else writeInteger(target, at, Number.parseInt(type.slice(1), 10) / 8, BigInt(value));
  }
}

function writeInteger(target: Buffer, at: number, size: number, value: bigint): void {
  for (let index = 0; index < size; index++) {
    target[at + index] = Number((value >> BigInt(8 * index)) & 0xffn);
  }
}
