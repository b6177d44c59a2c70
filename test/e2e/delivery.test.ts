import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseLines, root, startTracee, type JsonFinding } from './harness.js';

interface Payload {
  rule: string;
  priority: string;
  output_fields: Record<string, string>;
}

test('what is detected reaches a webhook, with the process that did it', async (context) => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      bodies.push(body);
      response.end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const directory = mkdtempSync(join(tmpdir(), 'tracee-delivery-'));
  context.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  const flags = ['--json', '--webhook', `http://127.0.0.1:${port}/`, '--queue-dir', join(directory, 'queue')];
  const { ended } = await startTracee([...flags, '--rules', 'TRC-2', '--', `${root}dist/attacks/ad-traceme`]);
  const outcome = await ended;
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stderr, /webhook http:\/\/127\.0\.0\.1:\d+: 1 delivered/);
  const [finding] = parseLines<JsonFinding & { event: { hostProcessId: number } }>(outcome.stdout);
  const [payload] = bodies.map((body) => JSON.parse(body) as Payload);
  assert.equal(bodies.length, 1);
  assert.equal(payload?.rule, 'Anti-Debugging');
  assert.equal(payload.priority, 'Error');
  assert.equal(payload.output_fields['tracee.rule.id'], 'TRC-2');
  assert.equal(payload.output_fields['proc.pid'], String(finding?.event.hostProcessId));
  assert.equal(payload.output_fields['proc.exepath'], `${root}dist/attacks/ad-traceme`);
  assert.deepEqual(readdirSync(join(directory, 'queue')), []);
});
