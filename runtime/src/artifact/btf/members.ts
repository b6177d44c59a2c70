import { invalid } from '../elf.js';
import {
  behindModifiers,
  type Btf,
  btfKinds,
  depthLimit,
  entryCount,
  isStringAt,
  isStructure,
  kindOf,
  recordOf,
  sizeOrType,
  tooDeep,
} from './types.js';

/** Where a member stands in its structure. */
export interface MemberPlace {
  /** In bits from the start of the structure. */
  readonly bitOffset: number;
  /** In bits; of a bit field its own width. */
  readonly bitSize: number;
  readonly isBitField: boolean;
}

/** A member as its record has it, `type` and offset not followed. */
export interface MemberRecord {
  readonly nameOffset: number;
  readonly type: number;
  readonly bitOffset: number;
  /** 0 for a member that is no bit field. */
  readonly fieldWidth: number;
}

const structKindFlag = 0x8000_0000;
/** In bytes. Above any real type, and small enough that sums of offsets stay exact. */
const sizeLimit = 0xffff_ffff;
const pointerSize = 8;

/**
 * Ids of the structures and unions of these names, in one pass. There can be several of one name: private
 * types of different files.
 */
export function findStructures(btf: Btf, names: Iterable<string>): Map<string, number[]> {
  const found = new Map([...names].map((name) => [name, [] as number[]]));
  const wanted: { bytes: Uint8Array; ids: number[] }[][] = [];
  for (const [name, ids] of found) {
    const bytes = Buffer.from(name, 'latin1');
    (wanted[bytes[0] ?? 0] ??= []).push({ bytes, ids });
  }
  const { view, records, strings } = btf;
  for (let id = 1; id < records.length; id++) {
    const at = records[id] ?? 0;
    if (!isStructure((view.getUint32(at + 4, true) >>> 24) & 0x1f)) continue;
    const nameOffset = view.getUint32(at, true);
    const candidates = wanted[strings[nameOffset] ?? 0];
    if (candidates === undefined) continue;
    for (const { bytes, ids } of candidates) {
      if (isStringAt(btf, nameOffset, bytes)) ids.push(id);
    }
  }
  return found;
}

/**
 * Finds a member by its path: `real_parent`, `thread_info.status`, `numbers[0].nr`. Members of anonymous
 * structures and unions are found by their own name, as in C.
 *
 * @returns `undefined` where there is no such member.
 * @throws TraceeError `OBJECT_INVALID`.
 */
