import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isLinkLocal } from '../../src/delivery/http.js';
import { retryAfterMs, Webhook, type Verdict, type WebhookOptions } from '../../src/delivery/webhook.js';
import { createCertificate } from './certificate-fixture.js';
import { createEntry } from './entry-fixture.js';
import { freePort, startReceiver } from './receiver.js';

const needsRoot =
  process.geteuid?.() === 0 ? {} : { skip: 'NOT RUN: needs root, for an /etc/hosts of its own' };

function createWebhook(context: TestContext, url: URL | string, more: Partial<WebhookOptions> = {}): Webhook {
  const webhook = new Webhook({
    url: new URL(url),
    contentType: 'application/json',
    allowsLinkLocal: false,
    ...more,
  });
  context.after(() => {
    webhook[Symbol.dispose]();
  });
  return webhook;
}

const entry = createEntry();

const post = (webhook: Webhook): Promise<Verdict> => webhook.post(entry, '{"a":"ü"}');

function reasonOf(verdict: Verdict): string {
  return verdict.is === 'delivered' ? '' : verdict.reason;
}

test('a finding is posted as it is, with its type, its id and the credentials of the address', async (context) => {
  const { url, received } = await startReceiver(context);
  const full = new URL(url);
  full.username = 'm%40e';
  full.password = 'secret';
  full.search = '?key=1';
  const webhook = createWebhook(context, full);
  assert.deepEqual(await post(webhook), { is: 'delivered' });
  const [one] = received;
  assert.equal(one?.body, '{"a":"ü"}');
  assert.equal(one.url, '/hook?key=1');
  assert.equal(one.headers['content-type'], 'application/json');
  assert.equal(one.headers['idempotency-key'], entry.id);
  const credentials = Buffer.from('m@e:secret').toString('base64');
  assert.equal(one.headers.authorization, `Basic ${credentials}`);
  assert.equal(webhook.name, `webhook ${url.origin}/...`);
});

test('a redirect is a failure that names where it leads, and nothing is sent there', async (context) => {
  const other = await startReceiver(context);
  const Location = `${other.url.href}?token=secret`;
  const { url } = await startReceiver(context, () => ({ status: 307, headers: { Location } }));
  const verdict = await post(createWebhook(context, url));
  assert.equal(verdict.is, 'failed');
  assert.equal(
    reasonOf(verdict),
    `the answer was 307, a redirect to ${other.url.origin}/..., and redirects are not followed`,
  );
  assert.deepEqual(other.received, []);
});

test('an answer that blames the finding is a refusal, with the first line of its text made harmless', async (context) => {
  const body = '\r\n\u001b[31mno such channel\nsecond';
  const { url } = await startReceiver(context, () => ({ status: 404, body }));
  const verdict = await post(createWebhook(context, url));
  assert.deepEqual(verdict, {
    is: 'refused',
    reason: String.raw`the answer was 404: \x1b[31mno such channel`,
  });
});

test('an answer that says later is a failure with the time to wait', async (context) => {
  const statuses = [408, 425, 429, 500, 503];
  const behave = (index: number) => ({ status: statuses[index] ?? 0, headers: { 'Retry-After': '7' } });
  const { url } = await startReceiver(context, behave);
  const webhook = createWebhook(context, url);
  for (const status of statuses) {
    const expected = {
      is: 'failed',
      reason: `the answer was ${status}`,
      mayHaveArrived: false,
      afterMs: 7000,
    };
    assert.deepEqual(await post(webhook), expected);
  }
});

test('the time to wait is given in seconds or as a date, and has a limit', () => {
  const now = Date.UTC(2026, 0, 1, 0, 0, 0);
  const read = (header: string): number | undefined => retryAfterMs(header, now);
  assert.equal(read('30'), 30_000);
  assert.equal(read('Thu, 01 Jan 2026 00:01:00 GMT'), 60_000);
  assert.equal(read('Wed, 31 Dec 2025 00:01:00 GMT'), 0);
  assert.equal(read('999999999'), 300_000);
  assert.equal(read('soon'), undefined);
  assert.equal(retryAfterMs(undefined, now), undefined);
});

