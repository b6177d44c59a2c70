import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { Delivery, type DeliveryOptions } from '../../src/delivery/delivery.js';
import { WebhookDestination } from '../../src/delivery/webhook-destination.js';
import { Webhook } from '../../src/delivery/webhook.js';
import type { FindingReport } from '../../src/output/finding.js';
import { createQueueDirectory } from './entry-fixture.js';
import { reportOn } from './finding-fixture.js';
import { freePort, startReceiver, type Received } from './receiver.js';

interface Started {
  delivery: Delivery;
  messages: string[];
}

/** Delivery to URLs, impatient. */
function start(
  directory: string,
  urls: readonly (URL | string)[],
  more: Partial<DeliveryOptions> = {},
): Started {
  const messages: string[] = [];
  const told = {
    onWarning: (error: Error) => messages.push(error.message),
    onInfo: (text: string) => {
      // Only a machine that is busy gets so far.
      if (!text.startsWith('delivering ')) messages.push(text);
    },
  };
  const delivery = new Delivery({
    queueDirectory: directory,
    isQueueRequired: true,
    bodies: new Map(),
    ...told,
    makeDestinations: () =>
      urls.map((url) => {
        const webhook = new Webhook({
          url: new URL(url),
          contentType: 'application/json',
          allowsLinkLocal: false,
        });
        const key = `webhook ${webhook.origin}`;
        return new WebhookDestination({ ...told, key, webhook, backoff: { firstMs: 5, maxMs: 20 } });
      }),
    ...more,
  });
  return { delivery, messages };
}

const report: FindingReport = reportOn();
const idsOf = (received: readonly Received[]): string[] =>
  received.map(({ body }) => {
    const payload = JSON.parse(body) as { output_fields: Record<string, string> };
    return payload.output_fields['tracee.finding.id'] ?? '';
  });

test('findings reach each receiver once and in their order, and leave nothing behind', async (context) => {
  const directory = createQueueDirectory(context);
  const one = await startReceiver(context);
  const other = await startReceiver(context);
  const { delivery, messages } = start(directory, [one.url, other.url]);
  for (let index = 0; index < 30; index++) delivery.add(report);
  const summary = await delivery.close(60_000);
  const ids = idsOf(one.received);
  assert.equal(new Set(ids).size, 30);
  assert.deepEqual(idsOf(other.received), ids);
  assert.deepEqual([summary.queued, summary.dropped], [0, 0]);
  const counts = { delivered: 30, repeated: 0, refused: 0 };
  assert.deepEqual(
    summary.destinations.map((each) => each.counts),
    [counts, counts],
  );
  assert.deepEqual(messages, []);
  assert.deepEqual(readdirSync(directory), []);
});

test('a receiver that is away gets everything at the next start, and one that is there is not sent it again', async (context) => {
  const directory = createQueueDirectory(context);
  const port = await freePort();
  const away = `http://127.0.0.1:${port}/hook`;
  const there = await startReceiver(context);
  const before = start(directory, [away, there.url]);
  for (let index = 0; index < 5; index++) before.delivery.add(report);
  await there.count(5);
  const summary = await before.delivery.close(0);
  assert.equal(summary.queued, 5);
  assert.match(before.messages.join('\n'), /takes no findings: .*ECONNREFUSED.*; they wait in the queue/);
  const back = await startReceiver(context, () => 200, { port });
  const after = start(directory, [away, there.url]);
  after.delivery.add(report);
  assert.equal((await after.delivery.close(60_000)).queued, 0);
  assert.match(after.messages.join(), /^5 findings of an earlier start to deliver first$/);
  assert.deepEqual(idsOf(back.received), idsOf(there.received));
  assert.equal(back.received.length, 6);
});

test('findings for a receiver that is not named any more are not sent to others', async (context) => {
  const directory = createQueueDirectory(context);
  const port = await freePort();
  const gone = start(directory, [`http://127.0.0.1:${port}/secret`]);
  gone.delivery.add(report);
  await gone.delivery.close(0);
  const { url, received } = await startReceiver(context);
  const { delivery, messages } = start(directory, [url]);
  await delivery.close(0);
  assert.deepEqual(received, []);
  assert.deepEqual(messages, [
    `findings in ${directory} wait for what is not asked for now: webhook http://127.0.0.1:${port}`,
  ]);
});

