import { invalid } from '../elf.js';

/** Kinds of types, as `include/uapi/linux/btf.h` numbers them. */
export const btfKinds = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  dataSection: 15,
  float: 16,
  typeTag: 18,
  enum64: 19,
} as const;

/**
 * Types in BTF's own form, a table over the bytes: no object is made per type, since a kernel has more than
 * a hundred thousand.
 */
export interface Btf {
  /** Names the bytes in errors, usually their path. */
  readonly what: string;
  readonly view: DataView;
  /** Where each type's record begins, by type id. Type 0 is `void` and has none. */
  readonly records: Uint32Array;
  /** Each string ends with a NUL, the last one included. */
  readonly strings: Uint8Array;
}

const magic = 0xeb9f;
const headerSize = 24;
/** `name_off`, `info`, and `size` or `type`. */
const recordSize = 12;
/** The kernel's own limit (BTF_MAX_TYPE). */
const typeLimit = 0xfffff;
/** The kernel's own limit on chains of types (MAX_RESOLVE_DEPTH): real ones have a handful. */
export const depthLimit = 32;

/** Bytes behind a record, by kind: once, and for each of its `vlen` entries. Kinds 1 to 19. */
const fixedSizes = [0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0] as const;
const entrySizes = [0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12] as const;

/**
 * Finds the types of raw BTF (`/sys/kernel/btf/vmlinux`, a `.BTF` section) in one pass. Takes any bytes:
 * what is not checked here is checked when it is followed.
 *
 * @throws TraceeError `OBJECT_INVALID`.
 */
export function readBtf(bytes: Uint8Array, what: string): Btf {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = checkHeader(view, what);
  const types = part(view, start, 8, 'types', what);
  const names = part(view, start, 16, 'strings', what);
  const strings = bytes.subarray(names.start, names.end);
  if (strings.length === 0 || strings[0] !== 0 || strings.at(-1) !== 0) {
    throw invalid(what, 'has BTF strings that do not begin and end with an empty one');
  }
  return { what, view, records: findRecords(view, types, what), strings };
}

/** Whether bytes begin as BTF does. */
export function isBtf(bytes: Uint8Array): boolean {
  return bytes[0] === (magic & 0xff) && bytes[1] === magic >> 8;
}

function checkHeader(view: DataView, what: string): number {
  if (view.byteLength < headerSize) {
    throw invalid(
      what,
      `is truncated: the BTF header has ${headerSize} bytes, but there are ${view.byteLength}`,
    );
  }
  if (view.getUint16(0, true) !== magic) throw invalid(what, 'is not little-endian BTF');
  const version = view.getUint8(2);
  if (version !== 1) throw invalid(what, `is BTF of version ${version} instead of 1`);
  const size = view.getUint32(4, true);
  if (size < headerSize) throw invalid(what, `has a BTF header of ${size} bytes instead of ${headerSize}`);
  return size;
}

function part(
  view: DataView,
  start: number,
  field: number,
  name: string,
  what: string,
): { start: number; end: number } {
  const from = start + view.getUint32(field, true);
  const end = from + view.getUint32(field + 4, true);
  if (end <= view.byteLength) return { start: from, end };
  throw invalid(what, `is truncated: the BTF ${name} end at ${end}, but there are ${view.byteLength} bytes`);
}

function findRecords(
  view: DataView,
  { start, end }: { start: number; end: number },
  what: string,
): Uint32Array {
  const records = new Uint32Array(Math.min(Math.floor((end - start) / recordSize), typeLimit) + 1);
  let count = 1;
  let at = start;
  while (at + recordSize <= end) {
    if (count > typeLimit) throw invalid(what, `has more than ${typeLimit} BTF types`);
    const info = view.getUint32(at + 4, true);
    const kind = (info >>> 24) & 0x1f;
    const fixed = kind === 0 ? undefined : fixedSizes[kind];
    if (fixed === undefined) throw invalid(what, `has BTF type ${count} of the unknown kind ${kind}`);
    records[count] = at;
    count += 1;
    at += recordSize + fixed + (entrySizes[kind] ?? 0) * (info & 0xffff);
  }
  if (at !== end) throw invalid(what, `has BTF type ${count - 1} that ends at ${at} instead of ${end}`);
  return records.subarray(0, count);
}

/** Where a type's record begins. Throws `OBJECT_INVALID` where there is no such type. */
export function recordOf(btf: Btf, id: number): number {
  const at = id === 0 ? undefined : btf.records[id];
  if (at === undefined) {
    throw invalid(btf.what, `refers to BTF type ${id}, which is none of its ${btf.records.length - 1} types`);
  }
  return at;
}

export function kindOf(btf: Btf, id: number): number {
  return (btf.view.getUint32(recordOf(btf, id) + 4, true) >>> 24) & 0x1f;
}

export function isStructure(kind: number): boolean {
  return kind === btfKinds.struct || kind === btfKinds.union;
}

/** How many members, parameters or values a type has. */
export function entryCount(btf: Btf, id: number): number {
  return btf.view.getUint32(recordOf(btf, id) + 4, true) & 0xffff;
}

/** The third word of a record: its size in bytes or the type that it refers to, depending on its kind. */
export function sizeOrType(btf: Btf, id: number): number {
  return btf.view.getUint32(recordOf(btf, id) + 8, true);
}

/** A string of the table. Throws `OBJECT_INVALID` where the offset is outside of it. */
export function stringAt(btf: Btf, offset: number): string {
  const end = btf.strings.indexOf(0, checkString(btf, offset));
  return Buffer.from(btf.strings.subarray(offset, end)).toString('latin1');
}

export function nameOf(btf: Btf, id: number): string {
  return stringAt(btf, btf.view.getUint32(recordOf(btf, id), true));
}

/** Whether the string at an offset is this one; compares bytes, which is most of a lookup's work. */
export function isStringAt(btf: Btf, offset: number, wanted: Uint8Array): boolean {
  checkString(btf, offset);
  const { strings } = btf;
  for (let index = 0; index < wanted.length; index++) {
    if (strings[offset + index] !== wanted[index]) return false;
  }
  return strings[offset + wanted.length] === 0;
}

function checkString(btf: Btf, offset: number): number {
  if (offset < btf.strings.length) return offset;
  throw invalid(
    btf.what,
    `refers to a BTF string at ${offset}, but has only ${btf.strings.length} bytes of them`,
  );
}

/** Follows `typedef`, `const` and their like to the type behind them. */
export function behindModifiers(btf: Btf, id: number): number {
  let current = id;
  for (let depth = 0; depth <= depthLimit; depth++) {
    if (current === 0 || !isModifier(kindOf(btf, current))) return current;
    current = sizeOrType(btf, current);
  }
  throw tooDeep(btf, id);
}

function isModifier(kind: number): boolean {
  return (
    kind === btfKinds.typedef ||
    kind === btfKinds.volatile ||
    kind === btfKinds.const ||
    kind === btfKinds.restrict ||
    kind === btfKinds.typeTag
  );
}

export function tooDeep(btf: Btf, id: number): Error {
  return invalid(btf.what, `has BTF type ${id}, which leads on for more than ${depthLimit} types`);
}
