import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readElf } from '../../src/artifact/elf.js';
import { describePrograms } from '../../src/artifact/program-summary.js';
import { compileObject } from './object-fixture.js';

test('programs are listed with section and size, subprograms are not', () => {
  const object = compileObject();
  const { sections } = readElf(object, '/o.o');
  const instructionsOf = (name: string) => (sections.find((section) => section.name === name)?.size ?? 0) / 8;
  assert.deepEqual(describePrograms(object, '/o.o').programs, [
    { name: 'on_enter', section: 'raw_tp/sys_enter', instructions: instructionsOf('raw_tp/sys_enter') },
    { name: 'on_exit', section: 'raw_tp/sys_exit', instructions: instructionsOf('raw_tp/sys_exit') },
  ]);
  assert.ok(instructionsOf('raw_tp/sys_enter') > 1);
});

test('helpers of programs and subprograms are collected, calls to a subprogram are not helpers', () => {
  assert.deepEqual(describePrograms(compileObject(), '/o.o').helpers, [5, 14, 15]);
});

test('32-bit jumps are found where the compiler was allowed to use them', () => {
  assert.equal(describePrograms(compileObject({ mcpu: 'v2' }), '/o.o').usesJmp32, false);
  assert.equal(describePrograms(compileObject({ mcpu: 'v3' }), '/o.o').usesJmp32, true);
});

test('the second half of a 64-bit constant is not taken for an instruction', () => {
  const object = compileObject();
  const section = readElf(object, '/o.o').sections.find(({ name }) => name === 'raw_tp/sys_exit');
  assert.ok(section);
  const slots = Array.from({ length: section.size / 8 }, (_, index) => section.offset + index * 8);
  const constant = slots.find((at) => object[at] === 0x18);
  assert.ok(constant !== undefined, 'the fixture no longer has a 64-bit constant');
  object.set([0x85, 0, 0, 0, 99, 0, 0, 0], constant + 8);
  assert.deepEqual(describePrograms(object, '/o.o').helpers, [5, 14, 15]);
});

test('a program that reaches beyond its section is refused', () => {
  const object = compileObject();
  const elf = readElf(object, '/o.o');
  const table = elf.sections.find(({ type }) => type === 2);
  const index = elf.symbols.findIndex(({ name }) => name === 'on_exit');
  assert.ok(table);
  object.writeBigUInt64LE(1n << 62n, table.offset + index * 24 + 16);
  assert.throws(() => describePrograms(object, '/o.o'), {
    code: 'OBJECT_INVALID',
    message: /has program on_exit of \d+ bytes at 0, which does not fit section raw_tp\/sys_exit/,
  });
});
