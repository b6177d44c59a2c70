import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findSidekick } from '../../../src/delivery/sidekick/binary.js';
import { windowSize } from '../../../src/delivery/sidekick/destination.js';
import { createQueueDirectory } from '../entry-fixture.js';
import { createCertificate } from '../certificate-fixture.js';
import { freePort, startReceiver } from '../receiver.js';
import { add, standIn, startSidekick } from './sidekick-fixture.js';

test('findings are settled when the counters of all outputs have grown, and the child ends with Tracee', async (context) => {
  const { delivery, sent, messages, queue, close } = await startSidekick(context, ['slack', 'loki', 'smtp']);
  add(delivery, 40);
  const { destinations, queued } = await close(60_000);
  assert.equal(new Set(sent()).size, 40);
  assert.equal(sent().length, 40);
  assert.deepEqual([destinations[0]?.counts, queued], [{ delivered: 40, repeated: 0, refused: 0 }, 0]);
  assert.deepEqual(messages, []);
  assert.deepEqual(readdirSync(queue), []);
});

test('each death repeats one window at most, and loses nothing', async (context) => {
  const { delivery, sent, said, messages, close } = await startSidekick(context, ['slack', 'smtp'], {
    dieAt: '50',
  });
  add(delivery, 200);
  await said(/falcosidekick was ended by SIGKILL; it is started again/);
  const { destinations, queued } = await close(60_000);
  const deaths = Math.floor(sent().length / 49);
  assert.equal(new Set(sent()).size, 200);
  assert.equal(queued, 0);
  assert.ok(sent().length > 200 && sent().length <= 200 + windowSize * deaths, `${sent().length} were sent`);
  assert.ok((destinations[0]?.counts.repeated ?? 0) >= sent().length - 200);
  assert.ok(
    messages.every((message) => /was ended by SIGKILL/.test(message)),
    messages.join('\n'),
  );
});

test('an output that does not want a priority is not waited for', async (context) => {
  const { delivery, close } = await startSidekick(context, ['slack', 'quiet'], { mute: 'Loki' });
  add(delivery, 3);
  const { destinations } = await close(60_000);
  assert.deepEqual(destinations[0]?.counts, { delivered: 3, repeated: 0, refused: 0 });
});

test('for an output that fails, others get few repeats, and none once it is known to fail', async (context) => {
  const { delivery, sent, messages, close } = await startSidekick(context, ['slack', 'loki'], {
    fail: 'Loki',
  });
  add(delivery, windowSize * 3);
  const { destinations } = await close(60_000);
  assert.equal(new Set(sent()).size, windowSize * 3);
  assert.ok(sent().length <= windowSize * (3 + 2), `${sent().length} were sent`);
  assert.equal(destinations[0]?.counts.refused, windowSize * 3);
  const text = messages.join('\n');
  assert.match(text, /^falcosidekick says: Loki: Post "https:\/\/hooks\.example\.org\/\.\.\.": refused$/m);
  assert.match(text, /^Loki did not take \d+ findings?; what was sent is sent again$/m);
  assert.match(text, /^Loki did not get \d+ findings?, for good$/m);
});

test('where no output takes findings they wait, and reach it when it is mended', async (context) => {
  const { delivery, write, said, sent, close } = await startSidekick(context, ['slack'], { fail: 'Slack' });
  add(delivery, 3);
  await said(/Slack did not take \d findings?; what was sent is sent again/);
  write(['slack'], {});
  await said(/falcosidekick is started again: .* has changed/);
  const { destinations, queued } = await close(60_000);
  assert.deepEqual([destinations[0]?.counts.delivered, destinations[0]?.counts.refused, queued], [3, 0, 0]);
  assert.equal(new Set(sent()).size, 3);
});

