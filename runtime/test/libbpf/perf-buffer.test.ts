import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test, type TestContext } from 'node:test';
import { PerfBuffer, type PerfBufferOptions } from '../../src/libbpf/index.js';
import { copyOf, pattern, RecordWriter } from './record-writer.js';

/*
 * Loads BPF and opens perf events: needs root, or CAP_BPF and CAP_PERFMON. A record goes to the CPU that the
 * test happens to run on, so that only what one CPU gets is in order.
 */

function createWriter(
  context: TestContext,
  options: Partial<PerfBufferOptions> = {},
): RecordWriter<PerfBuffer> {
  return new RecordWriter(
    context,
    'perf',
    (map) => new PerfBuffer(map, { sizeBytes: 4096, wakeupEvents: 1, ...options }),
  );
}

function sorted(records: readonly Buffer[]): Buffer[] {
  return records.toSorted((a, b) => a.compare(b));
}

/** The kernel fills a sample up to a multiple of 8 bytes with the 4 that hold its length. */
function isPadded(record: Buffer, content: Buffer): boolean {
  return (
    record.length === ((content.length + 4 + 7) & ~7) - 4 &&
    record.subarray(0, content.length).equals(content)
  );
}

test('all records come, with their bytes and less than 8 of padding', (context) => {
  const writer = createWriter(context);
  assert.deepEqual(writer.read(), []);
  for (const size of [1, 4, 8, 9, 33, 200, 1000]) {
    const content = pattern(size, size);
    assert.equal(writer.write(content), 0);
    const [record, ...others] = writer.read();
    assert.ok(record !== undefined && isPadded(record, content), `${size} bytes`);
    assert.deepEqual(others, []);
  }
  const written = Array.from({ length: 10 }, (_, index) => pattern(index, 12));
  for (const content of written) writer.write(content);
  assert.deepEqual(sorted(writer.read()), sorted(written));
});

test('a record that goes on at the start of the buffer is read in one piece', (context) => {
  const writer = createWriter(context);
  let copied = 0;
  for (let round = 0; round < 100; round++) {
    const content = pattern(round, 1000);
    assert.equal(writer.write(content), 0, `round ${round}`);
    const count = writer.buffer.consume((view, offset, length) => {
      assert.ok(isPadded(copyOf(view, offset, length), content), `round ${round}`);
      if (view.byteLength < 4096) copied += 1;
    });
    assert.equal(count, 1);
  }
  assert.ok(copied >= 5, `${copied} records wrapped`);
});

test('a full buffer refuses records until some were read, and tells how many', (context) => {
  const writer = createWriter(context);
  let written = 0;
  let refused = 0;
  for (let index = 0; index < 50; index++) {
    const outcome = writer.write(pattern(index, 500));
    if (outcome === 0) written += 1;
    else {
      assert.equal(outcome, -constants.errno.ENOSPC);
      refused += 1;
    }
  }
  assert.ok(written > 0 && refused > 0, `${written} written, ${refused} refused`);
  assert.equal(writer.read().length, written);
  /* The kernel tells of losses with the next record that finds room, on each CPU. */
  for (let index = 0; index < 200 && writer.buffer.lostRecords < refused; index++) {
    writer.write(pattern(index, 8));
    writer.read();
  }
  assert.ok(writer.buffer.lostRecords > 0);
  assert.ok(writer.buffer.lostRecords <= refused);
});

test('no more records are handed over than asked for, whatever CPU they are from', (context) => {
  const writer = createWriter(context);
  for (let index = 0; index < 5; index++) writer.write(pattern(index, 12));
  const take = (limit: number): number => writer.buffer.consume(() => {}, limit);
  assert.equal(take(2), 2);
  assert.equal(take(2), 2);
  assert.equal(take(2), 1);
  assert.equal(take(2), 0);
});

test('a closed buffer hands over nothing, and closing twice is harmless', (context) => {
  const writer = createWriter(context);
  writer.write(pattern(0, 12));
  writer.buffer.close();
  writer.buffer.close();
  assert.deepEqual(writer.read(), []);
});

test('a size that is no power of two, or less than a page, is refused with the size', (context) => {
  for (const sizeBytes of [5000, 2048, 0, -4096, Number.NaN]) {
    assert.throws(() => createWriter(context, { sizeBytes }), {
      name: 'RangeError',
      message: `a perf buffer has a power of two of bytes and at least a page, not ${sizeBytes}`,
    });
  }
});
