import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutOf, sharedStructs, sizeOfField } from '../../src/events/layout.js';

test('offsets are sums of the sizes before, and the size is the sum of all', () => {
  const { offsets, size } = layoutOf({
    name: 'sample',
    fields: [
      ['a', 'u8', ''],
      ['b', 'u8', ''],
      ['c', 'u16', ''],
      ['d', 's32', ''],
      ['e', 'u64[2]', ''],
      ['f', 'char[16]', ''],
    ],
  });
  assert.deepEqual(
    [...offsets],
    [
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['d', 4],
      ['e', 8],
      ['f', 24],
    ],
  );
  assert.equal(size, 40);
});

test('a field that the compiler would move is refused by name', () => {
  const layout = { name: 'sample', fields: [['a', 'u32', ''] as const, ['b', 'u64', ''] as const] };
  assert.throws(() => layoutOf(layout), { name: 'RangeError', message: 'sample.b is not aligned' });
  assert.throws(
    () => layoutOf({ name: 'bytes', fields: [['a', 'u8[3]', ''] as const, ['b', 'u16', ''] as const] }),
    { message: 'bytes.b is not aligned' },
  );
});

test('a structure that the compiler would pad at its end is refused', () => {
  assert.throws(
    () => layoutOf({ name: 'sample', fields: [['a', 'u64', ''] as const, ['b', 'u32', ''] as const] }),
    {
      name: 'RangeError',
      message: 'sample does not end on 8 bytes',
    },
  );
});

test('arrays are as aligned as their elements', () => {
  assert.deepEqual(sizeOfField('u8[5]'), { size: 5, align: 1 });
  assert.deepEqual(sizeOfField('u64[8]'), { size: 64, align: 8 });
  assert.deepEqual(sizeOfField('s64'), { size: 8, align: 8 });
});

test('every shared structure can be laid out and has a name of its own', () => {
  for (const struct of sharedStructs) {
    const { offsets, size } = layoutOf(struct);
    assert.equal(offsets.size, struct.fields.length, `${struct.name} repeats a field`);
    assert.ok(size > 0);
  }
  assert.equal(new Set(sharedStructs.map((struct) => struct.name)).size, sharedStructs.length);
});
