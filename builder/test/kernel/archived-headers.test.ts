import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { packArchive, type ArchiveFile } from '../../src/archive/pack.js';
import { findHeaders, type HeaderSearch, type TypeOrigin } from '../../src/kernel/headers.js';
import { entry, tarOf } from '../fixtures/archive.js';
import { buildHalf, release, sourceHalf, writeWholeTree } from '../fixtures/header-tree.js';
import { createDirectory, errorOf, writeFiles } from '../fixtures/scratch.js';

const running = { release, arch: 'x86_64', isRunning: true } as const;

/** An empty file system, and an empty directory for what is unpacked. */
function createPlaces(context: TestContext): { root: string; scratch: string } {
  const directory = createDirectory(context);
  const [root, scratch] = [join(directory, 'root'), join(directory, 'scratch')];
  mkdirSync(root);
  mkdirSync(scratch);
  return { root, scratch };
}

function find(options: Partial<HeaderSearch>): TypeOrigin {
  return findHeaders({
    kernel: running,
    directories: [],
    allowMismatch: false,
    onMiss: () => undefined,
    ...options,
  });
}

/** What the module `kheaders` shows: a tree packed by tar and xz, without a Makefile. */
function writeKernelHeaders(path: string, tree: string): string {
  rmSync(join(tree, 'Makefile'), { force: true });
  mkdirSync(dirname(path), { recursive: true });
  execFileSync('tar', ['--create', '--xz', '--file', path, '--directory', tree, '.']);
  return path;
}

test('kheaders.tar.xz of the running kernel comes after the directories, and before BTF', (context) => {
  const { root, scratch } = createPlaces(context);
  writeFiles(root, { 'sys/kernel/btf/vmlinux': 'types' });
  const tree = writeWholeTree(join(root, 'tree'));
  const archive = writeKernelHeaders(join(root, 'sys/kernel/kheaders.tar.xz'), tree);
  const origin = find({ root, scratch });
  assert.ok(origin.types === 'headers');
  assert.equal(origin.where, archive);
  assert.equal(origin.tree.build, join(scratch, 'kheaders'));
  assert.equal(origin.tree.source, origin.tree.build);
  writeWholeTree(join(root, 'usr/src/kernels', release));
  assert.equal(find({ root, scratch }).where, join(root, 'usr/src/kernels', release));
});

test('kheaders.tar.xz is checked like any tree, and passed over with the reason', (context) => {
  const { root, scratch } = createPlaces(context);
  writeFiles(root, { 'sys/kernel/btf/vmlinux': 'types' });
  const tree = writeWholeTree(join(root, 'tree'), { release: '6.1.0-49-cloud-amd64' });
  writeKernelHeaders(join(root, 'sys/kernel/kheaders.tar.xz'), tree);
  const misses: string[] = [];
  const origin = find({ root, scratch, onMiss: (_, reason) => misses.push(reason) });
  assert.equal(origin.types, 'btf');
  assert.match(misses.at(-1) ?? '', /belong to kernel 6\.1\.0-49-cloud-amd64, not to 6\.1\.0-50/);
});

test('kheaders.tar.xz of another kernel than the running one is not looked into', (context) => {
  const { root, scratch } = createPlaces(context);
  writeKernelHeaders(join(root, 'sys/kernel/kheaders.tar.xz'), writeWholeTree(join(root, 'tree')));
  const kernel = { ...running, isRunning: false };
  assert.throws(
    () => find({ kernel, root, scratch }),
    /kheaders\.tar\.xz: describes the running kernel, not/,
  );
  assert.deepEqual(readdirSync(scratch), []);
});

test('a copy of kheaders.tar.xz can be named, for any kernel', (context) => {
  const { root, scratch } = createPlaces(context);
  const archive = writeKernelHeaders(join(root, 'copy.tar.xz'), writeWholeTree(join(root, 'tree')));
  const origin = find({ kernel: { ...running, isRunning: false }, directories: [archive], scratch });
  assert.equal(origin.types, 'headers');
  assert.equal(origin.where, archive);
});

test('a damaged kheaders.tar.xz is refused with what xz says', async (context) => {
  const { root, scratch } = createPlaces(context);
  const archive = join(root, 'copy.tar.xz');
  writeFileSync(archive, Buffer.concat([Buffer.from('\xfd7zXZ\0', 'latin1'), Buffer.alloc(100)]));
  const error = await errorOf(() => find({ directories: [archive], scratch }));
  assert.equal(error.code, 'HEADERS_INCOMPLETE');
  assert.match(error.message, /copy\.tar\.xz cannot be unpacked: xz: /);
});

