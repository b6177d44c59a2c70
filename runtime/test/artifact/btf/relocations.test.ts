import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readRelocations } from '../../../src/artifact/btf/relocations.js';
import { rawBtf } from '../../../src/artifact/btf/section.js';
import { readBtf } from '../../../src/artifact/btf/types.js';
import { readElfSection } from '../../../src/artifact/elf.js';
import { compileBtf } from './btf-fixture.js';
import { accessesSource } from './relocations-fixture.js';

const object = compileBtf(accessesSource);
const btf = readBtf(rawBtf(object, 'o'), 'o');
const extension = readElfSection(object, 'o', '.BTF.ext') ?? new Uint8Array();

test('each access is listed once by the names that the source has', () => {
  const accesses = readRelocations(btf, extension).map(
    ({ struct, member }) => `${struct} ${member ?? '(size)'}`,
  );
  assert.deepEqual(accesses.toSorted(), [
    'outer a',
    'outer b',
    'outer either.other',
    'outer gone',
    'outer inner.deep',
    'outer list[2].name',
    'outer narrow',
    'sized (size)',
  ]);
});

test('an object without relocations lists nothing', () => {
  const plain = compileBtf('int main_of_none(int *x) { return *x; }');
  const none = readElfSection(plain, 'o', '.BTF.ext') ?? new Uint8Array();
  assert.ok(none.length > 0);
  assert.deepEqual(readRelocations(readBtf(rawBtf(plain, 'o'), 'o'), none), []);
});

test('an access string that is no path is refused with what it says', () => {
  const bytes = Buffer.from(rawBtf(object, 'o'));
  const at = bytes.indexOf('\x000:2:2:1\x00') + 1;
  assert.ok(at > 0);
  const cases: [string, RegExp][] = [
    ['1:2:2:1', /"1:2:2:1", which is no path to a member/],
    ['0:2:2:9', /refers to member 9 of BTF type \d+, which has 2/],
    ['0:x:2:1', /"0:x:2:1", which is no path to a member/],
    ['0:0:2:1', /"0:0:2:1", which leads into a plain value/],
  ];
  for (const [text, message] of cases) {
    bytes.write(text, at, 'latin1');
    assert.throws(() => readRelocations(readBtf(bytes, 'o'), extension), { code: 'OBJECT_INVALID', message });
  }
});
