import { findMember, findStructures, sizeOfType } from './btf/members.js';
import { entryCount, type Btf } from './btf/types.js';
import type { LayoutMember } from './manifest.js';

/** A member that is read, or (`null`) a structure whose size is used. */
export type MemberName = Pick<LayoutMember, 'struct' | 'member'>;

export interface LayoutDifference {
  readonly ours: LayoutMember;
  /** `undefined`: there is no such member. */
  readonly theirs: LayoutMember | undefined;
}

/**
 * Where BTF has members, sorted by name. Those that it does not have are left out: nothing that was
 * compiled against it can read them.
 *
 * @throws TraceeError `OBJECT_INVALID` where the BTF is broken.
 */
export function readLayout(btf: Btf, names: readonly MemberName[]): LayoutMember[] {
  const structures = findStructures(btf, new Set(names.map(({ struct }) => struct)));
  return sortMembers(names).flatMap((name) => {
    const [first] = (structures.get(name.struct) ?? []).flatMap((id) => placeIn(btf, id, name) ?? []);
    return first ?? [];
  });
}

/** Whether a structure is declared without members, which is not the same as one that is only pointed to. */
export function isEmptyStructure(btf: Btf, struct: string): boolean {
  const ids = findStructures(btf, [struct]).get(struct) ?? [];
  return ids.length > 0 && ids.every((id) => entryCount(btf, id) === 0);
}

/** `struct` and `member` in the order of their bytes; the size of a structure before its members. */
export function sortMembers<T extends MemberName>(members: readonly T[]): T[] {
  const key = ({ struct, member }: T): string => `${struct} ${member ?? ''}`;
  return members.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * Compares a layout with a kernel's BTF. Where that has several structures of one name (private ones of
 * different files), the one that fits best counts.
 *
 * @throws TraceeError `OBJECT_INVALID` where the BTF is broken.
 */
export function compareLayout(layout: readonly LayoutMember[], btf: Btf): LayoutDifference[] {
  const structures = findStructures(btf, new Set(layout.map(({ struct }) => struct)));
  return [...structures].flatMap(([struct, ids]) => {
    const members = layout.filter((member) => member.struct === struct);
    if (ids.length === 0) return members.map((ours) => ({ ours, theirs: undefined }));
    const compared = ids.map((id) => differencesWith(btf, id, members));
    return compared.toSorted((a, b) => a.length - b.length)[0] ?? [];
  });
}

function differencesWith(btf: Btf, id: number, members: readonly LayoutMember[]): LayoutDifference[] {
  return members
    .map((ours) => ({ ours, theirs: placeIn(btf, id, ours) }))
    .filter(({ ours, theirs }) => theirs === undefined || !isSamePlace(ours, theirs));
}

function placeIn(btf: Btf, id: number, { struct, member }: MemberName): LayoutMember | undefined {
  if (member === null) return { struct, member, offset: 0, size: sizeOfType(btf, id) };
  const place = findMember(btf, id, member);
  if (place === undefined) return undefined;
  const first = place.bitOffset % 8;
  return {
    struct,
    member,
    offset: (place.bitOffset - first) / 8,
    size: Math.ceil((first + place.bitSize) / 8),
    ...(place.isBitField ? { bits: { first, width: place.bitSize } } : {}),
  };
}

function isSamePlace(a: LayoutMember, b: LayoutMember): boolean {
  return (
    a.offset === b.offset &&
    a.size === b.size &&
    a.bits?.first === b.bits?.first &&
    a.bits?.width === b.bits?.width
  );
}

const shownDifferences = 5;

/**
 * One line for the first few differences. `task_struct.real_parent is at 1184 in the object, but at 1192 in
 * this kernel`
 *
 * @param ours What the layout is of: `the object`.
 * @param theirs What it was compared with: `this kernel`.
 */
export function describeDifferences(
  differences: readonly LayoutDifference[],
  ours: string,
  theirs: string,
): string {
  const shown = differences.slice(0, shownDifferences).map((one) => describe(one, ours, theirs));
  const rest = differences.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

function describe(difference: LayoutDifference, ours: string, theirs: string): string {
  const { struct, member } = difference.ours;
  const name = member === null ? `struct ${struct}` : `${struct}.${member}`;
  if (difference.theirs === undefined) return `${name} is not in ${theirs}`;
  const isMoved = difference.ours.offset !== difference.theirs.offset;
  const [verb, say] = isMoved ? (['is', placeOf] as const) : (['has', sizeOf] as const);
  return `${name} ${verb} ${say(difference.ours)} in ${ours}, but ${say(difference.theirs)} in ${theirs}`;
}

function placeOf({ offset }: LayoutMember): string {
  return `at ${offset}`;
}

function sizeOf({ size, bits }: LayoutMember): string {
  return bits === undefined ? `${size} bytes` : `${bits.width} bits from bit ${bits.first} on`;
}
