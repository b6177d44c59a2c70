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
  assert.deepEqual(filterOf({ pid: [1], request: [0] }, { request: [16] }), {
    number: { argument: 0, values: [0n, 16n] },
  });
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

/** What the kernel compares where rules select files in these ways. */
function fileFilterOf(...selectors: Omit<EventSelector, 'event'>[]): KernelFilter | undefined {
  const event = findEvent('security_file_open');
  assert.ok(event !== undefined);
  return kernelFilter(
    event,
    selectors.map((one) => ({ event: 'security_file_open', ...one })),
  );
}

test('bits of all rules are compared together', () => {
  const argument = findEvent('security_file_open')?.arguments.findIndex(({ name }) => name === 'flags');
  assert.deepEqual(fileFilterOf({ bits: { flags: 1 } }, { bits: { flags: 6 } }), {
    number: { argument, values: [7n], isBits: true },
  });
});

test('values beside bits are widened to their bits, but 0, which has none, lets everything through', () => {
  assert.deepEqual(fileFilterOf({ bits: { flags: 1 } }, { where: { flags: [4, 8] } })?.number?.values, [13n]);
  assert.equal(fileFilterOf({ bits: { flags: 1 } }, { where: { flags: [0, 4] } }), undefined);
  assert.equal(fileFilterOf({ bits: { flags: 1 } }, {}), undefined);
  assert.equal(fileFilterOf({ bits: { flags: 0 } }), undefined);
});

test('values are taken before bits, since they hold more back', () => {
  const filter = fileFilterOf({ bits: { flags: 3 }, where: { inode: [1] } });
  assert.deepEqual([filter?.number?.values, filter?.number?.isBits], [[1n], undefined]);
});

test('the kernel compares names where all selectors have some that fit', () => {
  const event = findEvent('security_inode_rename');
  assert.ok(event !== undefined);
  const ofNames = (...names: (readonly string[] | undefined)[]): readonly string[] | undefined =>
    kernelFilter(
      event,
      names.map((one) => ({ event: event.name, ...(one === undefined ? {} : { names: one }) })),
    )?.names;
  assert.deepEqual(ofNames(['ld.so.preload', 'etc'], ['etc', 'passwd']), ['ld.so.preload', 'etc', 'passwd']);
  assert.equal(ofNames(['etc'], undefined), undefined);
  assert.equal(ofNames(['a.name.of.16.bytes']), undefined);
  assert.equal(ofNames(['1', '2', '3', '4', '5'], ['6', '7', '8', '9']), undefined);
});