test('an output that never tells what it did is named, and holds nobody up after that', async (context) => {
  const { delivery, messages, close } = await startSidekick(
    context,
    ['slack', 'loki'],
    { mute: 'Loki' },
    { confirmWithinMs: 2000 },
  );
  add(delivery, windowSize * 3);
  const { destinations } = await close(60_000);
  assert.equal(destinations[0]?.counts.delivered, windowSize * 3);
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? '', /^falcosidekick does not say what became of \d+ findings? for Loki$/);
});

test('an output that has nothing to tell is waited for not even once', async (context) => {
  const { delivery, messages, close } = await startSidekick(context, ['statsd'], { mute: 'StatsD' });
  add(delivery, 3);
  const { destinations, queued } = await close(60_000);
  assert.deepEqual([destinations[0]?.counts, queued], [{ delivered: 3, repeated: 0, refused: 0 }, 0]);
  assert.deepEqual(messages, []);
});

test('counters that grow less than this version of falcosidekick lets them are believed when they stand still', async (context) => {
  const { delivery, messages, close } = await startSidekick(context, ['kafka']);
  add(delivery, 3);
  const { destinations, queued } = await close(60_000);
  assert.deepEqual([destinations[0]?.counts, queued], [{ delivered: 3, repeated: 0, refused: 0 }, 0]);
  assert.deepEqual(messages, []);
});

test('an output that falcosidekick left out is named', async (context) => {
  const { delivery, messages, close, config } = await startSidekick(context, ['slack', 'loki'], {
    without: 'Loki',
  });
  add(delivery, 1);
  assert.equal((await close(60_000)).queued, 0);
  assert.deepEqual(messages, [`falcosidekick did not take all outputs of ${config}: Loki will get nothing`]);
});

test('what falcosidekick calls no finding is not offered again', async (context) => {
  const { delivery, messages, close } = await startSidekick(context, ['slack'], { refuse: 'yes' });
  add(delivery, 2);
  const { destinations, queued } = await close(60_000);
  assert.deepEqual([destinations[0]?.counts, queued], [{ delivered: 0, repeated: 0, refused: 2 }, 0]);
  assert.match(
    messages[0] ?? '',
    /^falcosidekick refused a finding of ".*": Please send a valid request body$/,
  );
});

test('a falcosidekick that ends at once with status 0 has failed, and findings wait', async (context) => {
  const { delivery, said, messages, close } = await startSidekick(context, ['slack'], { startEnds: 'yes' });
  add(delivery, 1);
  await said(/^falcosidekick ended with status 0; it is started again$/);
  assert.equal((await close(0)).queued, 1);
  assert.ok(messages.includes('falcosidekick says: something fatal'));
});

