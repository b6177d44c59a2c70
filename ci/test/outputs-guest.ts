/**
 * Every kind of output that falcosidekick has for one of the original's integrations, each with a receiver on
 * loopback. Runs in namespaces of its own (`integrations.slow.test.ts` makes them), where two names of the world
 * lead to loopback too. `TEST_SIDEKICK` is the program.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Severity } from '../../runtime/src/detection/rule.js';
import {
  readIntegrations,
  wantsPayload,
  type Integrations,
} from '../../runtime/src/delivery/integrations.js';
import { findingToPayload, type Payload } from '../../runtime/src/delivery/payload.js';
import { createCertificate } from '../../runtime/test/delivery/certificate-fixture.js';
import { clockOffset, reportOn, sample } from '../../runtime/test/delivery/finding-fixture.js';
import { startReceiver, type Receiver } from '../../runtime/test/delivery/receiver.js';
import { root, tracee } from '../../test/e2e/harness.js';
import { startMailReceiver, startStatsdReceiver, type Mail } from './receivers.js';

const program = process.env['TEST_SIDEKICK'] ?? assert.fail('TEST_SIDEKICK names no program');

const hostile = [
  '<script>alert(1)</script>',
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007',
  'x\r\nBcc: everyone@example.com\r\n\r\n.\r\nbody',
  '<!channel> <http://evil.example|click> @everyone @here',
  '![picture](http://evil.example/x.png)',
  '\u202egpj.exe',
  '/x'.repeat(2000),
];
// oxlint-disable-next-line no-control-regex -- that there are none is what is shown
const forbidden = /<script|\u001b|\u0007|<!channel|<http|@everyone|@here|\]\(http|\u202e/;

/** One finding of each severity, and one for each hostile text; `case-3.` tells which. */
function makePayloads(): Payload[] {
  const severities: Severity[] = ['info', 'low', 'medium', 'high', 'critical'];
  const cases = [
    ...severities.map((severity) => ({ severity, text: 'ordinary' })),
    ...hostile.map((text) => ({ severity: 'high' as const, text })),
  ];
  return cases.map(({ severity, text }, index) => {
    const report = reportOn(
      {
        event: 'execve',
        executable: { bytes: `/opt/${text}` },
        fields: { ...sample.fields, comm: text.slice(0, 15) },
        args: { pathname: { bytes: text }, argv: { bytes: `${text}\0` } },
      },
      { summary: `case-${index}. ${text}`, facts: [text, 'the second fact'] },
      { severity },
    );
    return findingToPayload(report, randomUUID(), clockOffset);
  });
}

interface Receivers {
  readonly byKey: ReadonlyMap<string, Receiver>;
  readonly mails: readonly Mail[];
  readonly metrics: readonly string[];
  readonly file: string;
  /** Vouches for the receivers with names of the world. */
  readonly authority: string;
}

/** Starts a receiver for each output, and writes the file that leads to them. */
async function startReceivers(context: TestContext, directory: string): Promise<Receivers> {
  const names = ['DNS:events.pagerduty.com', 'DNS:api.opsgenie.com'];
  const certificate = createCertificate(context, names);
  const byKey = new Map<string, Receiver>();
  for (const key of ['slack', 'mattermost', 'teams', 'datadog', 'elasticsearch', 'loki', 'webhook']) {
    byKey.set(key, await startReceiver(context, () => (key === 'elasticsearch' ? 201 : 200)));
  }
  // The library behind the output for PagerDuty reads this answer.
  const taken = {
    status: 202,
    body: '{"status": "success", "message": "Event processed", "dedup_key": "1"}',
  };
  const fixed = await startReceiver(context, () => taken, { port: 443, tls: certificate });
  const [mail, statsd] = [await startMailReceiver(), await startStatsdReceiver()];
  context.after(() => {
    mail.close();
    statsd.close();
  });
  const urlOf = (key: string): string => byKey.get(key)?.url.origin ?? assert.fail(key);
  const file = join(directory, 'integrations-config.yaml');
  writeFileSync(
    file,
    `
tlsclient: {cacertfile: ${certificate.path}}
slack: {webhookurl: "${urlOf('slack')}/services/x", minimumpriority: warning}
mattermost: {webhookurl: "${urlOf('mattermost')}/hooks/x"}
teams: {webhookurl: "${urlOf('teams')}/x"}
datadog: {apikey: k, host: "${urlOf('datadog')}"}
elasticsearch: {hostport: "${urlOf('elasticsearch')}"}
loki: {hostport: "${urlOf('loki')}"}
webhook: {address: "${urlOf('webhook')}/hook"}
pagerduty: {routingkey: k, minimumpriority: error}
opsgenie: {apikey: k, minimumpriority: error}
statsd: {forwarder: "127.0.0.1:${statsd.port}"}
smtp:
  hostport: 127.0.0.1:${mail.port}
  from: tracee@example.com
  to: a@example.com
  tls: false
  authmechanism: none
`,
  );
  byKey.set('pagerduty', fixed);
  byKey.set('opsgenie', fixed);
  return { byKey, mails: mail.mails, metrics: statsd.lines, file, authority: certificate.path };
}

