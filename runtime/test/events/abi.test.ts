import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeAbi } from '../../src/events/abi.js';
import { catalogue } from '../../src/events/catalogue/index.js';
import type { EventDefinition } from '../../src/events/types.js';

const abi = computeAbi();

/** The ABI of a catalogue in which one event is another. */
function abiWith(name: string, change: (event: EventDefinition) => EventDefinition): string {
  assert.ok(catalogue.some((event) => event.name === name));
  return computeAbi(catalogue.map((event) => (event.name === name ? change(event) : event)));
}

test('the ABI is a SHA-256 digest and the same every time', () => {
  assert.match(abi, /^[0-9a-f]{64}$/);
  assert.equal(computeAbi(), abi);
});

test('what the kernel side and the runtime must agree on changes it', () => {
  const changes: ((event: EventDefinition) => EventDefinition)[] = [
    (event) => ({ ...event, arguments: [...event.arguments, { name: 'extra', type: 'int' }] }),
    (event) => ({ ...event, arguments: event.arguments.slice(1) }),
    (event) => ({ ...event, arguments: event.arguments.toReversed() }),
    (event) => ({ ...event, arguments: event.arguments.map((one) => ({ ...one, type: 'size_t' })) }),
    (event) => ({ ...event, arguments: event.arguments.map((one) => ({ ...one, name: `${one.name}_` })) }),
    (event) => ({ ...event, id: 1999 }),
    (event) => ({ ...event, name: 'ptrace2' }),
  ];
  const found = new Set(changes.map((change) => abiWith('ptrace', change)));
  assert.equal(found.size, changes.length);
  assert.ok(!found.has(abi));
});

test('an event more or less changes it', () => {
  assert.notEqual(computeAbi(catalogue.slice(1)), abi);
  assert.notEqual(computeAbi([]), abi);
});

test('words that only people read do not change it', () => {
  const changes: ((event: EventDefinition) => EventDefinition)[] = [
    (event) => ({ ...event, sets: [...event.sets, 'favourites'] }),
    (event) => ({ ...event, source: 'kernel' }),
    (event) => ({
      ...event,
      arguments: event.arguments.map(({ name, type }) => ({ name, type })),
    }),
    /* Both travel as a signed 32-bit number. */
    (event) => ({
      ...event,
      arguments: event.arguments.map((one) => (one.type === 'pid_t' ? { ...one, type: 'int' } : one)),
    }),
  ];
  for (const change of changes) assert.equal(abiWith('ptrace', change), abi);
});
