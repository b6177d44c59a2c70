import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { entryToBytes } from '../../src/delivery/entry.js';
import { Spool } from '../../src/delivery/spool.js';
import { createEntry, createQueueDirectory } from './entry-fixture.js';

const nobody = 65534;
const needsRoot =
  process.geteuid?.() === 0 ? {} : { skip: 'NOT RUN: needs root, to create files of another owner' };

function createQueue(context: TestContext): string {
  const queue = createQueueDirectory(context);
  mkdirSync(queue, { mode: 0o700 });
  return queue;
}

function openSpool(context: TestContext, queue: string): Spool {
  const spool = new Spool(queue);
  context.after(() => {
    spool.close();
  });
  return spool;
}

/** A process that has a spool, writes findings into it, and then is killed. */
async function leaveBehind(queue: string, waitingFor: readonly string[], count = 1): Promise<string[]> {
  const script = fileURLToPath(new URL('spool-program.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, queue, String(count), ...waitingFor], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [ids] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await once(child, 'close');
  return ids.toString().trim().split('\n');
}

const ids = (spool: Spool, ...keys: string[]): string[] =>
  spool.adopt(new Set(keys)).adopted.map(({ entry }) => entry.id);

/** The only spool there, made one of a process that has ended. */
function spoolOf(queue: string): string {
  const path = join(queue, '20260101T000000000-00000000');
  mkdirSync(path, { mode: 0o700 });
  return path;
}

test('what a killed process left is taken over in its order, once, and its directory goes', async (context) => {
  const queue = createQueue(context);
  const left = await leaveBehind(queue, ['a'], 3);
  assert.equal(left.length, 3);
  const spool = openSpool(context, queue);
  assert.deepEqual(ids(spool, 'a'), left);
  assert.deepEqual(ids(openSpool(context, queue), 'a'), []);
  assert.equal(readdirSync(queue).length, 2);
});

test('what a process has that still runs is left to it', async (context) => {
  const queue = createQueue(context);
  const running = openSpool(context, queue);
  const script = fileURLToPath(new URL('spool-program.ts', import.meta.url));
  const args = ['--import', 'tsx', script, queue, 'adopt', 'a'];
  const other = (): string => spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
  const entry = createEntry();
  await running.write(running.nameOf(entry), entryToBytes(entry));
  assert.equal(other(), '');
  running.close();
  assert.equal(other(), `${entry.id}\n`);
});

test('what waits for a destination that nobody names stays, and is told of', async (context) => {
  const queue = createQueue(context);
  const left = await leaveBehind(queue, ['gone', 'too']);
  const found = openSpool(context, queue).adopt(new Set(['a']));
  assert.deepEqual(found.adopted, []);
  assert.equal(found.others.count, 1);
  assert.ok(found.others.sizeBytes > 100);
  assert.deepEqual(found.others.waitingFor, new Set(['gone', 'too']));
  assert.deepEqual(ids(openSpool(context, queue), 'a', 'too'), left);
});

test('a spool that has delivered all leaves nothing behind', async (context) => {
  const queue = createQueue(context);
  const spool = new Spool(queue);
  const entry = createEntry();
  const name = spool.nameOf(entry);
  await spool.write(name, entryToBytes(entry));
  assert.deepEqual(spool.read(name), entry);
  writeFileSync(join(spool.makePrivateDirectory(), 'secret'), '');
  await spool.remove(name);
  spool.close();
  assert.deepEqual(readdirSync(queue), []);
});

test('what does not belong into the queue is named and left alone', (context) => {
  const queue = createQueue(context);
  const elsewhere = join(dirname(queue), '20260101T000000000-11111111');
  mkdirSync(elsewhere);
  writeFileSync(join(queue, 'notes.txt'), '');
  symlinkSync(elsewhere, join(queue, '20260101T000000000-22222222'));
  const writable = spoolOf(queue);
  chmodSync(writable, 0o777);
  const spool = openSpool(context, queue);
  assert.deepEqual(spool.adopt(new Set(['a'])).oddities, [
    `${writable} is not of the queue`,
    `${join(queue, '20260101T000000000-22222222')} is not of the queue`,
    `${join(queue, 'notes.txt')} is not of the queue`,
  ]);
  assert.ok(existsSync(join(queue, 'notes.txt')));
  assert.deepEqual(readdirSync(elsewhere), []);
});

test('files that are no findings are put aside with the reason, and the others are delivered', (context) => {
  const queue = createQueue(context);
  const left = spoolOf(queue);
  const good = createEntry();
  const name = (number: number, id = createEntry().id): string => `${String(number).padStart(12, '0')}-${id}`;
  const put = (number: number, content: string | Uint8Array, id?: string): string => {
    const path = join(left, name(number, id));
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const cut = put(1, entryToBytes(good).subarray(0, 100), good.id);
  const empty = put(2, '');
  const strange = put(3, JSON.stringify({ version: 1, id: 'x' }));
  const other = put(4, entryToBytes(createEntry()));
  const large = put(5, ' '.repeat((1 << 20) + 1));
  const link = join(left, name(6));
  symlinkSync(put(7, entryToBytes(good), good.id), link);
  const pipe = join(left, name(8));
  spawnSync('mkfifo', [pipe]);
  const writable = put(9, entryToBytes(good), good.id);
  chmodSync(writable, 0o666);
  writeFileSync(join(left, `${name(10)}.new`), 'half a find');
  const stranger = join(left, 'hello');
  writeFileSync(stranger, '');
  const spool = openSpool(context, queue);
  const { adopted, oddities } = spool.adopt(new Set(['a']));
  assert.deepEqual(
    adopted.map(({ entry }) => entry),
    [good],
  );
  const expected: [string, RegExp][] = [
    [cut, /is left out: it is not JSON, or not all of it$/],
    [empty, /is left out: it is not JSON, or not all of it$/],
    [strange, /is left out: it is no finding: /],
    [other, /is left out: it holds another finding than its name says$/],
    [large, /is left out: it has 1048577 bytes$/],
    [link, /is left out: ELOOP/],
    [pipe, /is left out: it is no regular file$/],
    [writable, /is left out: others can change it$/],
    [stranger, /is not of the queue$/],
  ];
  assert.equal(oddities.length, expected.length);
  for (const [index, [path, reason]] of expected.entries()) {
    assert.ok(oddities[index]?.startsWith(`${path} `), oddities[index]);
    assert.match(oddities[index] ?? '', reason);
  }
  const kept = [cut, empty, strange, other, large, link, pipe, writable].map((path) => `${path}.broken`);
  assert.deepEqual(
    readdirSync(left)
      .filter((one) => one !== 'lock')
      .map((one) => join(left, one)),
    [...kept, stranger].toSorted(),
  );
  assert.deepEqual(openSpool(context, queue).adopt(new Set(['a'])).oddities, [
    `${stranger} is not of the queue`,
  ]);
});

test('a file of another user is never delivered', needsRoot, (context) => {
  const queue = createQueue(context);
  const entry = createEntry();
  const path = join(spoolOf(queue), `000000000001-${entry.id}`);
  writeFileSync(path, entryToBytes(entry), { mode: 0o600 });
  chownSync(path, nobody, nobody);
  const { adopted, oddities } = openSpool(context, queue).adopt(new Set(['a']));
  assert.deepEqual(adopted, []);
  assert.deepEqual(oddities, [`${path} is left out: it is owned by uid 65534`]);
});