/** Starts the program and waits until it is ready; resolves to what it says so far. */
async function startSidekick(context: TestContext, { file, authority }: Receivers): Promise<() => string> {
  // Not all outputs look at `tlsclient`.
  const env = { PATH: process.env['PATH'], LISTENADDRESS: '127.0.0.1', SSL_CERT_FILE: authority };
  const child = spawn(program, ['--config-file', file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  context.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await until('falcosidekick is ready', async () => {
    assert.equal(child.exitCode, null, said);
    const response = await fetch('http://127.0.0.1:2801/healthz').catch(() => undefined);
    return response?.ok === true;
  });
  return () => said;
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    assert.ok(tries < 600, `not within a minute: ${what}`);
    await sleep(100);
  }
}

/** All text in a body, without the escapes of JSON. */
function textsIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textsIn).join('\n');
}

function labelOf(payload: Payload): string {
  return /case-\d+\./.exec(payload.output)?.[0] ?? assert.fail(payload.output);
}

function labelsWanted({ outputs }: Integrations, key: string, payloads: readonly Payload[]): string[] {
  const output = outputs.find((one) => one.key === key) ?? assert.fail(`${key} is no output`);
  return payloads.filter(({ priority }) => wantsPayload(output, priority)).map(labelOf);
}

function labelsIn(texts: readonly string[]): string[] {
  return texts.map((text) => /case-\d+\./.exec(text)?.[0] ?? assert.fail(`no finding in: ${text}`));
}

