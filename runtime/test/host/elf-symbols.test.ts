import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readSymbols, type SymbolTable } from '../../src/host/elf-symbols.js';

const directory = mkdtempSync(join(tmpdir(), 'tracee-elf-'));
after(() => rmSync(directory, { recursive: true }));

/** A library with two functions, made by hand: one loaded segment, symbols, their names. */
function library(): Buffer {
  const bytes = Buffer.alloc(0x400);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeBigUInt64LE(64n, 32); // e_phoff
  bytes.writeBigUInt64LE(0x200n, 40); // e_shoff
  bytes.writeUInt16LE(1, 56); // e_phnum
  bytes.writeUInt16LE(3, 60); // e_shnum
  bytes.writeUInt32LE(1, 64); // PT_LOAD: offset 0x100, address 0x1100, size 0x100
  bytes.writeBigUInt64LE(0x100n, 72);
  bytes.writeBigUInt64LE(0x1100n, 80);
  bytes.writeBigUInt64LE(0x100n, 96);
  const section = (at: number, type: number, offset: number, size: number, link: number): void => {
    bytes.writeUInt32LE(type, at + 4);
    bytes.writeBigUInt64LE(BigInt(offset), at + 24);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
    bytes.writeUInt32LE(link, at + 40);
  };
  section(0x240, 11, 0x300, 72, 2);
  section(0x280, 3, 0x380, 12, 0);
  const symbol = (at: number, name: number, address: number, size: number): void => {
    bytes.writeUInt32LE(name, at);
    bytes[at + 4] = 2;
    bytes.writeBigUInt64LE(BigInt(address), at + 8);
    bytes.writeBigUInt64LE(BigInt(size), at + 16);
  };
  symbol(0x318, 1, 0x1140, 0x10);
  symbol(0x330, 7, 0x1110, 0x20);
  bytes.write('\0first\0late\0', 0x380);
  return bytes;
}

function symbolsOf(bytes: Uint8Array): SymbolTable | undefined {
  const path = join(directory, 'library.so');
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  try {
    return readSymbols(fd);
  } finally {
    closeSync(fd);
  }
}

test('a place in a file is in the function that covers it', () => {
  const symbols = symbolsOf(library());
  assert.deepEqual(symbols?.find(0x145n), { name: 'first', offset: 5n });
  assert.deepEqual(symbols.find(0x110n), { name: 'late', offset: 0n });
  for (const nowhere of [0x130n, 0x150n, 0x10fn, 0x50n, 0x200n, 0n]) {
    assert.equal(symbols.find(nowhere), undefined, String(nowhere));
  }
});

test('the functions of a library of this host are found', () => {
  const path = readFileSync('/proc/self/maps', 'latin1').match(/\/\S*libc\.so\.6$/m)?.[0] ?? '';
  const bytes = readFileSync(path);
  const symbols = symbolsOf(bytes);
  const names = new Set<string>();
  for (let offset = 0; offset < bytes.length; offset += 64) {
    const found = symbols?.find(BigInt(offset));
    if (found !== undefined) names.add(found.name);
  }
  assert.ok(names.has('qsort_r') && names.size > 500, `${names.size} functions`);
});

test('whatever a file says, no more is read than it has', () => {
  const whole = library();
  for (let length = 0; length < whole.length; length += 29) symbolsOf(whole.subarray(0, length));
  for (const at of [...whole.keys()].filter((one) => one < 128 || (one >= 0x240 && one < 0x2c0))) {
    for (const value of [0x00, 0xff]) {
      const changed = Buffer.from(whole);
      changed[at] = value;
      symbolsOf(changed)?.find(0x145n);
    }
  }
  assert.equal(symbolsOf(Buffer.from('#!/bin/sh\n')), undefined);
  assert.equal(symbolsOf(Buffer.alloc(0)), undefined);
});
