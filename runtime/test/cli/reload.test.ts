import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelFilter } from '../../src/detection/kernel-filter.js';
import { findNarrowed } from '../../src/cli/reload.js';
import { findEvent } from '../../src/events/catalogue/index.js';
import type { EventDefinition } from '../../src/events/types.js';

const number = (argument: number, ...values: bigint[]): KernelFilter => ({ number: { argument, values } });
const event = findEvent('ptrace') as EventDefinition;
const narrowed = (armed: KernelFilter | undefined, wanted: KernelFilter | undefined): string[] =>
  findNarrowed(new Map([[event, armed]]), new Map([[event, wanted]])).map(({ name }) => name);

test('what the kernel lets through already needs nothing new', () => {
  assert.deepEqual(narrowed(undefined, undefined), []);
  assert.deepEqual(narrowed(undefined, number(0, 1n)), []);
  assert.deepEqual(narrowed(number(0, 1n, 2n), number(0, 2n)), []);
  assert.deepEqual(narrowed({ names: ['a', 'b'] }, { names: ['b'] }), []);
});

test('what the kernel holds back is told: other values, another argument, all of them, other names', () => {
  assert.deepEqual(narrowed(number(0, 1n), number(0, 1n, 2n)), ['ptrace']);
  assert.deepEqual(narrowed(number(0, 1n), number(1, 1n)), ['ptrace']);
  assert.deepEqual(narrowed(number(0, 1n), undefined), ['ptrace']);
  assert.deepEqual(narrowed({ number: { argument: 0, values: [1n], isBits: true } }, number(0, 1n)), [
    'ptrace',
  ]);
  assert.deepEqual(narrowed({ names: ['a'] }, { names: ['a', 'b'] }), ['ptrace']);
  assert.deepEqual(narrowed({ names: ['a'] }, undefined), ['ptrace']);
});
