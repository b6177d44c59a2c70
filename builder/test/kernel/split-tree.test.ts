import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isBuildHalf, isSourceHalf, pairHalves } from '../../src/kernel/split-tree.js';
import {
  buildHalf,
  debian,
  release,
  sourceHalf,
  writeDebianHalves,
  writeWholeTree,
} from '../fixtures/header-tree.js';
import { createDirectory, link, writeFiles } from '../fixtures/scratch.js';

/** Halves whose names do not tell that they belong together. */
function writeUnrelatedHalves(context: TestContext): { root: string; build: string; source: string } {
  const root = createDirectory(context);
  return {
    root,
    build: writeFiles(join(root, 'configured'), buildHalf()),
    source: writeFiles(join(root, 'linux'), sourceHalf()),
  };
}

test('each half is known by what is in it', (context) => {
  const { root, build, source } = writeUnrelatedHalves(context);
  assert.deepEqual([isBuildHalf(build), isSourceHalf(build)], [true, false]);
  assert.deepEqual([isBuildHalf(source), isSourceHalf(source)], [false, true]);
  assert.deepEqual([isBuildHalf(root), isSourceHalf(root)], [false, false]);
});

test('a whole tree is its own other half', (context) => {
  const directory = writeWholeTree(createDirectory(context));
  assert.deepEqual(pairHalves(directory, release, ''), { build: directory, source: directory });
});

test('a directory that is no half has no other half', (context) => {
  assert.equal(pairHalves(createDirectory(context), release, ''), undefined);
});

test('halves that nothing ties together are not paired, from neither side', (context) => {
  const { build, source } = writeUnrelatedHalves(context);
  assert.equal(pairHalves(build, release, ''), undefined);
  assert.equal(pairHalves(source, release, ''), undefined);
});

test('the build half finds the other through its source link', (context) => {
  const { build, source } = writeUnrelatedHalves(context);
  link(join(build, 'source'), '../linux');
  assert.deepEqual(pairHalves(build, release, ''), { build, source });
});

test('the source half finds the other through its build link', (context) => {
  const { build, source } = writeUnrelatedHalves(context);
  link(join(source, 'build'), build);
  assert.deepEqual(pairHalves(source, release, ''), { build, source });
});

test('a source link that leads to no headers is passed over for what the Makefile names', (context) => {
  const { root, build, source } = writeUnrelatedHalves(context);
  link(join(build, 'source'), root);
  writeFiles(build, { Makefile: `include ${source}/Makefile\n` });
  assert.deepEqual(pairHalves(build, release, ''), { build, source });
});

const makefiles: [what: string, file: string, line: (source: string) => string][] = [
  ['the include of its Makefile', 'Makefile', (source) => `include ${source}/Makefile`],
  ['a relative include of its Makefile', 'Makefile', () => 'include ../linux/Makefile'],
  ['the -C of an old generated Makefile', 'Makefile', (source) => `MAKEARGS := -C ${source} O=.`],
  ['KBUILD_SRC', 'Makefile', (source) => `export KBUILD_SRC := ${source}`],
  ['srctree in .kernelvariables', '.kernelvariables', (source) => `override srctree = ${source}`],
];
for (const [what, file, line] of makefiles) {
  test(`the build half finds the other through ${what}`, (context) => {
    const { build, source } = writeUnrelatedHalves(context);
    writeFiles(build, { [file]: `# generated\n${line(source)}\n` });
    assert.deepEqual(pairHalves(build, release, ''), { build, source });
  });
}

test('the source half finds the other through KBUILD_OUTPUT', (context) => {
  const { build, source } = writeUnrelatedHalves(context);
  writeFiles(source, { '.kernelvariables': `KBUILD_OUTPUT = ${build}\n` });
  assert.deepEqual(pairHalves(source, release, ''), { build, source });
});

test('a path with a make variable in it is not taken for a directory', (context) => {
  const { build } = writeUnrelatedHalves(context);
  writeFiles(build, { Makefile: 'include $(KBUILD_EXTMOD)/Makefile\nsrctree := $(CURDIR)\n' });
  assert.equal(pairHalves(build, release, ''), undefined);
});

test('Debian’s halves are paired by their names alone, from either side', (context) => {
  const halves = writeDebianHalves(createDirectory(context));
  assert.deepEqual(pairHalves(halves.build, release, ''), halves);
  assert.deepEqual(pairHalves(halves.source, release, ''), halves);
});

test('Debian’s flavour can be part of the common half’s name', (context) => {
  const root = createDirectory(context);
  const build = writeFiles(join(root, 'linux-headers-5.10.0-30-rt-amd64'), buildHalf());
  writeFiles(join(root, 'linux-headers-5.10.0-30-common'), sourceHalf());
  const source = writeFiles(join(root, 'linux-headers-5.10.0-30-common-rt'), sourceHalf());
  const closer = writeFiles(join(root, 'linux-headers-5.10.0-30-rt-common'), sourceHalf());
  assert.equal(pairHalves(build, '5.10.0-30-rt-amd64', '')?.source, closer);
  writeFiles(build, { Makefile: `include ${source}/Makefile\n` });
  assert.equal(pairHalves(build, '5.10.0-30-rt-amd64', '')?.source, source);
});

test('the common half of another kernel is not paired', (context) => {
  const root = createDirectory(context);
  const { build } = { build: writeFiles(join(root, debian.build), buildHalf()) };
  writeFiles(join(root, 'usr/src/linux-headers-6.1.0-49-common'), sourceHalf());
  assert.equal(pairHalves(build, release, ''), undefined);
});

test('the source half of several kernels is paired with the kernel that is built for', (context) => {
  const root = createDirectory(context);
  const { source } = writeDebianHalves(root);
  const other = '6.1.0-50-amd64';
  const build = writeFiles(join(root, `usr/src/linux-headers-${other}`), buildHalf({ release: other }));
  assert.deepEqual(pairHalves(source, other, ''), { build, source });
});

test('an unpacked package is paired within itself through lib/modules', (context) => {
  const root = createDirectory(context);
  const build = writeFiles(join(root, debian.build), buildHalf());
  const source = writeFiles(join(root, 'usr/src/kernel-source'), sourceHalf());
  link(join(root, 'lib/modules', release, 'source'), '/usr/src/kernel-source');
  assert.deepEqual(pairHalves(build, release, root), { build, source });
});

test('absolute paths in an unpacked package’s Makefile are re-based on its root', (context) => {
  const root = createDirectory(context);
  const build = writeFiles(join(root, debian.build), {
    ...buildHalf(),
    Makefile: 'include /usr/src/kernel-source/Makefile\n',
  });
  const source = writeFiles(join(root, 'usr/src/kernel-source'), sourceHalf());
  assert.deepEqual(pairHalves(build, release, root), { build, source });
});
