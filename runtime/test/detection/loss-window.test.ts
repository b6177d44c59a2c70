import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LossWindow } from '../../src/detection/loss-window.js';

const second = 1e9;

test('losses are those since the start while the window is longer than that', () => {
  const window = new LossWindow(5 * second);
  assert.deepEqual(window.lossesAt(8 * second, 7n), { inWindow: 7n, windowSeconds: 3, sinceStart: 7n });
});

test('what was lost before the window is told apart', () => {
  const window = new LossWindow(0);
  for (const [seconds, lost] of [
    [5, 100n],
    [10, 100n],
    [15, 103n],
    [20, 103n],
  ] as const) {
    window.add(seconds * second, lost);
  }
  assert.deepEqual(window.lossesAt(21 * second, 103n), { inWindow: 3n, windowSeconds: 11, sinceStart: 103n });
  assert.deepEqual(window.lossesAt(25 * second, 104n), { inWindow: 1n, windowSeconds: 10, sinceStart: 104n });
});

test('an event from before the tracing has a window of nothing', () => {
  assert.equal(new LossWindow(5 * second).lossesAt(4 * second, 0n).windowSeconds, 0);
});
