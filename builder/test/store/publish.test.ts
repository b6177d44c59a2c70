import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { publish } from '../../src/store/publish.js';
import { createDirectory, errorOf, writeFiles } from '../fixtures/scratch.js';

const name = 'tracee.bpf.6_1_0.0_1_0.o';
const nobody = 65534;

/** Runs `act` without root's right to pass over permissions. */
async function withoutRights<T>(act: () => Promise<T>): Promise<T> {
  const own = process.geteuid?.();
  if (own !== 0) return act();
  process.seteuid?.(nobody);
  try {
    return await act();
  } finally {
    process.seteuid?.(own);
  }
}

function setUmask(context: TestContext, mask: number): void {
  const own = process.umask(mask);
  context.after(() => process.umask(own));
}

test('the object is written whole to a directory that is made for it', async (context) => {
  const directory = join(createDirectory(context), 'made/for it');
  const path = await publish(Buffer.from('object'), directory, name);
  assert.equal(path, join(directory, name));
  assert.equal(readFileSync(path, 'utf8'), 'object');
  assert.deepEqual(readdirSync(directory), [name]);
});

for (const mask of [0o077, 0o000, 0o022]) {
  test(`under umask ${mask.toString(8).padStart(3, '0')} an object is for all to read and for its owner to change`, async (context) => {
    setUmask(context, mask);
    const directory = join(createDirectory(context), 'out');
    const path = await publish(Buffer.from('object'), directory, name);
    assert.equal(statSync(path).mode & 0o7777, 0o644);
    assert.equal(statSync(directory).mode & 0o022, 0, 'others may not write to the directory');
  });
}

test('the mode does not follow that of the object that is replaced', async (context) => {
  const directory = createDirectory(context);
  writeFileSync(join(directory, name), 'before');
  chmodSync(join(directory, name), 0o666);
  await publish(Buffer.from('after'), directory, name);
  assert.equal(statSync(join(directory, name)).mode & 0o7777, 0o644);
});

/** Counts what a reader in another thread sees of a file: whole objects of one letter, and anything else. */
const reader = `
const { readFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const flag = new Int32Array(workerData.flag);
const seen = {};
let reads = 0;
do {
  const bytes = readFileSync(workerData.path);
  const isWhole = bytes.length === workerData.size && bytes.every((byte) => byte === bytes[0]);
  const what = isWhole ? String.fromCharCode(bytes[0]) : 'torn';
  seen[what] = (seen[what] ?? 0) + 1;
  if (++reads === 1) parentPort.postMessage('reading');
} while (Atomics.load(flag, 0) === 0);
parentPort.postMessage(seen);
`;

test('while an object is replaced, a reader sees the old one or the new one, never a part', async (context) => {
  const directory = createDirectory(context);
  const size = 200_000;
  const objects = ['a', 'b'].map((letter) => Buffer.alloc(size, letter));
  const path = await publish(objects[0] ?? Buffer.of(), directory, name);
  const flag = new SharedArrayBuffer(4);
  const worker = new Worker(reader, { eval: true, workerData: { path, size, flag } });
  const messages: AsyncIterator<unknown> = messagesOf(worker);
  assert.equal((await messages.next()).value, 'reading');
  for (let round = 1; round <= 40; round++) {
    await publish(objects[round % 2] ?? Buffer.of(), directory, name);
  }
  Atomics.store(new Int32Array(flag), 0, 1);
  const seen = (await messages.next()).value as Record<string, number>;
  assert.equal(seen['torn'], undefined, JSON.stringify(seen));
  assert.ok((seen['a'] ?? 0) > 0 && (seen['b'] ?? 0) > 0, JSON.stringify(seen));
  assert.deepEqual(readdirSync(directory), [name]);
});

async function* messagesOf(worker: Worker): AsyncGenerator {
  const waiting: unknown[] = [];
  let wake: (() => void) | undefined;
  worker.on('message', (message: unknown) => {
    waiting.push(message);
    wake?.();
  });
  for (;;) {
    if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    yield waiting.shift();
  }
}

test('a directory that may not be written to is refused, and what was there stays', async (context) => {
  const directory = createDirectory(context);
  writeFileSync(join(directory, name), 'before');
  chmodSync(directory, 0o555);
  const error = await withoutRights(() => errorOf(() => publish(Buffer.from('after'), directory, name)));
  chmodSync(directory, 0o755);
  assert.equal(error.code, 'PUBLISH_FAILED');
  assert.equal(error.status, 1);
  assert.equal(error.message, `${join(directory, name)} cannot be written: EACCES`);
  assert.equal(error.hint, 'name a directory that you may write to with --output');
  assert.deepEqual(readdirSync(directory), [name]);
  assert.equal(readFileSync(join(directory, name), 'utf8'), 'before');
});

test('a path that is a file, or leads through one, is refused as such', async (context) => {
  const root = writeFiles(createDirectory(context), { file: 'kept' });
  for (const directory of [join(root, 'file'), join(root, 'file/below')]) {
    const error = await errorOf(() => publish(Buffer.from('object'), directory, name));
    assert.equal(error.code, 'PUBLISH_FAILED');
    assert.equal(error.message, `${join(directory, name)} cannot be written: ENOTDIR`);
    assert.equal(error.hint, 'part of the path is a file: name a directory with --output');
  }
  assert.deepEqual(readdirSync(root), ['file']);
  assert.equal(readFileSync(join(root, 'file'), 'utf8'), 'kept');
});

test('a directory in the object’s place is refused, and nothing is left beside it', async (context) => {
  const directory = createDirectory(context);
  mkdirSync(join(directory, name));
  const error = await errorOf(() => publish(Buffer.from('object'), directory, name));
  assert.equal(error.code, 'PUBLISH_FAILED');
  assert.match(error.message, /EISDIR/);
  assert.deepEqual(readdirSync(directory), [name]);
});

test('builders of the same object at once leave one whole object', async (context) => {
  const directory = join(createDirectory(context), 'shared');
  const objects = ['a', 'b', 'c', 'd'].map((letter) => Buffer.alloc(100_000, letter));
  await Promise.all(objects.map((bytes) => publish(bytes, directory, name)));
  assert.deepEqual(readdirSync(directory), [name]);
  const found = readFileSync(join(directory, name));
  assert.ok(objects.some((bytes) => bytes.equals(found)));
  assert.ok(existsSync(join(directory, name)));
});
