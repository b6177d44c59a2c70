import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile, ratiosOf, slope, summarize } from '../src/statistics.js';

test('a quantile lies between its neighbours in proportion', () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([10, 20, 30, 40, 50], 0.95), 48);
  assert.equal(quantile([7], 0.95), 7);
});

test('no values have no quantile', () => {
  assert.throws(() => quantile([], 0.5), RangeError);
});

test('a summary has the median between the lowest and the highest', () => {
  assert.deepEqual(summarize([9, 1, 5]), { median: 5, low: 1, high: 9 });
});

test('ratios are taken pair by pair, and not to a baseline of nothing', () => {
  assert.deepEqual(ratiosOf([2, 9, 5], [1, 3, 0]), [2, 3]);
  assert.deepEqual(ratiosOf([2, 9], [1]), [2]);
});

test('the slope of points on a line is that of the line, whatever noise cancels out', () => {
  assert.equal(
    slope([
      { x: 0, y: 1 },
      { x: 1, y: 3 },
      { x: 2, y: 5 },
    ]),
    2,
  );
  assert.equal(
    slope([
      { x: 0, y: 5 },
      { x: 1, y: 9 },
      { x: 2, y: 5 },
    ]),
    0,
  );
  assert.equal(slope([{ x: 1, y: 4 }]), 0);
  assert.equal(slope([]), 0);
});
