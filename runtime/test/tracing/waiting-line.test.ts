import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { maxWaiting, maxWaitMs, WaitingLine } from '../../src/tracing/waiting-line.js';

interface Item {
  readonly name: string;
  isReady: boolean;
}

function lineOf(): { line: WaitingLine<Item>; released: string[] } {
  const released: string[] = [];
  const line = new WaitingLine<Item>({
    isReady: (item) => item.isReady,
    onReleased: ({ name }) => released.push(name),
  });
  return { line, released };
}

test('what is ready goes through without waiting', () => {
  const { line, released } = lineOf();
  line.take({ name: 'a', isReady: true });
  line.take({ name: 'b', isReady: true });
  assert.deepEqual(released, ['a', 'b']);
});

test('what waits holds up what is behind it, and the order stays', () => {
  const { line, released } = lineOf();
  const first = { name: 'a', isReady: false };
  const third = { name: 'c', isReady: false };
  line.take(first);
  line.take({ name: 'b', isReady: true });
  line.take(third);
  assert.deepEqual(released, []);
  first.isReady = true;
  line.look();
  assert.deepEqual(released, ['a', 'b']);
  line.end();
  assert.deepEqual(released, ['a', 'b', 'c']);
});

test('what is never ready is let through by itself after a while', async () => {
  const { line, released } = lineOf();
  line.take({ name: 'a', isReady: false });
  line.take({ name: 'b', isReady: true });
  while (released.length === 0) await sleep(maxWaitMs / 10);
  assert.deepEqual(released, ['a', 'b']);
});

test('no more than a bounded number waits', () => {
  const { line, released } = lineOf();
  for (let count = 0; count < maxWaiting + 3; count++) line.take({ name: String(count), isReady: false });
  assert.deepEqual(released, ['0', '1', '2']);
  line.end();
  assert.equal(released.length, maxWaiting + 3);
});
