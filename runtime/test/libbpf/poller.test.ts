import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { PerfBuffer, Poller, RingBuffer, type RecordBuffer } from '../../src/libbpf/index.js';
import { pattern, RecordWriter } from './record-writer.js';

/* Loads BPF: needs root, or CAP_BPF and CAP_PERFMON. */

const longMs = 60_000;

function createPoller(context: TestContext, fds: readonly number[] = []): Poller {
  const poller = new Poller(fds);
  context.after(() => poller.close());
  return poller;
}

const writers: Readonly<Record<string, (context: TestContext) => RecordWriter<RecordBuffer>>> = {
  ring: (context) => new RecordWriter(context, 'ring', (map) => new RingBuffer(map)),
  perf: (context) =>
    new RecordWriter(context, 'perf', (map) => new PerfBuffer(map, { sizeBytes: 4096, wakeupEvents: 1 })),
};

for (const [kind, createWriter] of Object.entries(writers)) {
  test(`a wait ends when a record comes to a ${kind} buffer`, async (context) => {
    const writer = createWriter(context);
    const poller = createPoller(context, writer.buffer.fds);
    const waiting = poller.wait(longMs);
    writer.write(pattern(0, 12));
    assert.equal(await waiting, 'readable');
    assert.equal(writer.read().length, 1);
  });

  test(`a wait for what is in a ${kind} buffer already ends at once`, async (context) => {
    const writer = createWriter(context);
    const poller = createPoller(context, writer.buffer.fds);
    writer.write(pattern(0, 12));
    assert.equal(await poller.wait(longMs), 'readable');
  });
}

test('a wait without an end to it ends when time is up', async (context) => {
  assert.equal(await createPoller(context).wait(10), 'timeout');
});

test('a wait ends when it is woken, also where that came first, and the next one waits again', async (context) => {
  const poller = createPoller(context);
  const waiting = poller.wait(longMs);
  poller.wake();
  assert.equal(await waiting, 'woken');
  poller.wake();
  poller.wake();
  assert.equal(await poller.wait(longMs), 'woken');
  assert.equal(await poller.wait(10), 'timeout');
});

test('closing ends a wait, may be repeated, and nothing waits or wakes after it', async () => {
  const poller = new Poller([]);
  const waiting = poller.wait(longMs);
  await poller.close();
  assert.equal(await waiting, 'woken');
  await poller.close();
  poller.wake();
  assert.equal(await poller.wait(longMs), 'woken');
});

test('what cannot be waited for is refused', () => {
  assert.throws(() => new Poller([-1]), { code: 'LIBBPF_FAILED', errnoName: 'EBADF' });
});
