import { invalid } from '../elf.js';
import { elementType, memberOf } from './members.js';
import { behindModifiers, type Btf, btfKinds, isStructure, kindOf, nameOf, stringAt } from './types.js';

/** A member, or a whole structure, that an object takes from the kernel's own layout. */
export interface RelocatedAccess {
  /** Without what libbpf takes for a variant's name: `task_struct___old` -> `task_struct`. */
  readonly struct: string;
  /** `thread_info.status`, `regs[1]`; `null` where the size of the structure is asked for. */
  readonly member: string | null;
}

/** `enum bpf_core_relo_kind`: what reads members; the others ask whether something exists. */
const memberKinds: ReadonlySet<number> = new Set([0, 1, 3, 4, 5]);
const typeSizeKind = 9;
const recordSize = 16;
/** Steps of one access, far above real ones. */
const stepLimit = 32;

/**
 * What the CO-RE relocations of an object read, each once, in no particular order.
 *
 * An access string is a path of indexes: `0:5:0` of `task_struct` is the first member of its sixth.
 *
 * @param extension The object's `.BTF.ext`.
 * @throws TraceeError `OBJECT_INVALID`.
 */
export function readRelocations(btf: Btf, extension: Uint8Array): RelocatedAccess[] {
  const found = new Map<string, RelocatedAccess>();
  for (const { type, access, kind } of listRecords(btf, extension)) {
    const isMember = memberKinds.has(kind);
    if (!isMember && kind !== typeSizeKind) continue;
    const key = `${type} ${isMember ? access : 'size'}`;
    if (!found.has(key)) found.set(key, describe(btf, type, isMember ? access : undefined));
  }
  return [...found.values()];
}

interface Relocation {
  readonly type: number;
  /** Offset of the access string. */
  readonly access: number;
  readonly kind: number;
}

function listRecords(btf: Btf, extension: Uint8Array): Relocation[] {
  const view = new DataView(extension.buffer, extension.byteOffset, extension.byteLength);
  const what = `${btf.what} (.BTF.ext)`;
  const word = (at: number): number => {
    if (at + 4 <= view.byteLength) return view.getUint32(at, true);
    throw invalid(what, `is truncated: something is at ${at}, but there are ${view.byteLength} bytes`);
  };
  if ((word(0) & 0xffff) !== 0xeb9f) throw invalid(what, 'is not little-endian BTF');
  const headerSize = word(4);
  // Headers of this size are from before relocations (clang 9).
  if (headerSize < 32) return [];
  const start = headerSize + word(24);
  const end = start + word(28);
  if (end === start) return [];
  const size = word(start);
  if (size < recordSize) throw invalid(what, `has relocations of ${size} bytes instead of ${recordSize}`);
  const records: Relocation[] = [];
  // One block for each section of code: its name, its count, its records.
  for (let at = start + 4; at < end;) {
    const count = word(at + 4);
    at += 8;
    if (at + count * size > view.byteLength)
      throw invalid(what, `is truncated: ${count} relocations are at ${at}`);
    for (let index = 0; index < count; index++, at += size) {
      records.push({ type: word(at + 4), access: word(at + 8), kind: word(at + 12) });
    }
  }
  return records;
}

function describe(btf: Btf, type: number, access: number | undefined): RelocatedAccess {
  const structure = behindModifiers(btf, type);
  const struct = structure === 0 ? '' : nameOf(btf, structure).replace(/(?<=.)___.*$/, '');
  if (struct === '' || kindOf(btf, structure) !== btfKinds.struct) {
    throw invalid(btf.what, `reads from BTF type ${type}, which is no structure with a name`);
  }
  return { struct, member: access === undefined ? null : pathOf(btf, structure, stringAt(btf, access)) };
}

function pathOf(btf: Btf, structure: number, access: string): string {
  const [first, ...steps] = access.split(':');
  if (first !== '0' || steps.length === 0 || steps.length > stepLimit || !steps.every(isIndex)) {
    throw invalid(btf.what, `has the relocation "${access}", which is no path to a member`);
  }
  let path = '';
  let type = structure;
  for (const step of steps.map(Number)) {
    const current = behindModifiers(btf, type);
    const kind = current === 0 ? 0 : kindOf(btf, current);
    if (kind === btfKinds.array) {
      path += `[${step}]`;
      type = elementType(btf, current);
    } else if (isStructure(kind)) {
      const member = memberOf(btf, current, step);
      const name = stringAt(btf, member.nameOffset);
      path += name === '' || path === '' ? name : `.${name}`;
      ({ type } = member);
    } else {
      throw invalid(btf.what, `has the relocation "${access}", which leads into a plain value`);
    }
  }
  if (path === '') throw invalid(btf.what, `has the relocation "${access}", which leads to no name`);
  return path;
}

function isIndex(step: string): boolean {
  return /^\d{1,9}$/.test(step);
}
