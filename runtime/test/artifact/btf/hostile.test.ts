import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { findMember, findStructures } from '../../../src/artifact/btf/members.js';
import { readRelocations } from '../../../src/artifact/btf/relocations.js';
import { rawBtf } from '../../../src/artifact/btf/section.js';
import { btfKinds, readBtf } from '../../../src/artifact/btf/types.js';
import { readElfSection } from '../../../src/artifact/elf.js';
import { TraceeError } from '../../../src/errors.js';
import { kernelBtfPath } from '../../../src/libbpf/index.js';
import { assembleBtf, compileBtf, type RawType } from './btf-fixture.js';
import { accessesSource } from './relocations-fixture.js';

const object = compileBtf(accessesSource);
const raw = rawBtf(object, 'o');
const extension = readElfSection(object, 'o', '.BTF.ext') ?? new Uint8Array();
const paths = ['a', 'inner.deep', 'list[1].value', 'narrow', 'b.c.d'];

/** Everything that reads BTF, over these bytes. */
function readAll(bytes: Uint8Array, relocations: Uint8Array): void {
  const btf = readBtf(bytes, 'o');
  readRelocations(btf, relocations);
  for (const id of [...findStructures(btf, ['outer', 'item']).values()].flat()) {
    for (const path of paths) findMember(btf, id, path);
  }
}

function assertOnlyOurErrors(work: () => void, label: string): void {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof TraceeError && error.code === 'OBJECT_INVALID', `${label}: ${String(error)}`);
  }
}

/** Numbers below `limit` that are the same in every run (a linear congruential generator). */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % limit;
  };
}

test('BTF cut off anywhere is refused', () => {
  readAll(raw, extension);
  for (let size = 0; size < raw.length; size++) {
    assert.throws(
      () => readAll(raw.subarray(0, size), extension),
      { code: 'OBJECT_INVALID' },
      `cut at ${size}`,
    );
  }
});

test("a kernel's BTF cut off anywhere is refused", () => {
  const bytes = readFileSync(kernelBtfPath);
  for (let size = 0; size < bytes.length; size += 97) {
    assert.throws(() => readBtf(bytes.subarray(0, size), 'k'), { code: 'OBJECT_INVALID' }, `cut at ${size}`);
  }
});

test('relocations cut off anywhere never cause another error than the one of this project', () => {
  const btf = readBtf(raw, 'o');
  for (let size = 0; size < extension.length; size++) {
    assertOnlyOurErrors(() => readRelocations(btf, extension.subarray(0, size)), `cut at ${size}`);
  }
});

test('changed bytes in BTF and relocations never cause another error than the one of this project', () => {
  const random = createRandom(20_240_229);
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from(raw);
    const relocations = Uint8Array.from(extension);
    const target = round % 2 === 0 ? bytes : relocations;
    for (let count = random(4); count >= 0; count--) target[random(target.length)] = random(256);
    assertOnlyOurErrors(() => readAll(bytes, relocations), `round ${round}`);
  }
});

const outer: RawType = { name: 'outer', kind: btfKinds.struct, entries: 1, sizeOrType: 8 };
const int: RawType = { name: 'int', kind: btfKinds.int, sizeOrType: 4, words: [32] };
/** Words of one member: name, type, offset. The first name of the table is at 1. */
const named = (type: number): number[] => [1, type, 0];
const anonymous = (type: number): number[] => [0, type, 0];

const loops: [string, RawType[]][] = [
  [
    'a typedef of itself',
    [
      { ...outer, words: named(2) },
      { name: 't', kind: btfKinds.typedef, sizeOrType: 2 },
    ],
  ],
  [
    'const and volatile of each other',
    [
      { ...outer, words: named(2) },
      { kind: btfKinds.const, sizeOrType: 3 },
      { kind: btfKinds.volatile, sizeOrType: 2 },
    ],
  ],
  [
    'an array of itself',
    [
      { ...outer, words: named(2) },
      { kind: btfKinds.array, words: [2, 2, 1] },
    ],
  ],
  [
    'arrays of huge counts in each other',
    [
      { ...outer, words: named(2) },
      { kind: btfKinds.array, words: [3, 4, 0xffff_ffff] },
      { kind: btfKinds.array, words: [4, 4, 0xffff_ffff] },
      int,
    ],
  ],
  ['a member of no type', [{ ...outer, words: named(77) }]],
  ['a member of type void', [{ ...outer, words: named(0) }]],
  ['a name outside of the strings', [{ ...outer, words: [0xffff, 2, 0] }, int]],
];

for (const [label, types] of loops) {
  test(`${label} is refused where it is followed`, () => {
    const btf = readBtf(assembleBtf(types), 'o');
    assert.throws(() => findMember(btf, 1, 'outer'), { code: 'OBJECT_INVALID', message: /^o / });
  });
}

test('a structure that is its own anonymous member is searched once', () => {
  const btf = readBtf(
    assembleBtf([{ ...outer, entries: 2, words: [...anonymous(1), ...anonymous(1)] }]),
    'o',
  );
  assert.equal(findMember(btf, 1, 'outer'), undefined);
});

test('anonymous structures that multiply with depth are each searched once', () => {
  const depth = 30;
  const fan = 200;
  const level = (next: number): RawType => ({
    ...outer,
    entries: fan,
    words: Array.from({ length: fan }, () => anonymous(next)).flat(),
  });
  const levels = Array.from({ length: depth }, (_, index) => level(index + 2));
  const btf = readBtf(assembleBtf([...levels, { ...outer, words: named(depth + 2) }, int]), 'o');
  assert.equal(findMember(btf, 1, 'nothing'), undefined);
  assert.ok(findMember(btf, 1, 'outer') !== undefined);
});

test('anonymous structures in each other beyond any real depth are refused', () => {
  const levels = Array.from({ length: 60 }, (_, index) => ({ ...outer, words: anonymous(index + 2) }));
  const btf = readBtf(assembleBtf([...levels, int]), 'o');
  assert.throws(() => findMember(btf, 1, 'nothing'), { message: /leads on for more than 32 types/ });
});

test('each kind of wrong file is refused with what is wrong', () => {
  const good = assembleBtf([int]);
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = Buffer.from(good);
    bytes.writeUInt32LE(value, at);
    return bytes;
  };
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(), /^o is truncated: the BTF header has 24 bytes, but there are 0/],
    [changed(0, 0x0001_9feb), /^o is not little-endian BTF/],
    [changed(0, 0x0002_eb9f), /^o is BTF of version 2 instead of 1/],
    [changed(4, 8), /^o has a BTF header of 8 bytes instead of 24/],
    [changed(12, 0xffff), /^o is truncated: the BTF types end at 65559, but there are/],
    [changed(20, 0xffff), /^o is truncated: the BTF strings end at/],
    [changed(20, 0), /^o has BTF strings that do not begin and end with an empty one/],
    [changed(28, 31 << 24), /^o has BTF type 1 of the unknown kind 31/],
    [changed(28, 0), /^o has BTF type 1 of the unknown kind 0/],
    [changed(28, (btfKinds.struct << 24) | 1), /^o has BTF type 1 that ends at 48 instead of 40/],
  ];
  for (const [bytes, message] of cases)
    assert.throws(() => readBtf(bytes, 'o'), { code: 'OBJECT_INVALID', message });
  assert.throws(() => rawBtf(Buffer.from('text'), 'o'), { message: /^o is neither BTF nor an ELF file/ });
});
