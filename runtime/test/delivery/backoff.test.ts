import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs, pause } from '../../src/delivery/backoff.js';

const backoff = { firstMs: 1000, maxMs: 60_000 };

test('delays double up to the limit, and half of each is chance', () => {
  const delays = (chance: number): number[] =>
    [1, 2, 3, 6, 7, 5000].map((failures) => backoffMs(backoff, failures, chance));
  assert.deepEqual(delays(1), [1000, 2000, 4000, 32_000, 60_000, 60_000]);
  assert.deepEqual(delays(0), [500, 1000, 2000, 16_000, 30_000, 30_000]);
  const some = new Set(Array.from({ length: 20 }, () => backoffMs(backoff, 1)));
  assert.ok(some.size > 1);
});

test('a pause ends when it is told to stop, at once where that was before', async () => {
  const stop = new AbortController();
  const hours = pause(10 * 3_600_000, stop.signal);
  stop.abort();
  await hours;
  await pause(10 * 3_600_000, stop.signal);
});
