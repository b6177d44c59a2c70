import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelFilter } from '../../src/detection/kernel-filter.js';
import { findGaps } from '../../src/cli/rule-set.js';

const number = (argument: number, ...values: bigint[]): KernelFilter => ({ number: { argument, values } });
const event = { name: 'ptrace' };
const gaps = (armed: KernelFilter | undefined, wanted: KernelFilter | undefined): string[] =>
  findGaps(new Map([[event, armed]]), new Map([[event, wanted]]));

test('an event that nothing is attached for is a gap', () => {
  assert.deepEqual(findGaps(new Map(), new Map([[event, undefined]])), ['ptrace is not attached']);
});

test('what the kernel lets through already is no gap', () => {
  assert.deepEqual(gaps(undefined, undefined), []);
  assert.deepEqual(gaps(undefined, number(0, 1n)), []);
  assert.deepEqual(gaps(number(0, 1n, 2n), number(0, 2n)), []);
  assert.deepEqual(gaps({ names: ['a', 'b'] }, { names: ['b'] }), []);
});

test('what the kernel holds back is a gap: other values, another argument, all of them, other names', () => {
  const told = ['the kernel still narrows ptrace to what the rules before wanted'];
  assert.deepEqual(gaps(number(0, 1n), number(0, 1n, 2n)), told);
  assert.deepEqual(gaps(number(0, 1n), number(1, 1n)), told);
  assert.deepEqual(gaps(number(0, 1n), undefined), told);
  assert.deepEqual(gaps({ number: { argument: 0, values: [1n], isBits: true } }, number(0, 1n)), told);
  assert.deepEqual(gaps({ names: ['a'] }, { names: ['a', 'b'] }), told);
  assert.deepEqual(gaps({ names: ['a'] }, undefined), told);
});
