import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../src/detection/pace.js';

function addMany(pace: Pace, calls: number, ms: number): (string | undefined)[] {
  return Array.from({ length: calls }, () => pace.add(ms));
}

test('fast calls are never slow', () => {
  const pace = new Pace();
  assert.ok(addMany(pace, 10_000, 0.5).every((words) => words === undefined));
  assert.equal(pace.isSlow, false);
  assert.deepEqual([pace.calls, pace.totalMs, pace.worstMs], [10_000, 5000, 0.5]);
});

test('one long call is slow, and forgiven after many that were fast', () => {
  const pace = new Pace();
  assert.equal(pace.add(200), 'took 200 ms');
  assert.equal(pace.isSlow, true);
  addMany(pace, 199, 0);
  assert.equal(pace.isSlow, true);
  addMany(pace, 200, 0);
  assert.equal(pace.isSlow, false);
  assert.equal(pace.worstMs, 200);
});

test('many calls that are a little slow are slow together', () => {
  const pace = new Pace();
  const words = addMany(pace, 200, 3);
  assert.equal(words[0], undefined);
  assert.equal(words.at(-1), 'takes 2.9 ms on average');
  assert.equal(pace.isSlow, true);
});
