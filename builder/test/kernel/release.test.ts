import assert from 'node:assert/strict';
import { machine, release as runningRelease } from 'node:os';
import { test } from 'node:test';
import { kernelArchDirectory, targetKernel } from '../../src/kernel/release.js';
import { errorOf } from '../fixtures/scratch.js';

test('without wishes the target is the running kernel on this machine', () => {
  assert.deepEqual(targetKernel({}), { release: runningRelease(), arch: machine(), isRunning: true });
});

test('another release is not the running kernel', () => {
  const kernel = targetKernel({ release: '6.1.0-50-cloud-amd64' });
  assert.equal(kernel.release, '6.1.0-50-cloud-amd64');
  assert.equal(kernel.isRunning, false);
});

test('the running release on another architecture is not the running kernel', () => {
  const arch = machine() === 'x86_64' ? 'aarch64' : 'x86_64';
  assert.deepEqual(targetKernel({ arch }), { release: runningRelease(), arch, isRunning: false });
});

test('an architecture is known by the words of uname and of distributions', () => {
  assert.equal(targetKernel({ arch: 'amd64' }).arch, 'x86_64');
  assert.equal(targetKernel({ arch: 'arm64' }).arch, 'aarch64');
  assert.equal(kernelArchDirectory('x86_64'), 'x86');
  assert.equal(kernelArchDirectory('aarch64'), 'arm64');
});

test('an architecture without objects is refused by its name', async () => {
  const error = await errorOf(() => targetKernel({ arch: 'riscv64' }));
  assert.equal(error.code, 'KERNEL_UNSUPPORTED');
  assert.equal(error.status, 5);
  assert.match(error.message, /"riscv64"/);
  assert.match(error.hint ?? '', /x86_64 and aarch64/);
});

for (const release of ['../../etc', '6.1 0', '', '..', '-rf', 'a/b', '6.1\n']) {
  test(`${JSON.stringify(release)} is no release, since it becomes part of a file name`, async () => {
    const error = await errorOf(() => targetKernel({ release }));
    assert.equal(error.code, 'KERNEL_RELEASE_INVALID');
    assert.equal(error.status, 2);
    assert.ok(error.message.includes(`"${release}"`));
    assert.match(error.hint ?? '', /uname -r/);
  });
}
