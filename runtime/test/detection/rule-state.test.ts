import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedState } from '../../src/detection/rule-state.js';

/** A memory of two entries that last a second, and a clock to turn. */
function memory(): { state: BoundedState<number>; clock: { now: number }; forgotten: () => number } {
  const clock = { now: 0 };
  let forgotten = 0;
  const state = new BoundedState<number>(
    { expiryMs: 1000, capacity: 2 },
    () => clock.now,
    () => (forgotten += 1),
  );
  return { state, clock, forgotten: () => forgotten };
}

test('an entry expires by the time of events, and setting it begins its time anew', () => {
  const { state, clock } = memory();
  state.set('a', 1);
  clock.now = 999_999_999;
  assert.equal(state.get('a'), 1);
  clock.now = 1_000_000_000;
  assert.equal(state.get('a'), undefined);
  state.set('a', 2);
  clock.now = 1_500_000_000;
  state.set('a', 3);
  clock.now = 2_200_000_000;
  assert.equal(state.get('a'), 3);
});

test('the entry used least recently makes room, and that is counted', () => {
  const { state, forgotten } = memory();
  state.set('a', 1);
  state.set('b', 2);
  assert.equal(state.get('a'), 1);
  state.set('c', 3);
  assert.deepEqual([state.get('a'), state.get('b'), state.get('c')], [1, undefined, 3]);
  assert.equal(forgotten(), 1);
});

test('an entry that had expired anyway was not forgotten too early', () => {
  const { state, clock, forgotten } = memory();
  state.set('a', 1);
  state.set('b', 2);
  clock.now = 1_000_000_000;
  state.set('c', 3);
  assert.equal(forgotten(), 0);
});

test('what is set again takes no second place, and what is deleted is gone', () => {
  const { state, forgotten } = memory();
  state.set('a', 1);
  state.set('b', 2);
  state.set('b', 3);
  assert.deepEqual([state.get('a'), state.get('b')], [1, 3]);
  state.delete('a');
  assert.equal(state.get('a'), undefined);
  state.set('c', 4);
  assert.equal(forgotten(), 0);
});