/** The files of a capsule: two halves of one kernel. */
function capsuleFiles(options: Parameters<typeof buildHalf>[0] = {}): ArchiveFile[] {
  const identity = { schema: 1, kernel: { release, arch: 'x86_64' }, sources: { digest: 'd' } };
  const half = (name: string, files: Record<string, string>): ArchiveFile[] =>
    Object.entries(files).map(([path, text]) => ({ name: `${name}/${path}`, bytes: Buffer.from(text) }));
  return [
    { name: 'capsule.json', bytes: Buffer.from(JSON.stringify(identity)) },
    ...half('build', buildHalf(options)),
    ...half('source', sourceHalf()),
  ];
}

test('a capsule gives both halves and says for which sources it was made', (context) => {
  const { root, scratch } = createPlaces(context);
  const capsule = join(root, 'headers.tar.gz');
  writeFileSync(capsule, packArchive(capsuleFiles()));
  const origin = find({ kernel: { ...running, isRunning: false }, directories: [capsule], scratch });
  assert.ok(origin.types === 'headers');
  assert.equal(origin.tree.build, join(scratch, 'capsule/build'));
  assert.equal(origin.tree.source, join(scratch, 'capsule/source'));
  assert.equal(origin.capsule?.sources.digest, 'd');
});

test('a capsule of another kernel or architecture is refused like any tree', async (context) => {
  const { root, scratch } = createPlaces(context);
  const capsule = join(root, 'headers.tar.gz');
  for (const [options, message] of [
    [{ release: '6.1.0-49-cloud-amd64' }, /belong to kernel 6\.1\.0-49-cloud-amd64, not to 6\.1\.0-50/],
    [{ arch: 'aarch64' }, /configured for arm64, not for x86_64/],
    [{ version: [5, 10] }, /is of Linux 6\.1, but .* from Linux 5\.10/],
  ] as const) {
    rmSync(scratch, { recursive: true });
    mkdirSync(scratch);
    writeFileSync(capsule, packArchive(capsuleFiles(options)));
    const error = await errorOf(() => find({ directories: [capsule], scratch }));
    assert.equal(error.code, 'HEADERS_MISMATCH');
    assert.match(error.message, message);
  }
});

/** What cannot be a capsule, as bytes. */
const broken: readonly [what: string, bytes: Buffer, message: RegExp][] = [
  [
    'an archive without an identity',
    packArchive(capsuleFiles().slice(1)),
    /has no capsule\.json: it is no header capsule/,
  ],
  [
    'an identity of a later schema',
    packArchive([{ name: 'capsule.json', bytes: Buffer.from('{"schema":2}') }]),
    /does not know/,
  ],
  [
    'an identity that is no JSON',
    packArchive([{ name: 'capsule.json', bytes: Buffer.from('{') }]),
    /does not know/,
  ],
  [
    'a file beside the halves',
    packArchive([...capsuleFiles(), { name: 'bin/sh', bytes: Buffer.from('') }]),
    /has "bin\/sh", which no capsule has/,
  ],
  [
    'a capsule cut short',
    packArchive(capsuleFiles()).subarray(0, 500),
    /cannot be unpacked: unexpected end of file/,
  ],
  [
    'a link',
    gzipSync(tarOf([entry({ path: 'build/include', type: 'SymbolicLink', linkpath: '/etc' })])),
    /has a SymbolicLink called "build\/include"/,
  ],
  ['a name that leads out', gzipSync(tarOf([entry({ path: 'build/../../evil.h' })])), /leads out of it/],
  ['gigabytes of zeros', gzipSync(Buffer.alloc(200 * 1024 * 1024)), /unpacks to more than 134217728 bytes/],
];

for (const [what, bytes, message] of broken) {
  test(`${what} is no capsule, and nothing of it is written`, async (context) => {
    const { root, scratch } = createPlaces(context);
    const capsule = join(root, 'headers.tar.gz');
    writeFileSync(capsule, bytes);
    const error = await errorOf(() => find({ directories: [capsule], scratch }));
    assert.equal(error.code, 'CAPSULE_INVALID');
    assert.equal(error.status, 6);
    assert.ok(error.message.startsWith(`${capsule} `));
    assert.match(error.message, message);
    assert.deepEqual(readdirSync(scratch), []);
  });
}

test('a named file that is no archive is told what can be named', async (context) => {
  const { root, scratch } = createPlaces(context);
  writeFiles(root, { notes: 'text' });
  const error = await errorOf(() => find({ directories: [join(root, 'notes')], scratch }));
  assert.equal(error.code, 'HEADERS_NOT_FOUND');
  assert.match(error.message, /notes is a file, and no header capsule/);
});