test('each output gets each finding that it is to get, whole and harmless', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-outputs-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const receivers = await startReceivers(context, directory);
  const { byKey, mails, metrics, file } = receivers;
  const integrations = readIntegrations(file, { trustedUids: [] });
  const said = await startSidekick(context, receivers);
  const payloads = makePayloads();

  const enabled = /Enabled Outputs ?: ?\[(?<names>.*)\]/.exec(said())?.groups?.['names'] ?? said();
  assert.deepEqual(new Set(enabled.split(' ')), new Set(integrations.outputs.map(({ name }) => name)));

  for (const payload of payloads) {
    const response = await fetch('http://127.0.0.1:2801/', { method: 'POST', body: JSON.stringify(payload) });
    assert.equal(response.status, 200, `${payload.output}: ${await response.text()}`);
  }

  const fixed = labelsWanted(integrations, 'pagerduty', payloads);
  for (const [key, { received }] of byKey) {
    const wanted =
      key === 'pagerduty' || key === 'opsgenie'
        ? [...fixed, ...fixed]
        : labelsWanted(integrations, key, payloads);
    await until(`${key} has ${wanted.length} requests`, () => received.length >= wanted.length);
    const texts = received.map(({ body }) => textsIn(JSON.parse(body)));
    assert.deepEqual(labelsIn(texts).toSorted(), wanted.toSorted(), key);
    for (const text of texts) assert.doesNotMatch(text, forbidden, key);
    context.diagnostic(`${key}: ${received.length} requests, the first to ${received[0]?.url}`);
  }
  const hosts = byKey.get('pagerduty')?.received.map(({ headers }) => headers.host) ?? [];
  assert.deepEqual(new Set(hosts), new Set(['events.pagerduty.com', 'api.opsgenie.com']));

  // Forwarded as it is: nothing was cut.
  for (const { body } of byKey.get('webhook')?.received ?? []) {
    const told = JSON.parse(body) as Payload;
    const sent = payloads.find(({ output }) => output === told.output) ?? assert.fail(told.output);
    // Another output may have added one to the same mapping.
    for (const [key, value] of Object.entries(sent.output_fields))
      assert.equal(told.output_fields[key], value);
    assert.equal(Date.parse(told.time), Date.parse(sent.time));
    assert.deepEqual([told.rule, told.priority, told.hostname], [sent.rule, sent.priority, sent.hostname]);
  }

  await until('all mails are there', () => mails.length >= payloads.length);
  assert.deepEqual(
    labelsIn(mails.map(({ headers }) => headers.join('\n'))).toSorted(),
    payloads.map(labelOf).toSorted(),
  );
  for (const { headers, to } of mails) {
    assert.deepEqual(to, ['a@example.com']);
    assert.ok(
      headers.every((line) => /^[A-Za-z-]+: /.test(line) && !line.startsWith('Bcc')),
      headers.join('\n'),
    );
    assert.match(headers.join('\n'), /^Subject: \[[A-Z][a-z]+\] [\d:.]+: /m);
  }
  const accepted = /^falcosidekick\.falco\.accepted:/;
  await until('StatsD has all metrics', () => {
    return metrics.filter((line) => accepted.test(line)).length >= payloads.length;
  });

  const scraped = await (await fetch('http://127.0.0.1:2801/metrics')).text();
  const valueOf = (metric: string, ...labels: readonly string[]): number =>
    scraped
      .split('\n')
      .filter((line) => line.startsWith(`falcosecurity_falcosidekick_${metric}{`))
      .filter((line) => labels.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  assert.equal(valueOf('inputs_total', 'status="accepted"'), payloads.length);
  assert.equal(valueOf('inputs_total', 'status="rejected"'), 0);
  assert.equal(valueOf('falco_events_total', 'rule="Anti-Debugging"'), payloads.length);
  for (const { key, tells } of integrations.outputs) {
    if (tells.by !== 'counter') continue;
    const [wanted, label] = [
      labelsWanted(integrations, key, payloads).length,
      `destination="${tells.destination}"`,
    ];
    assert.equal(valueOf('outputs_total', label, 'status="ok"'), wanted, key);
    assert.equal(valueOf('outputs_total', label, 'status="error"'), 0, key);
  }
});

test('a detection of tracee reaches each output, and what Prometheus scrapes', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-outputs-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const { byKey, mails, metrics, file, authority } = await startReceivers(context, directory);
  const flags = ['--rules', 'TRC-2', '--queue-dir', join(directory, 'queue'), '--delivery-timeout', '60'];
  const script = `${root}dist/attacks/ad-traceme; read line`;
  const child = spawn(process.execPath, [tracee, ...flags, '--', '/bin/sh', '-c', script], {
    env: {
      ...process.env,
      ...{ TRACEE_WEBHOOK_CONFIG: file, TRACEE_WEBHOOK_EXE: program, SSL_CERT_FILE: authority },
    },
  });
  const ended = once(child, 'close');
  context.after(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const isThere = (): boolean => {
    assert.equal(child.exitCode, null, said);
    const requests = [...byKey.values()].map(({ received }) => received.length);
    return requests.every((count) => count > 0) && mails.length > 0 && metrics.length > 0;
  };
  await until('each output has it', isThere).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${said}`);
  });
  const scraped = await (await fetch('http://127.0.0.1:2801/metrics')).text();
  assert.match(scraped, /^falcosecurity_falcosidekick_falco_events_total\{.*rule="Anti-Debugging".*\} 1$/m);
  child.stdin.end('go on\n');
  const [status] = (await ended) as [number];
  assert.equal(status, 0, said);
  for (const [key, { received }] of byKey) {
    assert.equal(received.length, key === 'pagerduty' || key === 'opsgenie' ? 2 : 1, key);
    for (const { body } of received)
      assert.match(textsIn(JSON.parse(body)), /ad-traceme asked to be traced/, key);
  }
  assert.match(mails[0]?.headers.join('\n') ?? '', /^Subject: \[Error\] .*ad-traceme asked to be traced/m);
  assert.match(said, /^tracee: falcosidekick: 1 delivered/m);
});