test('a port that another program has is told of, and nothing is sent there', async (context) => {
  const other = await startReceiver(context);
  const port = Number(other.url.port);
  const { delivery, said, close } = await startSidekick(context, ['slack'], {}, { port });
  add(delivery, 1);
  await said(new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: another program listens there`));
  assert.equal((await close(0)).queued, 1);
  assert.deepEqual(other.received, []);
});

test('a new file that is broken is told of, and the old one stays in force', async (context) => {
  const { delivery, write, said, sent, close } = await startSidekick(context, ['slack']);
  add(delivery, 1);
  write([], { 'x y': '[' });
  await said(/falcosidekick goes on with what .* said before/);
  add(delivery, 1);
  assert.equal((await close(60_000)).queued, 0);
  assert.equal(sent().length, 2);
});

test('falcosidekick gets a private copy of the file, loopback, and little of the environment', async (context) => {
  const environment = join(dirname(createQueueDirectory(context)), 'environment');
  const env = {
    ...process.env,
    DEBUG: 'x',
    SLACK_WEBHOOKURL: 'http://evil',
    NODE_OPTIONS: '',
    LOKI_PORT: 'tcp',
  };
  const { delivery, close, port } = await startSidekick(context, ['slack'], { environment }, { env });
  add(delivery, 1);
  await close(60_000);
  const told = JSON.parse(readFileSync(environment, 'utf8')) as {
    env: Record<string, string>;
    argv: string[];
  };
  assert.equal(told.env['LISTENADDRESS'], '127.0.0.1');
  assert.equal(told.env['LISTENPORT'], String(port));
  const unwanted = ['DEBUG', 'SLACK_WEBHOOKURL', 'NODE_OPTIONS', 'LOKI_PORT'];
  assert.deepEqual(
    unwanted.filter((name) => name in told.env),
    [],
  );
  assert.match(told.argv[3] ?? '', /\/private\/config\.yaml$/);
});

/** TLS for falcosidekick's own port, as the file of integrations has it. */
function tlsOf(context: TestContext, more: readonly string[]): string {
  const { path } = createCertificate(context);
  const lines = ['deploy: true', `certfile: ${path}`, `keyfile: ${join(dirname(path), 'key.pem')}`, ...more];
  return `tlsserver:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

test('a falcosidekick that speaks TLS gets findings by it', async (context) => {
  const { delivery, sent, close, messages } = await startSidekick(
    context,
    ['slack'],
    {},
    { tls: tlsOf(context, []) },
  );
  add(delivery, 2);
  assert.equal((await close(60_000)).queued, 0);
  assert.equal(sent().length, 2);
  assert.deepEqual(messages, []);
});

test('one that asks for certificates gets them on its port in the clear, where all paths are there', async (context) => {
  const clear = [`notlsport: ${await freePort()}`, 'mutualtls: true'];
  const all = tlsOf(context, [...clear, "notlspaths: ['/', '/metrics', '/healthz']"]);
  const good = await startSidekick(context, ['slack'], {}, { tls: all });
  add(good.delivery, 2);
  assert.equal((await good.close(60_000)).queued, 0);
  assert.deepEqual(good.messages, []);
});

test('where it does not let Tracee see what was delivered, findings wait, and the path is named', async (context) => {
  const clear = [`notlsport: ${await freePort()}`, 'mutualtls: true', "notlspaths: ['/']"];
  const { delivery, said, close, sent } = await startSidekick(
    context,
    ['slack'],
    {},
    { tls: tlsOf(context, clear), readyWithinMs: 3000 },
  );
  add(delivery, 1);
  await said(
    /^falcosidekick did not give an answer at \/metrics and \/healthz in time; it is started again$/,
  );
  assert.equal((await close(0)).queued, 1);
  assert.deepEqual(sent(), []);
});

test('falcosidekick is looked for where it is named, beside the runtime, then on PATH', (context) => {
  const [named, beside, onPath] = ['named', 'beside', 'path'].map((name) => {
    const directory = join(dirname(createQueueDirectory(context)), name);
    mkdirSync(directory, { mode: 0o755 });
    copyFileSync(standIn, join(directory, 'falcosidekick'));
    chmodSync(join(directory, 'falcosidekick'), 0o755);
    return directory;
  });
  assert.ok(named !== undefined && beside !== undefined && onPath !== undefined);
  const options = { beside: ['/nowhere', beside], searchPath: `/nowhere:${onPath}`, trustedUids: [] };
  const at = (directory: string): string => join(directory, 'falcosidekick');
  assert.equal(findSidekick({ ...options, named: at(named) }), at(named));
  assert.equal(findSidekick(options), at(beside));
  assert.equal(findSidekick({ ...options, beside: [] }), at(onPath));
  const missing = { code: 'SIDEKICK_MISSING' };
  assert.throws(() => findSidekick({ ...options, named: named }), {
    ...missing,
    message: /which is no program/,
  });
  assert.throws(() => findSidekick({ ...options, beside: [], searchPath: 'relative:' }), missing);
  chmodSync(at(onPath), 0o777);
  assert.equal(statSync(at(onPath)).mode & 0o777, 0o777);
  const message = /can be changed by others/;
  assert.throws(() => findSidekick({ ...options, beside: [] }), { ...missing, message });
});
