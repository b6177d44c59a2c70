import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelFilter, type KernelFilter } from '../../src/detection/kernel-filter.js';
import type { EventSelector } from '../../src/detection/rule.js';
import { findEvent } from '../../src/events/catalogue/index.js';
import { maxFilterValues } from '../../src/events/layout.js';

/** What the kernel compares where rules select ptrace in these ways. */
function filterOf(...wheres: (EventSelector['where'] | undefined)[]): KernelFilter | undefined {
  const event = findEvent('ptrace');
  assert.ok(event !== undefined);
  return kernelFilter(
    event,
    wheres.map((where) => (where === undefined ? { event: 'ptrace' } : { event: 'ptrace', where })),
  );
}

test('the numbers that all rules want of one argument are compared, each once', () => {
  assert.deepEqual(filterOf({ request: [0] }), { number: { argument: 0, values: [0n] } });
  assert.deepEqual(filterOf({ pid: [1, 2n] }, { pid: [2] }, { pid: [-1] }), {
    number: { argument: 1, values: [1n, 2n, -1n] },
  });
});

test('a second argument only narrows further, which the engine does', () => {
  assert.deepEqual(filterOf({ request: [0], pid: [1] }), { number: { argument: 0, values: [0n] } });
  assert.deepEqual(filterOf({ request: [0] }, { pid: [1], request: [16] }), {
    number: { argument: 0, values: [0n, 16n] },
  });
});

test('nothing is held back where rules look at different arguments, or one at none', () => {
  assert.equal(filterOf({ request: [0] }, { pid: [1] }), undefined);
  assert.equal(filterOf({ request: [0] }, undefined), undefined);
  assert.equal(filterOf(undefined, { request: [0] }), undefined);
  assert.equal(filterOf({ request: [0] }, {}), undefined);
  assert.equal(filterOf(), undefined);
});

test('nothing is held back for strings, for no values, and for more numbers than the kernel compares', () => {
  assert.equal(filterOf({ addr: ['0x0'] }), undefined);
  assert.equal(filterOf({ request: [0, 'PTRACE_TRACEME'] }), undefined);
  assert.equal(filterOf({ request: [] }), undefined);
  const numbers = Array.from({ length: maxFilterValues }, (_, index) => index);
  assert.equal(filterOf({ request: numbers })?.number?.values.length, maxFilterValues);
  assert.equal(filterOf({ request: [...numbers, 99] }), undefined);
});
