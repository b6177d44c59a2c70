import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget, refusalWords } from '../../src/capture/budget.js';

const mebibyte = 1024 ** 2;

test('bytes are spent up to the limit, and what was not written is there again', () => {
  const budget = new Budget(10);
  assert.equal(budget.spend(6, 0), undefined);
  assert.equal(budget.spend(5, 6), 'limit');
  assert.equal(budget.spend(4, 6), undefined);
  assert.equal(budget.spend(1, 0), 'limit');
  budget.giveBack(3);
  assert.equal(budget.spend(3, 0), undefined);
  assert.equal(budget.bytes, 10);
});

test('one artifact has 512 MiB at most, whatever the limit is', () => {
  const budget = new Budget(1024 ** 4);
  assert.equal(budget.spend(512 * mebibyte, 0), undefined);
  assert.equal(budget.spend(1, 512 * mebibyte), 'artifact');
  assert.equal(budget.spend(513 * mebibyte, 0), 'artifact');
  assert.match(refusalWords.artifact, /512 MiB/);
});

test('a run makes 100,000 artifacts at most', () => {
  const budget = new Budget(1);
  for (let number = 0; number < 100_000; number++) assert.equal(budget.begin(), undefined);
  assert.equal(budget.begin(), 'artifacts');
  assert.equal(budget.artifacts, 100_000);
});
