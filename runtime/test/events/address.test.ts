import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeAddress } from '../../src/events/address.js';

const port80 = '0050';
const v6 = (address: string): Buffer => Buffer.from(`0a00${port80}00000000${address}00000000`, 'hex');

test('addresses are written as people write them', () => {
  const cases: [Buffer, string][] = [
    [Buffer.from(`0200${port80}7f0000010000000000000000`, 'hex'), '127.0.0.1:80'],
    [v6('00000000000000000000000000000001'), '[::1]:80'],
    [v6('00000000000000000000ffff0a000005'), '[::ffff:10.0.0.5]:80'],
    [v6('20010db8000000000001000000000001'), '[2001:db8::1:0:0:1]:80'],
    [v6('20010db8000100020003000400050006'), '[2001:db8:1:2:3:4:5:6]:80'],
    [v6('00000000000000000000000000000000'), '[::]:80'],
    [Buffer.concat([Buffer.from([1, 0]), Buffer.from('/run/s\0rest')]), '/run/s'],
    [Buffer.concat([Buffer.from([1, 0]), Buffer.from('\0name')]), '@name'],
    [Buffer.from([1, 0]), 'unnamed'],
    [Buffer.from('280000000004000002000000', 'hex'), 'vsock:2:1024'],
    [Buffer.from([16, 0, 0, 0]), 'family 16'],
    [Buffer.alloc(0), ''],
  ];
  for (const [bytes, text] of cases) assert.equal(describeAddress(bytes), text);
});

test('an address that ends too early is its family and no error', () => {
  assert.equal(describeAddress(Buffer.from('0200', 'hex')), 'family 2');
  assert.equal(describeAddress(Buffer.from('0a000050', 'hex')), 'family 10');
});
