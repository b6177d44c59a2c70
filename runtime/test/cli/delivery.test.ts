import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { windowSize } from '../../src/delivery/sidekick/destination.js';
import { eventToJson } from '../../src/output/event-json.js';
import { createQueueDirectory } from '../delivery/entry-fixture.js';
import { freePort, startReceiver, type Received } from '../delivery/receiver.js';
import { recordedEvent } from '../events/record-encoder.js';
import { runProgram, type Outcome } from './program.js';

const script = fileURLToPath(new URL('../../dist/cli/tracee-rules.js', import.meta.url));

/** A process that asks to be traced, under a name that JSON must escape. */
const line = (comm = String.raw`a"b\c`): string =>
  `${eventToJson(recordedEvent({ event: 'ptrace', fields: { comm, host_pid: 7, ns_pid: 7 }, args: { request: 0 } }))}\n`;

/** Each finding for itself, and with patience for a machine that has other things to do. */
const each = [
  ...['--rules', 'TRC-2', '--dedup-window', '0', '--rate-limit', 'off'],
  ...['--delivery-timeout', '60'],
];

function start(args: readonly string[]): { child: ChildProcess; ended: Promise<Outcome> } {
  const child = spawn(process.execPath, [script, ...each, ...args]);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...output }));
  return { child, ended };
}

function run(args: readonly string[], input: string): Promise<Outcome> {
  const { child, ended } = start(args);
  child.stdin?.end(input);
  return ended;
}

function idOf({ body }: Received): string | undefined {
  const payload = JSON.parse(body) as { output_fields: Record<string, string> };
  return payload.output_fields['tracee.finding.id'];
}

function templateIn(context: TestContext, text: string): string {
  const path = `${createQueueDirectory(context)}.tmpl`;
  writeFileSync(path, text);
  return path;
}

test('findings are sent where they are printed, and what came of it is told at the end', async (context) => {
  const { url, received } = await startReceiver(context);
  const queue = createQueueDirectory(context);
  const outcome = await run(['--webhook', url.href, '--queue-dir', queue], line());
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stdout, /^HIGH TRC-2/);
  assert.equal(received.length, 1);
  const [one] = received;
  assert.equal(one?.headers['content-type'], 'application/json');
  assert.equal((JSON.parse(one.body) as { priority: string }).priority, 'Error');
  assert.ok(outcome.stderr.includes(`tracee: webhook ${url.origin}/...: 1 delivered\n`), outcome.stderr);
});

