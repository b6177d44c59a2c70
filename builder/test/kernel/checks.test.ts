import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkHeaders } from '../../src/kernel/checks.js';
import type { TargetKernel } from '../../src/kernel/release.js';
import type { Halves } from '../../src/kernel/split-tree.js';
import {
  type BuildHalfOptions,
  buildHalf,
  release,
  sourceHalf,
  writeDebianHalves,
  writeWholeTree,
} from '../fixtures/header-tree.js';
import { createDirectory, errorOf, writeFiles } from '../fixtures/scratch.js';

const kernel: TargetKernel = { release, arch: 'x86_64', isRunning: false };

function wholeTree(context: TestContext, options: BuildHalfOptions = {}): Halves {
  const directory = writeWholeTree(createDirectory(context), options);
  return { build: directory, source: directory };
}

test('headers of the wanted kernel pass, whole and in halves', (context) => {
  checkHeaders(wholeTree(context), kernel, false);
  checkHeaders(writeDebianHalves(createDirectory(context)), kernel, false);
});

test('headers of another release are refused with both releases named', async (context) => {
  const tree = wholeTree(context, { release: '6.1.0-49-cloud-amd64' });
  const error = await errorOf(() => {
    checkHeaders(tree, kernel, false);
  });
  assert.equal(error.code, 'HEADERS_MISMATCH');
  assert.equal(error.status, 6);
  assert.equal(
    error.message,
    `the headers in ${tree.build} belong to kernel 6.1.0-49-cloud-amd64, not to ${release}`,
  );
  assert.match(error.hint ?? '', new RegExp(`linux-headers-${release}.*--kernel.*--allow-mismatch`));
});

test('UTS_RELEASE decides, not include/config/kernel.release', (context) => {
  const tree = wholeTree(context);
  writeFiles(tree.build, { 'include/config/kernel.release': '6.1.176\n' });
  checkHeaders(tree, kernel, false);
});

test('utsrelease.h without a release is a mismatch, not a match with anything', async (context) => {
  const tree = wholeTree(context);
  writeFileSync(join(tree.build, 'include/generated/utsrelease.h'), '');
  const error = await errorOf(() => {
    checkHeaders(tree, kernel, false);
  });
  assert.equal(error.code, 'HEADERS_MISMATCH');
  assert.match(error.message, /\(no UTS_RELEASE\)/);
});

test('another release can be insisted on', (context) => {
  checkHeaders(wholeTree(context, { release: '6.1.0-49-cloud-amd64' }), kernel, true);
});

/** Halves of different kernels; the build half is the wanted one. */
function mixedHalves(context: TestContext): Halves {
  const root = createDirectory(context);
  return {
    build: writeFiles(join(root, 'build'), buildHalf({ version: [6, 1] })),
    source: writeFiles(join(root, 'source'), sourceHalf({ version: [6, 12] })),
  };
}

test('halves of two kernels are refused with both versions named, unless insisted on', async (context) => {
  const tree = mixedHalves(context);
  const error = await errorOf(() => {
    checkHeaders(tree, kernel, false);
  });
  assert.equal(error.code, 'HEADERS_MISMATCH');
  assert.equal(
    error.message,
    `${tree.source} is of Linux 6.12, but ${tree.build} was configured from Linux 6.1`,
  );
  assert.match(error.hint ?? '', /KERN_HEADERS=<build>:<source>/);
  checkHeaders(tree, kernel, true);
});

test('a patch level that the version code does not follow is no mismatch, as on Ubuntu', (context) => {
  const tree = writeDebianHalves(createDirectory(context));
  const code = (6 << 16) | (1 << 8);
  writeFiles(tree.build, {
    'include/generated/uapi/linux/version.h': `#define LINUX_VERSION_CODE ${code}\n`,
  });
  checkHeaders(tree, kernel, false);
});

test('headers configured for another architecture are refused, also when insisted on', async (context) => {
  const tree = wholeTree(context, { arch: 'aarch64' });
  for (const allowMismatch of [false, true]) {
    const error = await errorOf(() => {
      checkHeaders(tree, kernel, allowMismatch);
    });
    assert.equal(error.code, 'HEADERS_MISMATCH');
    assert.match(error.message, /configured for arm64, not for x86_64 \(CONFIG_X86_64 is not set\)/);
    assert.match(error.hint ?? '', /--arch/);
  }
  checkHeaders(tree, { ...kernel, arch: 'aarch64' }, false);
});

for (const option of ['CONFIG_GCC_PLUGIN_RANDSTRUCT', 'CONFIG_RANDSTRUCT']) {
  test(`a randomised layout (${option}) is refused, also when insisted on`, async (context) => {
    const tree = wholeTree(context, { options: [option, 'CONFIG_RANDSTRUCT_FULL'] });
    for (const allowMismatch of [false, true]) {
      const error = await errorOf(() => {
        checkHeaders(tree, kernel, allowMismatch);
      });
      assert.equal(error.code, 'KERNEL_UNSUPPORTED');
      assert.equal(error.status, 5);
      assert.ok(error.message.includes(tree.build));
      assert.match(error.hint ?? '', /CONFIG_RANDSTRUCT_NONE/);
    }
  });
}

test('a kernel that could randomise its layout but does not is fine', (context) => {
  checkHeaders(wholeTree(context, { options: ['CONFIG_RANDSTRUCT_NONE'] }), kernel, false);
  checkHeaders(wholeTree(context, { options: ['CONFIG_GCC_PLUGIN_RANDSTRUCT_PERFORMANCE'] }), kernel, false);
});

const needed: [half: keyof Halves, name: string][] = [
  ['build', 'include/generated/utsrelease.h'],
  ['build', 'include/generated/autoconf.h'],
  ['build', 'include/generated/uapi/linux/version.h'],
  ['source', 'include/linux/kconfig.h'],
];
for (const [half, name] of needed) {
  test(`a ${half} half without ${name} is refused by the name of the file`, async (context) => {
    const tree = writeDebianHalves(createDirectory(context));
    rmSync(join(tree[half], name));
    const error = await errorOf(() => {
      checkHeaders(tree, kernel, false);
    });
    assert.equal(error.code, 'HEADERS_INCOMPLETE');
    assert.equal(error.status, 6);
    assert.equal(error.message, `${tree[half]} has no ${name}`);
    assert.match(error.hint ?? '', /linux-headers/);
  });
}
