import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findHeaders, type HeaderSearch, namedBtf, type TypeOrigin } from '../../src/kernel/headers.js';
import type { TargetKernel } from '../../src/kernel/release.js';
import {
  buildHalf,
  debian,
  release,
  sourceHalf,
  writeDebianHalves,
  writeWholeTree,
} from '../fixtures/header-tree.js';
import { createDirectory, errorOf, link, writeFiles } from '../fixtures/scratch.js';

const kernel: TargetKernel = { release, arch: 'x86_64', isRunning: false };
const running: TargetKernel = { ...kernel, isRunning: true };

/** In the order in which they are looked at. */
const places = [
  `lib/modules/${release}/build`,
  `usr/lib/modules/${release}/build`,
  `usr/src/linux-headers-${release}`,
  `usr/src/kernels/${release}`,
];

interface Found {
  origin: TypeOrigin;
  misses: { place: string; reason: string }[];
}

function search(options: Partial<HeaderSearch>): Found {
  const misses: Found['misses'] = [];
  const origin = findHeaders({
    kernel,
    directories: [],
    allowMismatch: false,
    onMiss: (place, reason) => misses.push({ place, reason }),
    ...options,
  });
  return { origin, misses };
}

function treeOf(found: Found): { build: string; source: string } {
  assert.ok(found.origin.types === 'headers');
  const { build, source } = found.origin.tree;
  return { build, source };
}

/** A file system with a usable tree in each standard place. */
function fullRoot(context: TestContext): string {
  const root = createDirectory(context);
  for (const place of places) writeWholeTree(join(root, place));
  return root;
}

test('standard places are tried in order, each miss told once with its reason', (context) => {
  const root = fullRoot(context);
  for (const [index, place] of places.entries()) {
    const found = search({ root });
    assert.equal(found.origin.where, join(root, place));
    assert.deepEqual(
      found.misses.map((miss) => miss.place),
      places.slice(0, index).map((missed) => join(root, missed)),
    );
    assert.ok(found.misses.every((miss) => miss.reason === `${miss.place} is not a directory that is there`));
    rmSync(join(root, place), { recursive: true });
  }
});

test('a place is passed over for each fault that headers can have', (context) => {
  const root = fullRoot(context);
  rmSync(join(root, places[0] ?? '', 'include/linux/kconfig.h'));
  writeFiles(join(root, places[1] ?? ''), buildHalf({ release: '6.1.0-49-cloud-amd64' }));
  link(join(root, places[2] ?? '', 'include/media'), '/nowhere/media');
  const found = search({ root });
  assert.equal(found.origin.where, join(root, places[3] ?? ''));
  assert.equal(found.misses.length, 3);
  assert.match(found.misses[0]?.reason ?? '', /has generated headers only, and its source half/);
  assert.match(found.misses[1]?.reason ?? '', /belong to kernel 6\.1\.0-49-cloud-amd64, not to/);
  assert.match(found.misses[2]?.reason ?? '', /include\/media points to \/nowhere\/media/);
});

test('a build link to a package that is not there is told as what to mount', (context) => {
  const root = createDirectory(context);
  const target = '/usr/src/linux-headers-0.0.0-none';
  link(join(root, places[0] ?? ''), target);
  writeWholeTree(join(root, places[3] ?? ''));
  assert.equal(
    search({ root }).misses[0]?.reason,
    `${join(root, places[0] ?? '')} points to ${target}, which is not here: also mount ${target}`,
  );
});

test('a randomised layout ends the search: BTF would have the same wrong offsets', async (context) => {
  const root = createDirectory(context);
  writeWholeTree(join(root, places[0] ?? ''), { options: ['CONFIG_RANDSTRUCT'] });
  writeWholeTree(join(root, places[1] ?? ''));
  const error = await errorOf(() => search({ root, kernel: running }));
  assert.equal(error.code, 'KERNEL_UNSUPPORTED');
});

test('the running kernel’s BTF is the last source, after the headers', (context) => {
  const root = fullRoot(context);
  writeFiles(root, { 'sys/kernel/btf/vmlinux': 'types' });
  assert.equal(search({ root, kernel: running }).origin.types, 'headers');
  rmSync(join(root, 'lib'), { recursive: true });
  rmSync(join(root, 'usr'), { recursive: true });
  const path = join(root, 'sys/kernel/btf/vmlinux');
  const { origin, misses } = search({ root, kernel: running });
  assert.deepEqual(origin, { types: 'btf', where: path, path });
  assert.deepEqual(
    misses.map(({ place }) => place),
    [...places, 'sys/kernel/kheaders.tar.xz'].map((place) => join(root, place)),
  );
});

test('for another kernel than the running one its BTF is not taken', async (context) => {
  const root = writeFiles(createDirectory(context), { 'sys/kernel/btf/vmlinux': 'types' });
  const error = await errorOf(() => search({ root }));
  assert.equal(error.code, 'HEADERS_NOT_FOUND');
  assert.ok(error.message.includes(`describes the running kernel, not ${release} on x86_64`), error.message);
});

test('where nothing is found, the error lists every place with its reason', async (context) => {
  const root = createDirectory(context);
  const error = await errorOf(() => search({ root, kernel: running }));
  assert.equal(error.code, 'HEADERS_NOT_FOUND');
  assert.equal(error.status, 6);
  assert.equal(
    error.message,
    [
      `no headers for kernel ${release}:`,
      ...places
        .map((place) => join(root, place))
        .map((place) => `  ${place}: ${place} is not a directory that is there`),
      `  ${root}/sys/kernel/kheaders.tar.xz: is not there; where the kernel has the module kheaders, modprobe kheaders brings it`,
      `  ${root}/sys/kernel/btf/vmlinux: is not there`,
      '  vmlinux of a header package: no such package is there',
    ].join('\n'),
  );
  assert.match(error.hint ?? '', new RegExp(`linux-headers-${release}.*--fetch.*KERN_HEADERS.*--headers`));
});

