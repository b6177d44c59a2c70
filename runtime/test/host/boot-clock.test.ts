import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bootClockNow } from '../../src/host/boot-clock.js';

test('on a host that was never suspended it is the monotonic clock', () => {
  const before = process.hrtime.bigint();
  const now = bootClockNow(`${(Number(before) / 1e9).toFixed(2)} 1.00\n`);
  assert.ok(now >= before && now <= process.hrtime.bigint());
});

test('time that the host was suspended counts', () => {
  const hourLater = Number(process.hrtime.bigint()) / 1e9 + 3600;
  assert.equal(
    bootClockNow(`${hourLater.toFixed(2)} 1.00\n`) / 10_000_000n,
    BigInt(Math.round(hourLater * 100)),
  );
});

test('a process that begins now does so in the same clock', () => {
  const text = readFileSync('/proc/self/stat', 'latin1');
  // Field 22, in ticks of a hundredth of a second.
  const started = BigInt(text.slice(text.lastIndexOf(')')).split(' ')[20] ?? '0') * 10_000_000n;
  const now = bootClockNow();
  assert.ok(started <= now && now - started < 600_000_000_000n);
});
