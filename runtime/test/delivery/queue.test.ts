import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Queue, type QueueLimits } from '../../src/delivery/queue.js';
import { Spool } from '../../src/delivery/spool.js';
import { createEntry, createQueueDirectory } from './entry-fixture.js';

const forever = new AbortController().signal;
const needsRoot =
  process.geteuid?.() === 0 ? {} : { skip: 'NOT RUN: needs root, to mount a small file system' };

interface Opened {
  queue: Queue;
  spool: Spool;
  warnings: string[];
  files: () => string[];
}

function open(
  context: TestContext,
  directory: string,
  keys: string[],
  limits?: Partial<QueueLimits>,
): Opened {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const spool = new Spool(directory);
  context.after(() => {
    spool.close();
  });
  const warnings: string[] = [];
  const found = spool.adopt(new Set(keys));
  const queue = new Queue({
    spool,
    found,
    ...(limits === undefined ? {} : { limits }),
    onWarning: ({ message }) => warnings.push(message),
  });
  const files = (): string[] =>
    readdirSync(directory).flatMap((name) =>
      readdirSync(join(directory, name)).filter((file) => file !== 'lock'),
    );
  return { queue, spool, warnings, files };
}

async function waitForHead(queue: Queue, key: string, count: number): Promise<void> {
  while (queue.head(key, count).length < count) await queue.change(forever);
}

test('a finding waits in a file until each destination has it', async (context) => {
  const { queue, files } = open(context, createQueueDirectory(context), []);
  const entry = createEntry(['a', 'b']);
  queue.add(entry);
  assert.deepEqual(queue.head('a', 1), [], 'it is sent only when it is in its file');
  await waitForHead(queue, 'a', 1);
  assert.equal(files().length, 1);
  const [one] = queue.head('a', 5);
  assert.ok(one);
  assert.deepEqual(queue.read(one), entry);
  await queue.settle(one, 'a');
  assert.deepEqual(queue.head('a', 1), []);
  assert.deepEqual(queue.head('b', 1), [one]);
  assert.equal(files().length, 1);
  await queue.settle(one, 'b');
  assert.deepEqual(files(), []);
  assert.equal(queue.count(['a', 'b']), 0);
});

test('who has a finding already is known to the next process', async (context) => {
  const directory = createQueueDirectory(context);
  const before = open(context, directory, []);
  const entries = [createEntry(['a', 'b']), createEntry(['a', 'b'])];
  for (const entry of entries) before.queue.add(entry);
  await waitForHead(before.queue, 'a', 2);
  const [first] = before.queue.head('a', 1);
  assert.ok(first);
  await before.queue.settle(first, 'a');
  before.spool.close();
  const { queue } = open(context, directory, ['a', 'b']);
  assert.deepEqual(
    queue.head('a', 9).map(({ id }) => id),
    [entries[1]?.id],
  );
  assert.deepEqual(
    queue.head('b', 9).map(({ id }) => id),
    entries.map(({ id }) => id),
  );
});

test('two destinations that have a finding at the same moment leave no file of it', async (context) => {
  const { queue, files } = open(context, createQueueDirectory(context), []);
  const keys = ['a', 'b', 'c', 'd'];
  for (let index = 0; index < 20; index++) queue.add(createEntry(keys));
  await waitForHead(queue, 'a', 20);
  const all = queue.head('a', 20);
  await Promise.all(all.flatMap((one) => keys.map((key) => queue.settle(one, key))));
  assert.deepEqual(files(), []);
});

test('when the queue is full the new finding is dropped, which is counted and told once', async (context) => {
  const { queue, warnings } = open(context, createQueueDirectory(context), [], { maxCount: 3 });
  const entries = Array.from({ length: 5 }, () => createEntry());
  for (const entry of entries) queue.add(entry);
  await waitForHead(queue, 'a', 3);
  assert.deepEqual(
    queue.head('a', 9).map(({ id }) => id),
    entries.slice(0, 3).map(({ id }) => id),
  );
  assert.equal(queue.dropped, 2);
  assert.deepEqual(warnings, ['the queue of findings is full: 1 dropped so far']);
  const [first] = queue.head('a', 1);
  assert.ok(first);
  await queue.settle(first, 'a');
  queue.add(createEntry());
  assert.equal(queue.dropped, 2, 'there is room again');
  await queue.flush();
});