export function findMember(btf: Btf, structure: number, path: string): MemberPlace | undefined {
  let type = structure;
  let place: MemberPlace = { bitOffset: 0, bitSize: 0, isBitField: false };
  for (const step of path.split('.')) {
    const name = /^[^[]*/.exec(step)?.[0] ?? '';
    const holder = behindModifiers(btf, elementOf(btf, type));
    if (holder === 0 || !isStructure(kindOf(btf, holder))) return undefined;
    const member = findNamed(btf, holder, Buffer.from(name, 'latin1'), new Set(), 0);
    if (member === undefined) return undefined;
    ({ type } = member);
    let { bitOffset } = member;
    for (const [, index] of step.matchAll(/\[(\d+)\]/g)) {
      const array = behindModifiers(btf, type);
      if (kindOf(btf, array) !== btfKinds.array) return undefined;
      type = elementType(btf, array);
      bitOffset += Number(index) * sizeOfType(btf, type) * 8;
    }
    place = placeOf(btf, { ...member, type, bitOffset: place.bitOffset + bitOffset });
  }
  return place;
}

/** `numbers.nr` means the first element's. */
function elementOf(btf: Btf, id: number): number {
  let current = behindModifiers(btf, id);
  for (let depth = 0; depth <= depthLimit; depth++) {
    if (current === 0 || kindOf(btf, current) !== btfKinds.array) return current;
    current = behindModifiers(btf, elementType(btf, current));
  }
  throw tooDeep(btf, id);
}

/**
 * A type that was searched in vain is not searched again, which also ends loops. `bitOffset` is counted
 * from `structure`.
 */
function findNamed(
  btf: Btf,
  structure: number,
  name: Uint8Array,
  searched: Set<number>,
  depth: number,
): MemberRecord | undefined {
  if (depth > depthLimit) throw tooDeep(btf, structure);
  searched.add(structure);
  const count = entryCount(btf, structure);
  for (let index = 0; index < count; index++) {
    const member = memberOf(btf, structure, index);
    if (member.nameOffset !== 0) {
      if (isStringAt(btf, member.nameOffset, name)) return member;
      continue;
    }
    const inner = behindModifiers(btf, member.type);
    if (inner === 0 || !isStructure(kindOf(btf, inner)) || searched.has(inner)) continue;
    const found = findNamed(btf, inner, name, searched, depth + 1);
    if (found !== undefined) return { ...found, bitOffset: member.bitOffset + found.bitOffset };
  }
  return undefined;
}

/** Throws `OBJECT_INVALID` where the structure has fewer members. */
export function memberOf(btf: Btf, structure: number, index: number): MemberRecord {
  const record = recordOf(btf, structure);
  const info = btf.view.getUint32(record + 4, true);
  if (index >= (info & 0xffff)) {
    throw invalid(btf.what, `refers to member ${index} of BTF type ${structure}, which has ${info & 0xffff}`);
  }
  const at = record + 12 + index * 12;
  const offset = btf.view.getUint32(at + 8, true);
  const hasWidths = (info & structKindFlag) !== 0;
  return {
    nameOffset: btf.view.getUint32(at, true),
    type: btf.view.getUint32(at + 4, true),
    bitOffset: hasWidths ? offset & 0xff_ffff : offset,
    fieldWidth: hasWidths ? offset >>> 24 : 0,
  };
}

function placeOf(btf: Btf, { type, bitOffset, fieldWidth }: MemberRecord): MemberPlace {
  if (fieldWidth > 0) return { bitOffset, bitSize: fieldWidth, isBitField: true };
  const bitSize = sizeOfType(btf, type) * 8;
  const inner = behindModifiers(btf, type);
  if (inner === 0 || kindOf(btf, inner) !== btfKinds.int) return { bitOffset, bitSize, isBitField: false };
  // A structure without widths of its own has them in integers that are narrower than their bytes.
  const encoding = btf.view.getUint32(recordOf(btf, inner) + 12, true);
  const width = encoding & 0xff;
  if (width === bitSize) return { bitOffset, bitSize, isBitField: false };
  return { bitOffset: bitOffset + ((encoding >>> 16) & 0xff), bitSize: width, isBitField: true };
}

/** Type of an array's elements; `id` is an array. */
export function elementType(btf: Btf, id: number): number {
  return btf.view.getUint32(recordOf(btf, id) + 12, true);
}

/** In bytes. Throws `OBJECT_INVALID` for types that have no size, such as functions. */
export function sizeOfType(btf: Btf, id: number): number {
  let count = 1;
  let current = behindModifiers(btf, id);
  for (let depth = 0; depth <= depthLimit; depth++) {
    if (kindOf(btf, current) !== btfKinds.array) return checkSize(btf, id, count * plainSize(btf, current));
    count = checkSize(btf, id, count * btf.view.getUint32(recordOf(btf, current) + 20, true));
    current = behindModifiers(btf, elementType(btf, current));
  }
  throw tooDeep(btf, id);
}

function plainSize(btf: Btf, id: number): number {
  switch (kindOf(btf, id)) {
    case btfKinds.pointer:
      return pointerSize;
    case btfKinds.int:
    case btfKinds.struct:
    case btfKinds.union:
    case btfKinds.enum:
    case btfKinds.enum64:
    case btfKinds.float:
      return sizeOrType(btf, id);
    default:
      throw invalid(btf.what, `asks for the size of BTF type ${id}, which has none`);
  }
}

function checkSize(btf: Btf, id: number, size: number): number {
  if (size <= sizeLimit) return size;
  throw invalid(btf.what, `has BTF type ${id} of ${size} bytes`);
}
