import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeCredentials, slimCredSize } from '../../src/events/credentials.js';

test('credentials are told by the names and in the order of the original, capabilities as hexadecimal numbers', () => {
  const bytes = Buffer.alloc(slimCredSize);
  for (let index = 0; index < 8; index++) bytes.writeUInt32LE(1000 + index, 4 * index);
  for (let index = 0; index < 5; index++)
    bytes.writeBigUInt64LE(0x1ff_ffff_fff0n + BigInt(index), 32 + 8 * index);
  assert.equal(
    describeCredentials(bytes),
    'Uid=1000 Gid=1001 Suid=1002 Sgid=1003 Euid=1004 Egid=1005 Fsuid=1006 Fsgid=1007' +
      ' CapInheritable=0x1fffffffff0 CapPermitted=0x1fffffffff1 CapEffective=0x1fffffffff2' +
      ' CapBounding=0x1fffffffff3 CapAmbient=0x1fffffffff4',
  );
});

test('credentials that are not whole are not told', () => {
  assert.equal(describeCredentials(Buffer.alloc(slimCredSize - 1)), '');
});
