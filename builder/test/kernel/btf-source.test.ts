import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findHeaders, type TypeOrigin } from '../../src/kernel/headers.js';
import { buildHalf, release } from '../fixtures/header-tree.js';
import { writeBtf } from '../fixtures/job.js';
import { createDirectory, writeFiles } from '../fixtures/scratch.js';

const kernel = { release, arch: 'x86_64', isRunning: false } as const;

/** A header package whose other half is missing, with a `vmlinux` that holds BTF for a machine. */
function writePackage(context: TestContext, machine: number): { root: string; vmlinux: string } {
  const root = createDirectory(context);
  const directory = writeFiles(join(root, 'usr/src', `linux-headers-${release}`), buildHalf());
  const vmlinux = join(directory, 'vmlinux');
  const types = join(root, 'types');
  mkdirSync(types);
  copyFileSync(writeBtf(types), vmlinux);
  setMachine(vmlinux, machine);
  return { root, vmlinux };
}

/** clang makes it for BPF; in a kernel's file stands the kernel's machine. */
function setMachine(path: string, machine: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt16LE(machine, 18);
  writeFileSync(path, bytes);
}

function find(root: string): { origin: TypeOrigin | undefined; reasons: string[] } {
  const reasons: string[] = [];
  try {
    const onMiss = (place: string, reason: string): void => {
      reasons.push(`${place} ${reason}`);
    };
    return { origin: findHeaders({ kernel, directories: [], allowMismatch: false, root, onMiss }), reasons };
  } catch {
    return { origin: undefined, reasons };
  }
}

const [x86, arm] = [62, 183];

test('the vmlinux of a header package serves where its headers do not', (context) => {
  const { root, vmlinux } = writePackage(context, x86);
  const { origin, reasons } = find(root);
  assert.deepEqual(origin, { types: 'btf', where: vmlinux, path: vmlinux });
  assert.ok(reasons.some((reason) => reason.includes('has generated headers only')));
});

test('a vmlinux of another machine is passed over', (context) => {
  const { root, vmlinux } = writePackage(context, arm);
  const { origin, reasons } = find(root);
  assert.equal(origin, undefined);
  assert.equal(reasons.at(-1), `${vmlinux} is not of x86_64`);
});

test('a vmlinux of another release, without BTF or of no format is passed over with the reason', (context) => {
  const { root, vmlinux } = writePackage(context, x86);
  const directory = join(root, 'usr/src', `linux-headers-${release}`);
  writeFiles(directory, buildHalf({ release: '6.1.0-49-cloud-amd64' }));
  assert.equal(
    find(root).reasons.at(-1),
    `${vmlinux} belongs to kernel 6.1.0-49-cloud-amd64, not to ${release}`,
  );
  writeFiles(directory, buildHalf());
  const elf = readFileSync(vmlinux);
  writeFileSync(vmlinux, Buffer.from(elf.toString('latin1').replaceAll('.BTF', '.FTB'), 'latin1'));
  assert.equal(find(root).reasons.at(-1), `${vmlinux} has no BTF`);
  writeFileSync(vmlinux, 'text');
  assert.equal(find(root).reasons.at(-1), `${vmlinux} is no ELF file`);
});
