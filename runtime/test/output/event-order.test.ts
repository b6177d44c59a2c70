import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventOrder, orderWindowMs } from '../../src/output/event-order.js';

const windowNs = orderWindowMs * 1e6;

function ordered(): { order: EventOrder<{ time: number }>; times: number[] } {
  const times: number[] = [];
  return { order: new EventOrder(({ time }) => times.push(time)), times };
}

test('what arrives within the window comes out in the order of its times', () => {
  const { order, times } = ordered();
  const shuffled = Array.from({ length: 5000 }, (_, index) => ((index * 7919) % 5000) * 1000);
  for (const time of shuffled) order.take({ time });
  order.end();
  assert.deepEqual(
    times,
    shuffled.toSorted((a, b) => a - b),
  );
  assert.equal(order.late, 0);
});

test('an event waits for the window and no longer, by the times of others and by the clock', () => {
  const { order, times } = ordered();
  order.take({ time: 1 });
  order.take({ time: windowNs });
  assert.deepEqual(times, []);
  order.take({ time: windowNs + 1 });
  assert.deepEqual(times, [1]);
  order.look(2 * windowNs);
  assert.deepEqual(times, [1, windowNs]);
  order.look(2 * windowNs + 1);
  assert.deepEqual(times, [1, windowNs, windowNs + 1]);
});

test('what comes later than the window is let through and counted', () => {
  const { order, times } = ordered();
  for (const time of [1, windowNs * 3, 5]) order.take({ time });
  order.look(windowNs * 9);
  assert.deepEqual(times, [1, 5, windowNs * 3]);
  order.take({ time: 7 });
  assert.deepEqual([times.at(-1), order.late], [7, 1]);
});

test('a flood within the window does not fill the memory', () => {
  const { order, times } = ordered();
  for (let time = 0; time < 100_000; time++) order.take({ time });
  assert.equal(times.length, 100_000 - 65_536);
  order.end();
  assert.equal(times.length, 100_000);
  assert.equal(order.late, 0);
});
