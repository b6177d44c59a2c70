import type { ElfFile, ElfSection } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';

/** What the check needs of an object's own type information (BTF). */
export interface ObjectTypes {
  /** Map name -> number of its type. */
  readonly mapTypes: ReadonlyMap<string, number>;
  /** Values that libbpf fills in from the kernel's BTF when it loads the object (CO-RE). */
  readonly relocations: readonly CoreRelocation[];
}

export interface CoreRelocation {
  /** Name of the section of code. */
  readonly section: string;
  /** Of the instruction, in its section. */
  readonly slot: number;
  /** The enumerator whose existence is asked for; `undefined` for every other question. */
  readonly enumerator: string | undefined;
}

const kinds = { pointer: 2, array: 3, struct: 4, enumeration: 6, typedef: 8, variable: 14, section: 15 };
/** Bytes behind a type's own 12, by its kind: some for all, some for each member. */
const fixedTail: Readonly<Record<number, number>> = { 1: 4, 3: 12, 14: 4, 17: 4 };
const memberTail: Readonly<Record<number, number>> = { 4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12 };
const enumeration64 = 19;
const enumeratorExists = 10;

interface BtfType {
  name: string;
  kind: number;
  members: number;
  /** `size` or `type`, whichever the kind has. */
  reference: number;
  /** Where what follows the 12 bytes begins. */
  tail: number;
}

/** Reads `.BTF` and `.BTF.ext`; an object without them has no such maps and no such relocations. */
export function readObjectTypes(elf: ElfFile, what: string): ObjectTypes {
  const section = elf.sections.find(({ name }) => name === '.BTF');
  if (section === undefined) return { mapTypes: new Map(), relocations: [] };
  const extension = elf.sections.find(({ name }) => name === '.BTF.ext');
  try {
    const btf = new Btf(section);
    return {
      mapTypes: btf.mapTypes(),
      relocations: extension === undefined ? [] : readRelocations(btf, extension),
    };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new TraceeError('OBJECT_INVALID', `${what} has type information (BTF) that ends early`, {
      hint: 'Build the object again: make bpf',
      cause,
    });
  }
}

class Btf {
  readonly #view: DataView;
  readonly #strings: Uint8Array;
  readonly #types: BtfType[] = [];

  constructor({ bytes }: ElfSection) {
    this.#view = viewOf(bytes);
    const header = this.#view.getUint32(4, true);
    const begin = header + this.#view.getUint32(8, true);
    const end = begin + this.#view.getUint32(12, true);
    this.#strings = bytes.subarray(header + this.#view.getUint32(16, true));
    for (let at = begin; at < end;) {
      const info = this.#view.getUint32(at + 4, true);
      const kind = (info >> 24) & 0x1f;
      const members = info & 0xffff;
      const name = this.string(this.#view.getUint32(at, true));
      this.#types.push({ name, kind, members, reference: this.#view.getUint32(at + 8, true), tail: at + 12 });
      at += 12 + (fixedTail[kind] ?? 0) + members * (memberTail[kind] ?? 0);
    }
  }

  string(offset: number): string {
    const end = this.#strings.indexOf(0, offset);
    if (end < 0) throw new RangeError('string without an end');
    return Buffer.from(this.#strings.subarray(offset, end)).toString('utf8');
  }

  /** Number `index` of an enumeration's names, `undefined` where the type is none. */
  enumerator(id: number, index: number): string | undefined {
    const type = this.#resolve(id);
    if (type.kind !== kinds.enumeration && type.kind !== enumeration64) return undefined;
    const size = memberTail[type.kind] ?? 0;
    return this.string(this.#view.getUint32(type.tail + index * size, true));
  }

  /** A map is a variable of `.maps` whose structure has `int (*type)[BPF_MAP_TYPE_X]`. */
  mapTypes(): Map<string, number> {
    const maps = this.#types.filter(({ name, kind }) => kind === kinds.section && name === '.maps');
    const variables = maps.flatMap((map) => this.#members(map, 0));
    return new Map(
      variables.flatMap((id) => {
        const variable = this.#type(id);
        const type = this.#mapTypeOf(this.#resolve(variable.reference));
        return type === undefined ? [] : [[variable.name, type] as const];
      }),
    );
  }

  #mapTypeOf(structure: BtfType): number | undefined {
    if (structure.kind !== kinds.struct) return undefined;
    const index = this.#members(structure, 0).findIndex((name) => this.string(name) === 'type');
    const member = this.#members(structure, 4)[index];
    if (member === undefined) return undefined;
    const array = this.#resolve(this.#resolve(member).reference);
    return array.kind === kinds.array ? this.#view.getUint32(array.tail + 8, true) : undefined;
  }

  /** One number of each member: its name (offset 0) or its type (4); variables of a section stand at 0. */
  #members(type: BtfType, offset: number): number[] {
    return Array.from({ length: type.members }, (_, index) =>
      this.#view.getUint32(type.tail + index * 12 + offset, true),
    );
  }

  #resolve(id: number): BtfType {
    const type = this.#type(id);
    // typedef, volatile, const, restrict; each refers to an earlier or later type, never to itself.
    return type.kind >= kinds.typedef && type.kind <= 11 ? this.#resolve(type.reference) : type;
  }

  #type(id: number): BtfType {
    const type = this.#types[id - 1];
    if (type === undefined) throw new RangeError(`no type ${id}`);
    return type;
  }
}

/** After the header: size of a record, then for each section its name, their number, and the records. */
function readRelocations(btf: Btf, { bytes }: ElfSection): CoreRelocation[] {
  const view = viewOf(bytes);
  const header = view.getUint32(4, true);
  // The oldest header ends before it tells of relocations.
  if (header < 32) return [];
  const begin = header + view.getUint32(24, true);
  const end = begin + view.getUint32(28, true);
  if (begin === end) return [];
  const size = view.getUint32(begin, true);
  if (size < 16) throw new RangeError(`relocations of ${size} bytes`);
  const relocations: CoreRelocation[] = [];
  for (let at = begin + 4; at < end;) {
    const section = btf.string(view.getUint32(at, true));
    const count = view.getUint32(at + 4, true);
    at += 8;
    for (let index = 0; index < count; index++, at += size) {
      const asks = view.getUint32(at + 12, true) === enumeratorExists;
      const position = asks ? Number(btf.string(view.getUint32(at + 8, true))) : 0;
      relocations.push({
        section,
        slot: view.getUint32(at, true) / 8,
        enumerator: asks ? btf.enumerator(view.getUint32(at + 4, true), position) : undefined,
      });
    }
  }
  return relocations;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
