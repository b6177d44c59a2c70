import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { isKernelImage, unpackKernel } from '../src/kernel/vmlinuz.js';

/** Something that compresses, as big as a pipe does not hold at once. */
const kernel = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) & 0x3f));

const size = Buffer.alloc(4);
size.writeUInt32LE(kernel.length);

/** As the kernel's build packs: all but gzip with the unpacked size behind. */
const packings: [string, () => Buffer][] = [
  ['gzip', () => gzipSync(kernel)],
  ['xz', () => packWith('xz', ['--check=crc32', '-c'])],
  ['zstd', () => packWith('zstd', ['-cq'])],
  ['lz4', () => packWith('lz4', ['-lc'])],
];

function packWith(program: string, args: string[]): Buffer {
  return Buffer.concat([
    execFileSync(program, args, { input: kernel, stdio: ['pipe', 'pipe', 'ignore'] }),
    size,
  ]);
}

/** A bzImage: boot sector and two sectors of setup, then code with the payload in it. */
function imageOf(payload: Uint8Array, version = 0x20f): Buffer {
  const image = Buffer.alloc(3 * 512 + 100);
  image[0x1f1] = 2;
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(version, 0x206);
  image.writeUInt32LE(100, 0x248);
  image.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([image, payload, Buffer.from('code behind the payload')]);
}

for (const [name, pack] of packings) {
  test(`a kernel packed with ${name} is unpacked`, async () => {
    const image = imageOf(pack());
    assert.ok(isKernelImage(image));
    assert.ok(kernel.equals(await unpackKernel(image, 'vmlinuz')));
  });

  test(`a damaged ${name} payload is refused by its name`, async () => {
    const payload = pack();
    await assert.rejects(unpackKernel(imageOf(payload.subarray(0, payload.length / 2)), 'vmlinuz'), {
      code: 'OBJECT_INVALID',
      message: `vmlinuz has a damaged ${name} payload`,
    });
  });
}

test('a payload of another kind is refused with how it begins', async () => {
  await assert.rejects(unpackKernel(imageOf(Buffer.from('BZh91AY&SY')), 'vmlinuz'), {
    code: 'OBJECT_INVALID',
    message: 'vmlinuz has a payload that begins with 425a683931415926: none of gzip, xz, zstd, lz4',
  });
});

test('an image that ends before its payload is refused with both sizes', async () => {
  const image = imageOf(gzipSync(kernel)).subarray(0, 2000);
  await assert.rejects(unpackKernel(image, 'vmlinuz'), {
    message: /^vmlinuz is truncated: its payload ends at \d+ but it has 2000 bytes$/,
  });
});

test('an image of a boot protocol that does not tell the place of its payload is refused', async () => {
  await assert.rejects(unpackKernel(imageOf(gzipSync(kernel), 0x207), 'vmlinuz'), {
    message: 'vmlinuz has boot protocol 0x207, before 0x208',
  });
});

test('other files are not taken for a kernel image', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(4096), readFileSync('/bin/sh')]) {
    assert.equal(isKernelImage(bytes), false);
  }
});

test('a program for the compression that is not installed is named with the mend', async (context) => {
  const { PATH } = process.env;
  context.after(() => {
    process.env['PATH'] = PATH;
  });
  const image = imageOf(packWith('lz4', ['-lc']));
  process.env['PATH'] = '/nonexistent';
  await assert.rejects(unpackKernel(image, 'vmlinuz'), {
    code: 'TOOLCHAIN_MISSING',
    message: 'vmlinuz is compressed with lz4, which is not installed',
    hint: "apt-get install lz4, or give the kernel's raw BTF instead",
  });
});
