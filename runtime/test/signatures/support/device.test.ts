import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelDevice } from '../../../src/signatures/support/device.js';

test('numbers of devices are as the kernel writes them, large ones too', () => {
  assert.equal(kernelDevice(0x0801n), (8 << 20) | 1);
  assert.equal(kernelDevice(0x10_082cn), (8 << 20) | 300);
  assert.equal(kernelDevice(0xffff_ffffn), 0xffff_ffff);
});
