import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { test } from 'node:test';
import { compareReleases, runningKernel } from '../../src/host/kernel.js';

test('releases compare by their numbers and not by their letters', () => {
  const ascending = [
    '4.18.0-80.el8',
    '5.4.0-150-generic',
    '5.8',
    '5.10.0-28-amd64',
    '5.10.1',
    '6.1',
    '6.12-rc1',
    '10.0',
  ];
  for (const [index, older] of ascending.entries()) {
    for (const newer of ascending.slice(index + 1)) {
      assert.ok(compareReleases(older, newer) < 0, `${older} < ${newer}`);
      assert.ok(compareReleases(newer, older) > 0, `${newer} > ${older}`);
    }
  }
});

test('what stands behind the numbers does not count, and missing numbers are 0', () => {
  assert.equal(compareReleases('6.1.0-56-amd64', '6.1'), 0);
  assert.equal(compareReleases('6.1.0-56-amd64', '6.1.0-47-cloud-amd64'), 0);
  assert.equal(compareReleases('6.1.', '6.1.0'), 0);
  assert.equal(compareReleases('6.18.44-fc-v669', '6.18.44'), 0);
  assert.equal(compareReleases('5.10.4.5', '5.10.4'), 0);
});

test('a release without numbers is older than any other', () => {
  assert.ok(compareReleases('', '4.18') < 0);
  assert.ok(compareReleases('custom', '4.18') < 0);
});

test('the running kernel is described as it is', () => {
  const kernel = runningKernel();
  assert.equal(kernel.release, release());
  assert.equal(kernel.arch, process.arch === 'x64' ? 'x86_64' : 'aarch64');
  assert.equal(kernel.hasBtf, existsSync('/sys/kernel/btf/vmlinux'));
});
