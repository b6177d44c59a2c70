import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { argument, parseLines, runTracee, startTracee, type JsonEvent } from './harness.js';

interface EvidentEvent extends JsonEvent {
  stackAddresses: number[] | null;
  stack?: { address: number; file?: string; offset?: number; symbol?: string }[];
  sha256?: string | null;
  ctime?: string;
}

test('stack addresses are told with files and functions, of every event while the process lives', async () => {
  const { child, ended } = await startTracee([
    ...[
      'trace',
      '--output',
      'json',
      '--output',
      'option:stack-addresses',
      '--trace',
      'event=openat',
      '--',
      '/bin/sh',
    ],
  ]);
  let printed = '';
  child.stdout?.on('data', (part: string) => (printed += part));
  child.stdin?.write(': </etc/hostname\n');
  while (!printed.includes('/etc/hostname')) await once(child.stdout ?? child, 'data');
  child.stdin?.end();
  const { stdout } = await ended;
  const events = parseLines<EvidentEvent>(stdout);
  assert.ok(events.every(({ stackAddresses }) => stackAddresses !== null && stackAddresses.length <= 20));
  const opened = events.find((event) => argument(event, 'pathname') === '/etc/hostname');
  assert.ok(opened?.stack !== undefined && opened.stack.length > 0, stdout);
  assert.deepEqual(
    opened.stack.map(({ address }) => address),
    opened.stackAddresses,
  );
  assert.match(opened.stack[0]?.file ?? '', /^\//);
  assert.ok(
    opened.stack.some(({ symbol }) => symbol !== undefined && /^\w+\+0x[0-9a-f]+$/.test(symbol)),
    JSON.stringify(opened.stack),
  );
});

test('without being asked for there are no stacks and no hashes', () => {
  const { stdout } = runTracee([
    'trace',
    '--output',
    'json',
    '--trace',
    'event=sched_process_exec',
    '--',
    '/bin/true',
  ]);
  const [event] = parseLines<EvidentEvent>(stdout);
  assert.equal(event?.stackAddresses, null);
  assert.equal(event.stack, undefined);
  assert.equal(event.sha256, undefined);
});

test('a program that is started is told with the hash of its file', () => {
  const { stdout } = runTracee([
    ...['trace', '--output', 'json', '--output', 'option:exec-hash', '--trace', 'event=sched_process_exec'],
    ...['--', '/bin/sh', '-c', '/bin/true; exit 0'],
  ]);
  const events = parseLines<EvidentEvent>(stdout);
  assert.ok(events.length >= 2, stdout);
  for (const event of events) {
    const path = String(argument(event, 'pathname'));
    assert.equal(event.sha256, createHash('sha256').update(readFileSync(path)).digest('hex'), path);
  }
});