test('failures are tried again until the finding is taken, and what may be a repeat is counted', async (context) => {
  const { url, received } = await startReceiver(context, (index) =>
    index < 2 ? 503 : index === 2 ? 'reset' : 200,
  );
  const { delivery, messages } = start(createQueueDirectory(context), [url]);
  delivery.add(report);
  const { destinations } = await delivery.close(60_000);
  assert.deepEqual(destinations[0]?.counts, { delivered: 1, repeated: 1, refused: 0 });
  assert.equal(new Set(idsOf(received)).size, 1);
  assert.equal(received.length, 4);
  assert.deepEqual(messages, [
    `webhook ${url.origin}/... takes no findings: the answer was 503; they wait in the queue`,
    `webhook ${url.origin}/... takes findings again`,
  ]);
});

test('a finding that is refused again and again is given up with what was said, and the next is sent', async (context) => {
  const { url, received } = await startReceiver(context, (index) =>
    index < 3 ? { status: 400, body: 'bad text' } : 200,
  );
  const { delivery, messages } = start(createQueueDirectory(context), [url]);
  delivery.add(report);
  delivery.add(report);
  const { destinations, queued } = await delivery.close(60_000);
  assert.equal(received.length, 4);
  assert.deepEqual([destinations[0]?.counts, queued], [{ delivered: 1, repeated: 0, refused: 1 }, 0]);
  const [message] = messages;
  assert.match(message ?? '', /refused a finding of "[^"]+" 3 times: the answer was 400: bad text$/);
});

test('a template gives the body for its receiver alone', async (context) => {
  const plain = await startReceiver(context);
  const shaped = await startReceiver(context);
  const bodies = new Map([[`webhook ${shaped.url.origin}`, () => 'shaped']]);
  const { delivery } = start(createQueueDirectory(context), [plain.url, shaped.url], { bodies });
  delivery.add(report);
  await delivery.close(60_000);
  assert.equal(idsOf(plain.received).length, 1);
  assert.deepEqual(
    shaped.received.map(({ body }) => body),
    ['shaped'],
  );
});

test('who waits for the end is told after a moment what it waits for', async (context) => {
  const { url } = await startReceiver(context, () => 'hang');
  const told: string[] = [];
  const onInfo = (text: string): void => {
    told.push(text);
  };
  const { delivery } = start(createQueueDirectory(context), [url], { onInfo });
  delivery.add(report);
  await delivery.close(3000);
  assert.deepEqual(told, ['delivering 1 finding before the end, for 3 s at most']);
});

test('the end does not wait for a receiver that hangs longer than it was told', async (context) => {
  const { url, count } = await startReceiver(context, () => 'hang');
  const { delivery } = start(createQueueDirectory(context), [url]);
  delivery.add(report);
  await count(1);
  assert.equal((await delivery.close(10)).queued, 1);
});

function unusable(context: TestContext): string {
  const directory = createQueueDirectory(context);
  mkdirSync(directory);
  chmodSync(directory, 0o777);
  return directory;
}

test('a queue that others could change is refused where it was named, else findings wait in memory', async (context) => {
  const { url, received } = await startReceiver(context);
  const directory = unusable(context);
  assert.throws(() => start(directory, [url]), { code: 'QUEUE_UNUSABLE' });
  const { delivery, messages } = start(directory, [url], { isQueueRequired: false });
  delivery.add(report);
  await delivery.close(60_000);
  assert.equal(received.length, 1);
  assert.match(messages.join(), /has mode 0777, .*; they wait in memory, and end with it$/);
  assert.deepEqual(readdirSync(directory), []);
});

test('what waits in memory only and is not delivered is lost, and counted as such', async (context) => {
  const away = `http://127.0.0.1:${await freePort()}`;
  const { delivery } = start(unusable(context), [away], { isQueueRequired: false });
  delivery.add(report);
  const { queued, dropped } = await delivery.close(0);
  assert.deepEqual([queued, dropped], [0, 1]);
});

test('a receiver that comes back in the middle gets everything', async (context) => {
  const ids: string[] = [];
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        ids.push(...idsOf([{ url: '', headers: {}, body }]));
        if (ids.length % 7 === 0) server.closeAllConnections();
        else response.end();
      });
    });
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return server;
  };
  const port = await freePort();
  const { delivery } = start(createQueueDirectory(context), [`http://127.0.0.1:${port}`]);
  let server = await listen(port);
  for (let round = 0; round < 5; round++) {
    for (let index = 0; index < 20; index++) delivery.add(report);
    while (ids.length < round * 15) await new Promise((resolve) => setImmediate(resolve));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    server = await listen(port);
  }
  const { destinations, queued } = await delivery.close(60_000);
  server.closeAllConnections();
  server.close();
  const counts = destinations[0]?.counts;
  assert.deepEqual([counts?.delivered, queued], [100, 0]);
  assert.equal(new Set(ids).size, 100);
  assert.ok(ids.length <= 100 + (counts?.repeated ?? 0));
});
