import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { btfKinds, readBtf } from '../../src/artifact/btf/types.js';
import {
  compareLayout,
  describeDifferences,
  type MemberName,
  readLayout,
} from '../../src/artifact/layout.js';
import type { LayoutMember } from '../../src/artifact/manifest.js';
import { Btf, kernelBtfPath } from '../../src/libbpf/index.js';
import { assembleBtf, btfOf } from './btf/btf-fixture.js';

const own = btfOf(`
struct thing { int a; long b; char name[16]; unsigned int flag : 1, mode : 3; struct { int id; } ns; };
struct gone { int x; };
struct thing thing;
struct gone gone;
`);

const other = btfOf(`
struct thing { int a; char name[32]; long b; unsigned int flag : 1, mode : 4; };
struct thing thing;
`);

const names: MemberName[] = [
  ...['b', 'a', 'name', 'mode', 'flag', 'ns.id'].map((member) => ({ struct: 'thing', member })),
  { struct: 'thing', member: null },
  { struct: 'gone', member: 'x' },
];

test('a layout is sorted, its structures before their members, and has places in bytes and bits', () => {
  assert.deepEqual(readLayout(own, names), [
    { struct: 'gone', member: 'x', offset: 0, size: 4 },
    { struct: 'thing', member: null, offset: 0, size: 40 },
    { struct: 'thing', member: 'a', offset: 0, size: 4 },
    { struct: 'thing', member: 'b', offset: 8, size: 8 },
    { struct: 'thing', member: 'flag', offset: 32, size: 1, bits: { first: 0, width: 1 } },
    { struct: 'thing', member: 'mode', offset: 32, size: 1, bits: { first: 1, width: 3 } },
    { struct: 'thing', member: 'name', offset: 16, size: 16 },
    { struct: 'thing', member: 'ns.id', offset: 36, size: 4 },
  ]);
});

test('members that BTF does not have are not part of its layout', () => {
  const found = readLayout(other, names).map(({ struct, member }) => `${struct}.${member}`);
  assert.deepEqual(found, ['thing.null', 'thing.a', 'thing.b', 'thing.flag', 'thing.mode', 'thing.name']);
});

test('a layout equals that of the BTF that it was read from', () => {
  assert.deepEqual(compareLayout(readLayout(own, names), own), []);
});

test('each kind of difference is named with both sides', () => {
  const layout = readLayout(own, names);
  const describe = (member: string | null, struct = 'thing'): string =>
    describeDifferences(
      compareLayout(
        layout.filter((one) => one.member === member && one.struct === struct),
        other,
      ),
      'the object',
      'this kernel',
    );
  assert.equal(describe('a'), '');
  assert.equal(describe('b'), 'thing.b is at 8 in the object, but at 40 in this kernel');
  assert.equal(describe('name'), 'thing.name is at 16 in the object, but at 4 in this kernel');
  assert.equal(describe('flag'), 'thing.flag is at 32 in the object, but at 48 in this kernel');
  assert.equal(describe('ns.id'), 'thing.ns.id is not in this kernel');
  assert.equal(describe('x', 'gone'), 'gone.x is not in this kernel');
  assert.equal(describe(null), 'struct thing has 40 bytes in the object, but 56 bytes in this kernel');
});

test('a bit field of another width is a difference', () => {
  const wider = btfOf('struct one { unsigned int a : 3; }; struct one one;');
  const narrower = btfOf('struct one { unsigned int a : 2; }; struct one one;');
  const layout = readLayout(wider, [{ struct: 'one', member: 'a' }]);
  assert.equal(
    describeDifferences(compareLayout(layout, narrower), 'the object', 'this kernel'),
    'one.a has 3 bits from bit 0 on in the object, but 2 bits from bit 0 on in this kernel',
  );
});

test('five differences are shown, the rest is counted', () => {
  const layout = readLayout(own, names);
  const text = describeDifferences(compareLayout(layout, btfOf('int nothing;')), 'the object', 'this kernel');
  assert.equal(text.split('; ').length, 6);
  assert.match(text, /; and 3 more$/);
});

test('where BTF has several structures of a name, the one that fits counts', () => {
  const member = (offset: number): number[] => [1, 3, offset * 8];
  const twice = readBtf(
    assembleBtf([
      { name: 'one', kind: btfKinds.struct, entries: 1, sizeOrType: 16, words: member(8) },
      { name: 'one', kind: btfKinds.struct, entries: 1, sizeOrType: 16, words: member(4) },
      { name: 'int', kind: btfKinds.int, sizeOrType: 4, words: [32] },
    ]),
    'twice',
  );
  const at = (offset: number): LayoutMember[] => [{ struct: 'one', member: 'one', offset, size: 4 }];
  assert.deepEqual(compareLayout(at(8), twice), []);
  assert.deepEqual(compareLayout(at(4), twice), []);
  assert.equal(compareLayout(at(0), twice).length, 1);
});

test("5.10's mnt_namespace, with a counter before ns, is found to differ from the running kernel's", () => {
  using dump = Btf.kernel();
  const types = dump.dumpHeader().replaceAll(/\bmnt_namespace\b/g, 'new_mnt_namespace');
  const old = btfOf(`${types} struct mnt_namespace { atomic_t count; struct ns_common ns; } old;`);
  const name = [{ struct: 'mnt_namespace', member: 'ns.inum' }];
  const kernel = readBtf(readFileSync(kernelBtfPath), kernelBtfPath);
  const layout = readLayout(old, name);
  const [theirs] = readLayout(kernel, name);
  assert.equal(
    describeDifferences(compareLayout(layout, kernel), 'the object', 'this kernel'),
    `mnt_namespace.ns.inum is at ${(theirs?.offset ?? 0) + 8} in the object, but at ${theirs?.offset} in this kernel`,
  );
});
