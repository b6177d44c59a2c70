import assert from 'node:assert/strict';
import { lstatSync, realpathSync, statfsSync } from 'node:fs';
import { test } from 'node:test';
import { isOnDevice, kernelDevice } from '../../src/host/device.js';

test('numbers of devices are as the kernel writes them, large ones too', () => {
  assert.equal(kernelDevice(0x0801n), (8 << 20) | 1);
  assert.equal(kernelDevice(0x10_082cn), (8 << 20) | 300);
  assert.equal(kernelDevice(0xffff_ffffn), 0xffff_ffff);
});

const program = realpathSync('/bin/true');

/** OVERLAYFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC: there `stat` does not say what the kernel calls the device. */
const isElsewhere = [0x794c7630, 0x9123683e].includes(statfsSync(program).type);
const skip = isElsewhere && 'needs programs on a file system with a device of its own';

test('a file is on the device that the kernel names for it, and on no other', { skip }, () => {
  const dev = kernelDevice(lstatSync(program, { bigint: true }).dev);
  const root = '/proc/self/root';
  assert.equal(isOnDevice(root, program, dev), true);
  assert.equal(isOnDevice(root, program, dev + 1), false);
  assert.equal(isOnDevice(root, '/nonexistent', dev), false);
});
