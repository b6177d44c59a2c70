import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readElf } from '../../src/artifact/elf.js';
import { TraceeError } from '../../src/errors.js';
import { compileObject } from './object-fixture.js';

const object = compileObject();

function change(at: number, ...values: number[]): Buffer {
  const changed = Buffer.from(object);
  changed.set(values, at);
  return changed;
}

function assertInvalid(bytes: Uint8Array, message: RegExp): void {
  assert.throws(() => readElf(bytes, '/o.o'), { code: 'OBJECT_INVALID', message });
}

test('the sections and symbols of a compiled object are read', () => {
  const { sections, symbols } = readElf(object, '/o.o');
  const enter = sections.find(({ name }) => name === 'raw_tp/sys_enter');
  const license = sections.find(({ name }) => name === 'license');
  assert.equal(enter?.isExecutable, true);
  assert.equal(license?.isExecutable, false);
  assert.equal(Buffer.from(license?.bytes ?? []).toString(), 'Dual BSD/GPL\0');
  const symbol = symbols.find(({ name }) => name === 'on_enter');
  assert.equal(symbol?.isFunction, true);
  assert.equal(sections[symbol.section ?? 0]?.name, 'raw_tp/sys_enter');
  assert.equal(symbol.size, enter.size);
});

test('an object that starts in the middle of a buffer is read', () => {
  const padded = Buffer.concat([Buffer.alloc(13, 0xff), object]);
  assert.deepEqual(
    readElf(padded.subarray(13), '/o.o').symbols.map(({ name }) => name),
    readElf(object, '/o.o').symbols.map(({ name }) => name),
  );
});

test('each kind of wrong file is refused with what is wrong', () => {
  assertInvalid(Buffer.alloc(0), /^\/o\.o is empty$/);
  assertInvalid(Buffer.from('#!/bin/sh\n'), /is not an ELF file/);
  assertInvalid(object.subarray(0, 40), /the ELF header ends at 64 but the file has 40 bytes/);
  assertInvalid(change(4, 1), /is not a 64-bit ELF file/);
  assertInvalid(change(5, 2), /is big endian/);
  assertInvalid(change(16, 2), /is not a relocatable object \(ELF type 2 instead of 1\)/);
  assertInvalid(change(58, 40), /section headers of 40 bytes instead of 64/);
  assertInvalid(change(60, 0, 0), /has no sections/);
  assertInvalid(change(62, 0xff, 0xff), /points to section 65535 for its section names/);
});

test('an object for the processor is refused with both machines', () => {
  assertInvalid(
    compileObject({ target: 'x86_64-linux-gnu' }),
    /machine 62 \(x86-64\) instead of 247 \(BPF\)/,
  );
});

test('a truncated object is refused with the end of its section table and its size', () => {
  const size = object.length - 1;
  assertInvalid(
    object.subarray(0, size),
    new RegExp(`truncated: the section table ends at ${object.length} but the file has ${size} bytes`),
  );
});

test('offsets beyond what a double can hold are refused, not rounded', () => {
  assertInvalid(
    change(40, ...Array.from({ length: 8 }, () => 0xff)),
    /section table ends at 184467440737095/,
  );
});

test('bytes changed in the headers never cause another error than the one of this project', () => {
  const { sections } = readElf(object, '/o.o');
  const symbols = sections.find(({ type }) => type === 2);
  assert.ok(symbols);
  const tableStart = Number(object.readBigUInt64LE(40));
  const hostile = [
    ...Array.from({ length: 64 }, (_, index) => index),
    ...Array.from({ length: symbols.size }, (_, index) => symbols.offset + index),
    ...Array.from({ length: object.length - tableStart }, (_, index) => tableStart + index),
  ];
  let refused = 0;
  for (const at of hostile) {
    for (const value of [0x00, 0x7f, 0xff]) {
      try {
        readElf(change(at, value), '/o.o');
      } catch (error) {
        assert.ok(error instanceof TraceeError, `byte ${at} set to ${value}: ${String(error)}`);
        refused += 1;
      }
    }
  }
  assert.ok(refused > 100, `only ${refused} changes were refused`);
});