test('one named half of a split tree is enough, whichever it is', (context) => {
  const halves = writeDebianHalves(createDirectory(context));
  for (const half of [halves.build, halves.source]) {
    const found = search({ directories: [half] });
    assert.deepEqual(treeOf(found), halves);
    assert.equal(found.origin.where, half);
    assert.deepEqual(found.misses, []);
  }
});

test('two named halves are taken in either order', (context) => {
  const root = createDirectory(context);
  const build = writeFiles(join(root, 'one'), buildHalf());
  const source = writeFiles(join(root, 'two'), sourceHalf());
  assert.deepEqual(treeOf(search({ directories: [build, source] })), { build, source });
  assert.deepEqual(treeOf(search({ directories: [source, build] })), { build, source });
});

test('a named half without the other says which is missing and how to name both', async (context) => {
  const root = createDirectory(context);
  const build = writeFiles(join(root, 'one'), buildHalf());
  const source = writeFiles(join(root, 'two'), sourceHalf());
  const ofBuild = await errorOf(() => search({ directories: [build] }));
  assert.equal(ofBuild.code, 'HEADERS_INCOMPLETE');
  assert.match(ofBuild.message, /one has generated headers only, and its source half \(with .*kconfig\.h\)/);
  const ofSource = await errorOf(() => search({ directories: [source] }));
  assert.equal(ofSource.code, 'HEADERS_INCOMPLETE');
  assert.match(ofSource.message, /two has source headers only, and its build half \(with .*autoconf\.h\)/);
  assert.equal(ofSource.hint, 'name both halves: KERN_HEADERS=<build>:<source>');
});

test('the root of an unpacked package is searched for the kernel’s headers', (context) => {
  const root = createDirectory(context);
  const halves = writeDebianHalves(root);
  link(join(root, 'lib/modules', release, 'build'), `/${debian.build}`);
  link(join(root, 'lib/modules', release, 'source'), `/${debian.source}`);
  const found = search({ directories: [root] });
  assert.deepEqual(treeOf(found), halves);
  assert.equal(found.origin.where, join(root, places[0] ?? ''));
});

test('a named directory without headers is an error, and nothing else is searched', async (context) => {
  const root = fullRoot(context);
  const empty = createDirectory(context);
  const error = await errorOf(() => search({ root, directories: [empty] }));
  assert.equal(error.code, 'HEADERS_INCOMPLETE');
  assert.equal(error.message, `${empty} has no kernel headers`);
  assert.match(error.hint ?? '', new RegExp(`linux-headers-${release}`));
  const absent = await errorOf(() => search({ root, directories: [join(empty, 'absent')] }));
  assert.equal(absent.code, 'HEADERS_NOT_FOUND');
  assert.ok(absent.message.includes(join(empty, 'absent')));
});

test('named headers of another kernel are an error unless insisted on', async (context) => {
  const directory = writeWholeTree(createDirectory(context), { release: '6.1.0-49-cloud-amd64' });
  const error = await errorOf(() => search({ directories: [directory] }));
  assert.equal(error.code, 'HEADERS_MISMATCH');
  assert.equal(treeOf(search({ directories: [directory], allowMismatch: true })).build, directory);
});

test('a missing mount is told before the files that are therefore not found', async (context) => {
  const root = createDirectory(context);
  const build = writeFiles(join(root, debian.build), buildHalf());
  link(join(build, 'include/linux'), `/usr/src/linux-headers-0.0.0-none/include/linux`);
  const error = await errorOf(() => search({ directories: [build] }));
  assert.equal(error.code, 'HEADERS_DANGLING');
  assert.match(error.message, /also mount \/usr\/src\/linux-headers-0\.0\.0-none$/);
});

test('links that had to be re-based are part of what is found', (context) => {
  const root = createDirectory(context);
  const { build, source } = writeDebianHalves(root);
  writeFiles(root, { 'usr/src/shared/extra.h': '' });
  const path = join(source, 'include/linux/extra.h');
  link(path, '/usr/src/shared/extra.h');
  const { origin } = search({ directories: [build] });
  assert.ok(origin.types === 'headers');
  assert.deepEqual(origin.tree.rebased, [{ link: path, target: join(root, 'usr/src/shared/extra.h') }]);
});

test('headers are found from a relative path', (context) => {
  const directory = writeWholeTree(createDirectory(context));
  const own = process.cwd();
  context.after(() => {
    process.chdir(own);
  });
  process.chdir(join(directory, '..'));
  const found = search({ directories: [directory.slice(directory.lastIndexOf('/') + 1)] });
  assert.equal(treeOf(found).build, directory);
});

test('a named BTF file must be there', async (context) => {
  const directory = writeFiles(createDirectory(context), { vmlinux: 'types' });
  const path = join(directory, 'vmlinux');
  assert.deepEqual(namedBtf(path), { types: 'btf', where: path, path });
  for (const missing of [directory, join(directory, 'absent')]) {
    const error = await errorOf(() => namedBtf(missing));
    assert.equal(error.code, 'HEADERS_NOT_FOUND');
    assert.ok(error.message.includes(missing));
  }
});
