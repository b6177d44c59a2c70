import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { rawBtf } from '../../../src/artifact/btf/section.js';
import { type Btf, readBtf } from '../../../src/artifact/btf/types.js';
import { findTool } from '../object-fixture.js';

/** Every way a member can stand in a structure. */
export const shapesSource = `
typedef unsigned int u32;
typedef const volatile u32 counter;
enum colour { RED, GREEN };
enum far { FAR = 0x100000000ULL };
struct point { int x, y; };
union word { unsigned long whole; unsigned char bytes[8]; };
struct shapes {
	char first;
	counter count;
	struct point corners[3];
	struct point grid[2][4];
	union { void *pointer; struct { u32 low; struct { u32 high; }; }; };
	union word word;
	enum colour colour;
	enum far far;
	struct { struct { char deep; }; } named;
	u32 narrow : 3, wide : 17;
	u32 : 4;
	u32 last : 5;
	double real;
	int (*call)(int);
	int tail[];
};
`;

/** An object for the BPF machine with these sources' BTF, and its `.BTF.ext` where code is in it. */
export function compileBtf(source: string): Buffer {
  return inScratch((directory) => {
    const from = join(directory, 'types.c');
    const to = join(directory, 'types.o');
    writeFileSync(from, source);
    execFileSync(findTool('clang'), ['--target=bpf', '-mcpu=v2', '-g', '-O2', '-c', '-o', to, from]);
    return readFileSync(to);
  });
}

export function btfOf(source: string): Btf {
  return readBtf(rawBtf(compileBtf(source), 'types.o'), 'types.o');
}

/** What a program prints that is compiled for this machine. */
export function runNatively(source: string): string {
  return inScratch((directory) => {
    const from = join(directory, 'witness.c');
    const to = join(directory, 'witness');
    writeFileSync(from, source);
    execFileSync(findTool('clang'), ['-std=gnu11', '-w', '-O0', '-fms-extensions', '-o', to, from]);
    return execFileSync(to, { encoding: 'utf8' });
  });
}

/** A type's record: `info` is kind, entries and flag, then the words behind the record. */
export interface RawType {
  readonly name?: string;
  readonly kind: number;
  readonly entries?: number;
  readonly sizeOrType?: number;
  readonly words?: readonly number[];
}

/** Raw BTF of types that no compiler would write. Names stand in the string table in order, from 1 on. */
export function assembleBtf(types: readonly RawType[]): Uint8Array {
  const offsets = new Map<string, number>();
  let strings = '\0';
  for (const { name } of types) {
    if (name === undefined || offsets.has(name)) continue;
    offsets.set(name, strings.length);
    strings += `${name}\0`;
  }
  const words = types.flatMap(({ name, kind, entries = 0, sizeOrType = 0, words: more = [] }) => [
    name === undefined ? 0 : (offsets.get(name) ?? 0),
    (kind << 24) | entries,
    sizeOrType,
    ...more,
  ]);
  const size = words.length * 4;
  const header = [0x0001_eb9f, 24, 0, size, size, strings.length];
  const bytes = Buffer.alloc(24 + size);
  for (const [index, word] of [...header, ...words].entries()) bytes.writeUInt32LE(word >>> 0, index * 4);
  return Buffer.concat([bytes, Buffer.from(strings, 'latin1')]);
}

function inScratch<T>(work: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-btf-'));
  try {
    return work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