test('a receiver that is not there cannot have got the finding, one that hangs or hangs up may have', async (context) => {
  const refusing = await post(createWebhook(context, `http://127.0.0.1:${await freePort()}`));
  assert.match(reasonOf(refusing), /ECONNREFUSED/);
  assert.ok(refusing.is === 'failed' && !refusing.mayHaveArrived);
  const { url } = await startReceiver(context, (index) => (index === 0 ? 'hang' : 'reset'));
  const webhook = createWebhook(context, url, { timeoutMs: 200 });
  const hanging = await post(webhook);
  assert.deepEqual(hanging, { is: 'failed', reason: 'no answer within 0.2 s', mayHaveArrived: true });
  const resetting = await post(webhook);
  assert.ok(resetting.is === 'failed' && resetting.mayHaveArrived);
});

test('of a long answer only the beginning is read', async (context) => {
  const { url } = await startReceiver(context, () => ({ status: 400, body: 'x'.repeat(50_000_000) }));
  const verdict = await post(createWebhook(context, url));
  assert.equal(reasonOf(verdict), `the answer was 400: ${'x'.repeat(200)}...`);
});

test('a certificate must be vouched for, by the system or by the named file', async (context) => {
  const tls = createCertificate(context);
  const { url, received } = await startReceiver(context, () => 200, { tls });
  const stranger = await post(createWebhook(context, url));
  assert.match(reasonOf(stranger), /self-signed certificate/);
  assert.deepEqual(received, []);
  assert.deepEqual(await post(createWebhook(context, url, { ca: tls.cert })), { is: 'delivered' });
  const otherName = url.href.replace('localhost', '[::ffff:127.0.0.1]');
  const misnamed = await post(createWebhook(context, otherName, { ca: tls.cert }));
  assert.equal(misnamed.is, 'failed');
  assert.equal(received.length, 1);
});

test('addresses of the link and of metadata services are known in every spelling', () => {
  for (const address of [
    '169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '::ffff:169.254.1.1',
  ]) {
    assert.ok(isLinkLocal(address), address);
  }
  for (const address of ['127.0.0.1', '::1', '10.0.0.1', 'fd00:ec2::255', '2001:db8::1', '169.253.1.1']) {
    assert.ok(!isLinkLocal(address), address);
  }
});

test('they are refused, and nothing is sent, unless they are allowed', async (context) => {
  for (const host of ['169.254.169.254', '0xa9fea9fe', '[fe80::1]', '[::ffff:a9fe:1]']) {
    const verdict = await post(createWebhook(context, `http://${host}:9/latest`, { timeoutMs: 2000 }));
    assert.match(reasonOf(verdict), /is an address of the link or of a cloud's metadata$/, host);
  }
});

test('a name that leads there is refused as well', needsRoot, (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-hosts-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  const hosts = join(directory, 'hosts');
  writeFileSync(hosts, '127.0.0.1 localhost\n169.254.169.254 inside.example\n');
  const script = fileURLToPath(new URL('webhook-program.ts', import.meta.url));
  const mounted = 'mount --bind "$1" /etc/hosts && exec "$2" --import tsx "$3" http://inside.example:9/';
  const words = ['--mount', 'sh', '-c', mounted, 'sh', hosts, process.execPath, script];
  const output = execFileSync('unshare', words, { encoding: 'utf8' });
  assert.match(output, /^failed: 169\.254\.169\.254 is an address of the link or of a cloud's metadata$/);
});

test('a connection that the receiver has given up meanwhile is made anew, without a failure', async (context) => {
  const { url, received } = await startReceiver(context, (index) => (index === 1 ? 'reset' : 200));
  const webhook = createWebhook(context, url);
  assert.deepEqual(await post(webhook), { is: 'delivered' });
  assert.deepEqual(await post(webhook), { is: 'delivered', wasResent: true });
  assert.equal(received.length, 3);
});
