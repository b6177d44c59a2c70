import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { testPayload } from '../delivery/payload.js';
import { Supervisor } from '../delivery/sidekick/supervisor.js';
import { elsewhere, tryOutputs, tryWebhook, type TryResult } from '../delivery/try-out.js';
import type { FindingReport } from '../output/finding.js';
import { TraceeError } from '../errors.js';
import { parseEvent } from '../replay/event.js';
import type { FindingDeliveryFlags } from './finding-delivery.js';
import { planIntegrations, type PlannedIntegrations } from './integrations-flags.js';
import { print, say, warn } from './report.js';
import { bodyMakerOf, planWebhooks } from './webhook-flags.js';

/** Sends one finding everywhere, prints what became of it, and sets the status. Throws what a user can get wrong. */
export async function testIntegrations(flags: FindingDeliveryFlags, env: NodeJS.ProcessEnv): Promise<void> {
  const webhooks = planWebhooks(flags);
  const make = bodyMakerOf(flags, {
    onNoJson: (file) => say(`what ${file} makes of a finding is no JSON`),
    onFailure: (error) => {
      throw error;
    },
  });
  const planned = planIntegrations(flags, env, true);
  if (planned === undefined && webhooks.length === 0) {
    throw new TraceeError('USAGE', 'there is nothing to test: no file of integrations, and no --webhook', {
      hint: 'docs/integrations.md says how to begin',
    });
  }
  const id = randomUUID();
  const payload = testPayload(id, hostname(), new Date());
  const entry = { id, payload, bodies: {}, waitingFor: [] };
  const body = make?.(testReport()) ?? JSON.stringify(payload);
  const results = [
    ...(planned === undefined ? [] : await tryThrough(planned, entry, env)),
    ...(await Promise.all(webhooks.map(({ webhook }) => tryWebhook(webhook, entry, body)))),
  ];
  for (const { webhook } of webhooks) webhook[Symbol.dispose]();
  printTable(results);
  if (results.some(({ hasArrived }) => !hasArrived)) process.exitCode = 1;
}

async function tryThrough(
  planned: PlannedIntegrations,
  entry: Parameters<typeof tryOutputs>[2],
  env: NodeJS.ProcessEnv,
): Promise<TryResult[]> {
  const integrations = await elsewhere(planned.integrations);
  let directory: string | undefined;
  const clear = (): void => {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  };
  const supervisor = new Supervisor({
    ...{ integrations, binary: planned.binary, env, onWarning: warn, onInfo: say },
    reread: () => integrations,
    makePrivateDirectory: () => {
      clear();
      directory = mkdtempSync(join(tmpdir(), 'tracee-'));
      return directory;
    },
  });
  try {
    return await tryOutputs(supervisor, integrations, entry);
  } finally {
    clear();
  }
}

function printTable(results: readonly TryResult[]): void {
  const width = Math.max('OUTPUT'.length, ...results.map(({ name }) => name.length));
  print(`${'OUTPUT'.padEnd(width)}  RESULT`);
  for (const { name, result } of results) print(`${name.padEnd(width)}  ${result}`);
}

/** For templates, which see all of a finding. */
function testReport(): FindingReport {
  const name = 'Tracee integration test';
  const event = {
    ...{
      timestamp: 0,
      processId: process.pid,
      threadId: process.pid,
      hostProcessId: process.pid,
      hostThreadId: process.pid,
    },
    ...{ parentProcessId: process.ppid, hostParentProcessId: process.ppid, userId: process.getuid?.() ?? 0 },
    ...{ processName: 'tracee', hostName: hostname(), eventName: 'ptrace', returnValue: 0, args: [] },
    ...{ mountNamespace: 0, pidNamespace: 0 },
  };
  const parsed = parseEvent(JSON.stringify(event));
  if (parsed.kind !== 'event') throw new Error('the event of the test is not known');
  const summary = 'sent on request, nothing was detected';
  return {
    finding: {
      ...{ summary, facts: [], event: parsed.event },
      sight: { id: 'test', description: summary, ways: [], detect: () => undefined },
      rule: {
        ...{ id: 'TEST', version: '1.0.0', name, description: summary, tags: ['test'], severity: 'critical' },
        mitre: { tactic: 'none', technique: 'none', id: 'none' },
      },
    },
    losses: { inWindow: 0n, windowSeconds: 0, sinceStart: 0n },
    toldAt: new Date(),
  };
}