test('values in a template of JSON are escaped, and other types get them as text', async (context) => {
  const { url, received } = await startReceiver(context);
  const template = templateIn(context, '{"text": "{{.Context.ProcessName}} did it", "all": {{json .Data}}}');
  const queue = ['--queue-dir', createQueueDirectory(context)];
  const args = ['--webhook', url.href, '--webhook-template', template, ...queue];
  await run(args, line());
  await run([...args, '--webhook-content-type', 'text/plain; charset=utf-8'], line());
  const [json, text] = received;
  assert.equal((JSON.parse(json?.body ?? '') as { text: string }).text, String.raw`a"b\c did it`);
  assert.match(text?.body ?? '', /^\{"text": "a"b\\c did it", /);
  assert.equal(text?.headers['content-type'], 'text/plain; charset=utf-8');
});

test('a template that makes no JSON where it should is told of once', async (context) => {
  const { url } = await startReceiver(context);
  const template = templateIn(context, '{{.Context.ProcessName}}');
  const queue = ['--queue-dir', createQueueDirectory(context)];
  const args = ['--webhook', url.href, '--webhook-template', template, ...queue];
  const { stderr } = await run(args, line() + line());
  assert.equal(stderr.match(/what .* makes of a finding is no JSON/g)?.length, 1, stderr);
});

test('a finding that the template cannot tell is sent as without a template, and the reason is told', async (context) => {
  const { url, received } = await startReceiver(context);
  const template = templateIn(context, '{"text": "{{index .Facts 99}}"}');
  const queue = ['--queue-dir', createQueueDirectory(context)];
  const args = ['--webhook', url.href, '--webhook-template', template, ...queue];
  const { status, stderr } = await run(args, line());
  assert.equal(status, 0, stderr);
  assert.match(
    stderr,
    /warning: \S+\.tmpl:1: index: 99 is out of range; webhooks get this finding as they do without a template/,
  );
  assert.deepEqual(
    received.map(idOf).map((id) => typeof id),
    ['string'],
  );
});

const mistakes: readonly [what: string, args: string[], message: RegExp][] = [
  ['an address that is none', ['--webhook', 'hooks secret'], /the address of webhook 1 is no URL/],
  ['another scheme', ['--webhook', 'ftp://secret'], /webhook 1 is for ftp, and webhooks speak http or https/],
  [
    'a header in a type',
    ['--webhook', 'http://h/secret', '--webhook-content-type', 'text/plain\r\nX-Evil: 1'],
    /"text\/plain\\x0d\\x0aX-Evil: 1" is no content type/,
  ],
  [
    'a template for no webhook',
    ['--webhook-template', 'x.tmpl'],
    /--webhook-template says how webhooks get findings, but --webhook names none/,
  ],
  [
    'a template that is not there',
    ['--webhook', 'http://h/secret', '--webhook-template', '/no/such.tmpl'],
    /the template \/no\/such\.tmpl cannot be read/,
  ],
  [
    'a file of certificates that has none',
    ['--webhook', 'https://h/secret', '--webhook-ca', '/etc/passwd'],
    /\/etc\/passwd has no certificate/,
  ],
  ['a timeout that is none', ['--delivery-timeout', 'long'], /A timeout is a whole number of seconds/],
];

for (const [what, args, message] of mistakes) {
  test(`${what} is refused with status 2 before anything is read, and no secret is told`, () => {
    const outcome = runProgram('tracee-rules', args);
    assert.equal(outcome.status, 2, outcome.stderr);
    assert.match(outcome.stderr, message);
    assert.ok(!outcome.stderr.includes('secret'), outcome.stderr);
  });
}

function filesIn(queue: string): string[] {
  if (!existsSync(queue)) return [];
  return readdirSync(queue).flatMap((spool) =>
    readdirSync(join(queue, spool)).filter((name) => /^\d{12}-[0-9a-f-]{36}$/.test(name)),
  );
}

test('what is in the queue when the program is killed is delivered at the next start', async (context) => {
  const queue = createQueueDirectory(context);
  const port = await freePort();
  const args = ['--webhook', `http://127.0.0.1:${port}`, '--queue-dir', queue];
  const { child, ended } = start(args);
  child.stdin?.write(line().repeat(100));
  while (filesIn(queue).length < 100) await sleep(20);
  const queued = new Set(filesIn(queue).map((name) => name.slice('000000000001-'.length)));
  child.kill('SIGKILL');
  await ended;
  const { received } = await startReceiver(context, () => 200, { port });
  const outcome = await run(args, '');
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stderr, /100 findings of an earlier start to deliver first/);
  assert.deepEqual(new Set(received.map(idOf)), queued);
  assert.equal(received.length, 100);
  assert.deepEqual(readdirSync(queue), []);
});

test('a program that is killed while it delivers loses nothing, and repeats one finding at most', async (context) => {
  const queue = createQueueDirectory(context);
  const { url, received, count } = await startReceiver(context);
  const args = ['--webhook', url.href, '--queue-dir', queue];
  const { child, ended } = start(args);
  child.stdin?.write(line().repeat(300));
  await count(50);
  child.kill('SIGKILL');
  await ended;
  const left = filesIn(queue).length;
  const before = received.length;
  const outcome = await run(args, '');
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.equal(received.length - before, left);
  const ids = received.map(idOf);
  assert.ok(ids.length - new Set(ids).size <= 1);
  assert.deepEqual(readdirSync(queue), []);
});

test('the queue is beside the objects where nothing else is said', async (context) => {
  const { url } = await startReceiver(context);
  const directory = dirname(createQueueDirectory(context));
  const child = spawn(process.execPath, [script, ...each, '--webhook', url.href], {
    env: { ...process.env, TRACEE_INSTALL_PATH: directory },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.end(line());
  await once(child, 'close');
  assert.deepEqual(readdirSync(directory), ['queue']);
});

const standIn = fileURLToPath(new URL('../delivery/sidekick/stand-in.mjs', import.meta.url));
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** An environment with a file of integrations. */
async function integrations(context: TestContext, text: string): Promise<NodeJS.ProcessEnv> {
  const file = `${createQueueDirectory(context)}.yaml`;
  writeFileSync(file, `listenport: ${await freePort()}\n${text}`, { mode: 0o600 });
  return { ...process.env, TRACEE_WEBHOOK_CONFIG: file, TRACEE_WEBHOOK_EXE: standIn };
}

function portOf(env: NodeJS.ProcessEnv): number {
  const text = readFileSync(env['TRACEE_WEBHOOK_CONFIG'] ?? '', 'utf8');
  return Number(/listenport: (?<port>\d+)/.exec(text)?.groups?.['port']);
}

const slack = 'slack:\n  webhookurl: http://127.0.0.1:9/secret\n';

function runWith(
  env: NodeJS.ProcessEnv,
  program: string,
  args: readonly string[],
  input = '',
): Promise<Outcome> {
  const child = spawn(process.execPath, [program, ...args], { env });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  child.stdin.end(input);
  return once(child, 'close').then(([status]) => ({ status: status as number | null, ...output }));
}

test('a file of integrations that is named and not there, or wrong, ends the program before it begins', async () => {
  const env = { ...process.env, TRACEE_WEBHOOK_CONFIG: '/no/such.yaml' };
  const outcome = await runWith(env, script, each, line());
  assert.equal(outcome.status, 2);
  assert.equal(outcome.stdout, '');
  assert.match(outcome.stderr, /\/no\/such\.yaml/);
  const left = await runWith(env, script, [...each, '--no-integrations'], line());
  assert.equal(left.status, 0, left.stderr);
});

test('a file of integrations without a falcosidekick is refused with how to get one', async (context) => {
  const env = { ...(await integrations(context, slack)), TRACEE_WEBHOOK_EXE: '/no/falcosidekick' };
  const outcome = await runWith(env, script, each, line());
  assert.equal(outcome.status, 2);
  assert.match(
    outcome.stderr,
    /TRACEE_WEBHOOK_EXE names \/no\/falcosidekick, which is no program\n {2}the images have it/,
  );
});

test('--test-integrations says of each output and webhook what came of it, and its status whether all have it', async (context) => {
  const { url, received } = await startReceiver(context);
  const template = templateIn(context, '{"text": "{{.Summary}}"}');
  const webhook = ['--webhook', url.href, '--webhook-template', template];
  const env = await integrations(context, slack);
  // Another Tracee that runs with the same file has its port.
  const running = createServer().listen(portOf(env), '127.0.0.1');
  await once(running, 'listening');
  const good = await runWith(env, main, ['--test-integrations', ...webhook]);
  running.close();
  assert.equal(good.status, 0, good.stderr);
  assert.match(
    good.stdout,
    /^OUTPUT +RESULT\nSlack +delivered\nwebhook http:\/\/127\.0\.0\.1:\d+\/\.\.\. +delivered\n$/,
  );
  assert.equal(received[0]?.body, '{"text": "sent on request, nothing was detected"}');
  const failing = await integrations(context, `${slack}customfields:\n  fail: Slack\n`);
  const bad = await runWith(failing, main, [
    '--test-integrations',
    '--webhook',
    `http://127.0.0.1:${await freePort()}`,
  ]);
  assert.equal(bad.status, 1);
  assert.match(
    bad.stdout,
    /^Slack +Post "https:\/\/hooks\.example\.org\/\.\.\.": refused\nwebhook \S+ +.*ECONNREFUSED/m,
  );
  const idle = await runWith({ ...process.env, TRACEE_INSTALL_PATH: '/no/such' }, main, [
    '--test-integrations',
  ]);
  assert.equal(idle.status, 2);
  assert.match(idle.stderr, /there is nothing to test/);
});

function processesOf(config: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(config);
    } catch {
      return false; // it ended meanwhile
    }
  });
}

test('a program that is killed takes falcosidekick with it, and its findings arrive at the next start', async (context) => {
  const record = `${createQueueDirectory(context)}.record`;
  const env = await integrations(context, `${slack}customfields:\n  record: ${record}\n`);
  const port = portOf(env);
  const args = [...each, '--queue-dir', createQueueDirectory(context)];
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.write(line().repeat(400));
  const sent = (): string[] => (existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : []);
  while (sent().length < 100) await sleep(5);
  child.kill('SIGKILL');
  await once(child, 'close');
  while (processesOf(`LISTENPORT=${port}\0`).length > 0) await sleep(10);
  const left = filesIn(args.at(-1) ?? '');
  const before = sent().length;
  const outcome = await runWith(env, script, args);
  assert.equal(outcome.status, 0, outcome.stderr);
  const ids = sent().map((body) => idOf({ url: '', headers: {}, body }));
  const queued = new Set(left.map((name) => name.slice('000000000001-'.length)));
  assert.ok(queued.size > 0);
  assert.deepEqual(queued, new Set(ids.slice(before)));
  assert.ok(ids.length - new Set(ids).size <= windowSize, 'one window is repeated at most');
  assert.deepEqual(filesIn(args.at(-1) ?? ''), []);
});