test('the queue is bounded in bytes too, and what others left counts', async (context) => {
  const directory = createQueueDirectory(context);
  const before = open(context, directory, []);
  before.queue.add(createEntry(['gone'], { gone: 'x'.repeat(5000) }));
  await waitForHead(before.queue, 'gone', 1);
  before.spool.close();
  const { queue } = open(context, directory, ['a'], { maxBytes: 7000 });
  queue.add(createEntry(['a']));
  assert.equal(queue.dropped, 0);
  queue.add(createEntry(['a'], { a: 'x'.repeat(2000) }));
  assert.equal(queue.dropped, 1);
});

test('who waits for files to be written loses nothing, however fast findings come', async (context) => {
  const { queue, files } = open(context, createQueueDirectory(context), [], { maxCountInMemory: 40 });
  for (let index = 0; index < 400; index++) {
    queue.add(createEntry());
    if (index % 20 === 0) await queue.catchUp();
  }
  await queue.flush();
  assert.deepEqual([queue.dropped, files().length], [0, 400]);
});

test('without a directory findings wait in memory, fewer of them', async () => {
  const warnings: string[] = [];
  const queue = new Queue({
    spool: undefined,
    limits: { maxCountInMemory: 2 },
    onWarning: ({ message }) => warnings.push(message),
  });
  const entries = [createEntry(), createEntry(), createEntry()];
  for (const entry of entries) queue.add(entry);
  assert.deepEqual(
    queue.head('a', 9).map((one) => queue.read(one)),
    entries.slice(0, 2),
  );
  assert.deepEqual([queue.dropped, queue.countInMemory], [1, 2]);
  const [first] = queue.head('a', 1);
  assert.ok(first);
  await queue.settle(first, 'a');
  await queue.flush();
  assert.equal(queue.countInMemory, 1);
});

test('a file that was spoiled while it waited is put aside, and the next one is delivered', async (context) => {
  const directory = createQueueDirectory(context);
  const { queue, warnings, files } = open(context, directory, []);
  queue.add(createEntry());
  queue.add(createEntry());
  await waitForHead(queue, 'a', 2);
  const [first, second] = queue.head('a', 2);
  assert.ok(first && second);
  const [spool = ''] = readdirSync(directory);
  writeFileSync(join(directory, spool, first.name ?? ''), 'nonsense');
  assert.equal(queue.read(first), undefined);
  assert.deepEqual(queue.head('a', 9), [second]);
  assert.match(warnings.join(), /^the finding .* was lost in the queue: it is not JSON/);
  assert.ok(files().includes(`${first.name ?? ''}.broken`));
});

test('a queue whose directory goes away keeps findings in memory', async (context) => {
  const directory = createQueueDirectory(context);
  const { queue, warnings } = open(context, directory, []);
  rmSync(directory, { recursive: true });
  const entry = createEntry();
  queue.add(entry);
  await waitForHead(queue, 'a', 1);
  const [one] = queue.head('a', 1);
  assert.ok(one);
  assert.deepEqual(queue.read(one), entry);
  assert.match(warnings.join(), /^findings cannot be written to the queue: ENOENT.*; 1 are kept in memory$/);
});

test(
  'a full disk drops nothing: findings wait in memory, and get their files when there is room',
  needsRoot,
  (context) => {
    const directory = createQueueDirectory(context);
    mkdirSync(directory);
    const script = fileURLToPath(new URL('full-disk-program.ts', import.meta.url));
    const mounted = 'mount -t tmpfs -o size=1m,mode=0700 none "$1" && exec "$2" --import tsx "$3" "$1"';
    const words = ['sh', '-c', mounted, 'sh', directory, process.execPath, script];
    const output = execFileSync('unshare', ['--mount', ...words], { encoding: 'utf8' });
    const result = JSON.parse(output) as Record<string, unknown>;
    assert.match(String(result['warning']), /^findings cannot be written to the queue: ENOSPC/);
    assert.deepEqual(result, {
      ...result,
      dropped: 0,
      isSomeInMemory: true,
      isInOrder: true,
      inMemoryAfterRoom: 0,
      filesAfterRoom: 200,
    });
  },
);
