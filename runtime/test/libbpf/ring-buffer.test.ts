import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test, type TestContext } from 'node:test';
import { RingBuffer } from '../../src/libbpf/index.js';
import { u32 } from './bytes.js';
import { copyOf, pattern, RecordWriter, ringSize } from './record-writer.js';

/* Loads and attaches BPF: needs root, or CAP_BPF and CAP_PERFMON. */

const headerSize = 8;

/** getppid, and where `struct pt_regs` keeps the number of a call. */
const getppid = { x64: { number: 110, offset: 120 }, arm64: { number: 173, offset: 280 } }[
  process.arch as 'x64' | 'arm64'
];

function createWriter(context: TestContext): RecordWriter<RingBuffer> {
  return new RecordWriter(context, 'ring', (map) => new RingBuffer(map));
}

test('records come in the order in which they were written, with exactly their bytes', (context) => {
  const writer = createWriter(context);
  assert.equal(writer.buffer.sizeBytes, ringSize);
  assert.deepEqual(writer.read(), []);
  const written = [1, 8, 9, 200, 0, 33].map((size, index) => pattern(index, size));
  for (const content of written) assert.equal(writer.write(content), 0);
  assert.deepEqual(writer.read(), written);
  assert.deepEqual(writer.read(), []);
});

test('discarded records are skipped', (context) => {
  const writer = createWriter(context);
  writer.discard();
  writer.write(pattern(1, 16));
  writer.discard();
  writer.discard();
  writer.write(pattern(2, 16));
  writer.discard();
  assert.deepEqual(writer.read(), [pattern(1, 16), pattern(2, 16)]);
  assert.equal(
    writer.buffer.consume(() => {}),
    0,
  );
});

test('a record that wraps at the end of the ring is read in one piece', (context) => {
  const writer = createWriter(context);
  let wrapped = 0;
  for (let round = 0; round < 50; round++) {
    const content = pattern(round, 1000 + round);
    assert.equal(writer.write(content), 0, `round ${round}`);
    writer.buffer.consume((view, offset, length) => {
      assert.deepEqual(copyOf(view, offset, length), content);
      assert.equal(view.getUint8(offset + length - 1), content.at(-1));
      if (offset < ringSize && offset + length > ringSize) wrapped += 1;
    });
  }
  assert.ok(wrapped >= 5, `${wrapped} records wrapped`);
});

test('a full ring refuses records until some were read', (context) => {
  const writer = createWriter(context);
  let written = 0;
  while (writer.write(pattern(written, 500)) === 0) written += 1;
  /* The kernel never fills a ring to the last byte. */
  assert.equal(written, Math.floor((ringSize - 1) / (504 + headerSize)));
  assert.equal(writer.write(pattern(0, 500)), -constants.errno.EAGAIN);
  assert.deepEqual(writer.read(1), [pattern(0, 500)]);
  assert.equal(writer.write(pattern(99, 500)), 0);
  assert.deepEqual(writer.read(), [
    ...Array.from({ length: written - 1 }, (_, index) => pattern(index + 1, 500)),
    pattern(99, 500),
  ]);
});

test('no more records are handed over than asked for, and the count is told', (context) => {
  const writer = createWriter(context);
  for (let index = 0; index < 5; index++) writer.write(pattern(index, 8));
  const take = (limit: number): number => writer.buffer.consume(() => {}, limit);
  assert.equal(take(2), 2);
  assert.equal(take(2), 2);
  assert.equal(take(2), 1);
  assert.equal(take(2), 0);
});

test('a reader that throws loses that record only', (context) => {
  const writer = createWriter(context);
  for (let index = 0; index < 3; index++) writer.write(pattern(index, 8));
  assert.throws(
    () =>
      writer.buffer.consume(() => {
        throw new Error('cannot be decoded');
      }),
    { message: 'cannot be decoded' },
  );
  assert.deepEqual(writer.read(), [pattern(1, 8), pattern(2, 8)]);
});

test('a second reader of the same ring goes on where the first one stopped', (context) => {
  const writer = createWriter(context);
  for (let index = 0; index < 3; index++) writer.write(pattern(index, 8));
  assert.deepEqual(writer.read(1), [pattern(0, 8)]);
  const found: Buffer[] = [];
  const second = new RingBuffer(writer.object.map('ring'));
  second.consume((view, offset, length) => found.push(copyOf(view, offset, length)));
  assert.deepEqual(found, [pattern(1, 8), pattern(2, 8)]);
});

test('what was mapped can still be read after the buffer was closed', (context) => {
  const writer = createWriter(context);
  writer.write(pattern(3, 8));
  let kept: { view: DataView; offset: number; length: number } | undefined;
  writer.buffer.consume((view, offset, length) => {
    kept = { view, offset, length };
  });
  writer.buffer.close();
  writer.buffer.close();
  writer.object.close();
  assert.ok(kept !== undefined);
  assert.deepEqual(copyOf(kept.view, kept.offset, kept.length), pattern(3, 8));
});

test('an attached program writes what this process did, in order and nothing else', (context) => {
  const writer = createWriter(context);
  const watched = writer.object.map('watched');
  watched.set(u32(0), u32(0, getppid.number, getppid.offset, 0));
  writer.object.program('watch_caller').testRun();
  const link = writer.object.program('on_exit').attachRawTracepoint('sys_exit');
  const parents = Array.from({ length: 100 }, () => process.ppid);
  link.destroy();
  link.destroy();
  void process.ppid;
  assert.deepEqual(
    writer.read(),
    parents.map((parent, index) => u32(index, parent)),
  );
});

test('a map that is no ring buffer is refused', (context) => {
  const writer = createWriter(context);
  assert.throws(() => new RingBuffer(writer.object.map('request')), { code: 'LIBBPF_FAILED' });
});
