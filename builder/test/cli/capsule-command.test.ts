import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readArchive } from '../../src/archive/unpack.js';
import { capsuleName } from '../../src/capsule/create.js';
import { smallSources } from '../fixtures/bpf.js';
import { release, writeDebianHalves, writeWholeTree } from '../fixtures/header-tree.js';
import { writeFiles } from '../fixtures/scratch.js';
import { createPlace, type Place, run } from './program.js';

const small = ['--kernel', release, '--arch', 'x86_64'];

/** Makes a capsule of a tree and gives its path. */
async function create(place: Place, headers: string, name: string, sources = smallSources): Promise<string> {
  const file = join(place.directory, name);
  const args = ['capsule', 'create', ...small, '--sources', sources, '--headers', headers, '--output', file];
  const { status, stdout, stderr } = await run(place, args);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, `${file}\n`);
  assert.deepEqual(readdirSync(place.temporary), []);
  return file;
}

/** Builds from headers and gives the object's bytes. */
async function build(place: Place, headers: string, sources = smallSources): Promise<Buffer> {
  rmSync(place.output, { recursive: true, force: true });
  const args = ['build', ...small, '--sources', sources, '--headers', headers, '--output', place.output];
  const { status, stdout, stderr } = await run(place, args);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readdirSync(place.temporary), []);
  return readFileSync(stdout.trim());
}

test('the object from a capsule is the object from the tree, byte for byte', async (context) => {
  const place = createPlace(context);
  const { build: half } = writeDebianHalves(place.directory);
  const capsule = await create(place, half, 'split.tar.gz');
  const whole = writeWholeTree(join(place.directory, 'whole'));
  const fromWhole = await create(place, whole, 'whole.tar.gz');
  assert.deepEqual(await build(place, capsule), await build(place, half));
  assert.deepEqual(await build(place, fromWhole), await build(place, whole));
});

test('a capsule holds what is included and what is checked, and nothing else', async (context) => {
  const place = createPlace(context);
  const { build: half, source } = writeDebianHalves(place.directory);
  writeFiles(source, {
    'include/linux/unused.h': '',
    Makefile: 'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 176\nall:\n\trm\n',
  });
  const files = readArchive(gunzipSync(readFileSync(await create(place, half, 'a.tar.gz'))));
  assert.deepEqual(
    files.map(({ name }) => name),
    [
      'build/include/generated/autoconf.h',
      'build/include/generated/uapi/linux/version.h',
      'build/include/generated/utsrelease.h',
      'capsule.json',
      'source/Makefile',
      'source/arch/x86/include/asm/counter.h',
      'source/include/linux/kconfig.h',
      'source/include/linux/sched.h',
      'source/include/linux/types.h',
    ],
  );
  const makefile = files.find(({ name }) => name === 'source/Makefile');
  assert.equal(
    Buffer.from(makefile?.bytes ?? []).toString(),
    'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 176\n',
  );
});

test('trees and sources in other directories give the same capsule', async (context) => {
  const place = createPlace(context);
  const first = await create(place, writeWholeTree(join(place.directory, 'a')), 'a.tar.gz');
  const sources = join(place.directory, 'copy-of-sources');
  cpSync(smallSources, sources, { recursive: true });
  const second = await create(place, writeWholeTree(join(place.directory, 'b/deeper')), 'b.tar.gz', sources);
  assert.deepEqual(readFileSync(first), readFileSync(second));
});

test('a capsule is named by release and architecture, which two kernels can share', () => {
  assert.equal(capsuleName('6.8.0-51-generic', 'aarch64'), 'tracee-headers.6.8.0-51-generic.aarch64.tar.gz');
});

test('sources that changed since the capsule was made are told', async (context) => {
  const place = createPlace(context);
  const capsule = await create(place, writeWholeTree(join(place.directory, 'tree')), 'a.tar.gz');
  const sources = join(place.directory, 'sources');
  cpSync(smallSources, sources, { recursive: true });
  writeFiles(sources, { 'more.h': '/* more */\n' });
  const args = ['build', ...small, '--sources', sources, '--headers', capsule, '--output', place.output];
  const { status, stderr } = await run(place, args);
  assert.equal(status, 0, stderr);
  assert.ok(stderr.includes(`${capsule} was made for other BPF sources`), stderr);
});

test('KERN_HEADERS names a capsule too, and one of another kernel is refused with both releases', async (context) => {
  const place = createPlace(context);
  const capsule = await create(place, writeWholeTree(join(place.directory, 'tree')), 'a.tar.gz');
  const args = ['build', '--arch', 'x86_64', '--sources', smallSources, '--output', place.output];
  const fitting = await run(place, args, { KERN_HEADERS: capsule, KERN_RELEASE: release });
  assert.equal(fitting.status, 0, fitting.stderr);
  const other = await run(place, args, { KERN_HEADERS: capsule, KERN_RELEASE: '6.1.0-49-amd64' });
  assert.equal(other.status, 6, other.stderr);
  assert.match(other.stderr, /belong to kernel 6\.1\.0-50-cloud-amd64, not to 6\.1\.0-49-amd64/);
  assert.deepEqual(readdirSync(place.temporary), []);
});
