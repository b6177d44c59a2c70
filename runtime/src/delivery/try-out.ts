import { once } from 'node:events';
import { createServer } from 'node:net';
import { pause } from './backoff.js';
import type { Entry } from './entry.js';
import { NoAnswer } from './http.js';
import type { Integrations } from './integrations.js';
import { maskText } from './mask.js';
import { compareTally, isComplete, takeTally, type OutputResult } from './sidekick/evidence.js';
import type { Instance, Supervisor } from './sidekick/supervisor.js';
import type { Webhook } from './webhook.js';

/** What became of one finding at one output or webhook. */
export interface TryResult {
  readonly name: string;
  readonly hasArrived: boolean;
  /** In a clause. */
  readonly result: string;
}

const startWithinMs = 30_000;
const tellWithinMs = 30_000;
const askEveryMs = 100;

/** Sends one finding, once. */
export async function tryWebhook(webhook: Webhook, entry: Entry, body: string): Promise<TryResult> {
  const verdict = await webhook.post(entry, body);
  if (verdict.is === 'delivered') return { name: webhook.name, hasArrived: true, result: 'delivered' };
  return { name: webhook.name, hasArrived: false, result: verdict.reason };
}

/** The same, on ports of loopback that are free: another Tracee may run with this file, and goes on. */
export async function elsewhere(integrations: Integrations): Promise<Integrations> {
  const { listen } = integrations;
  const clearPort = listen.clearPort === undefined ? undefined : await freePort();
  return { ...integrations, listen: { ...listen, address: '127.0.0.1', port: await freePort(), clearPort } };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a port has no address');
  return address.port;
}

/** Starts falcosidekick, sends one finding through it, and ends it. What it complains of is told as always. */
export async function tryOutputs(
  supervisor: Supervisor,
  integrations: Integrations,
  entry: Entry,
): Promise<TryResult[]> {
  const stopping = new AbortController();
  const running = supervisor.run(stopping.signal);
  try {
    const patience = AbortSignal.timeout(startWithinMs);
    const instance = await supervisor.ready(patience);
    if (instance === undefined) return failAll(integrations, 'falcosidekick did not start');
    const results = await sendOnce(instance, entry);
    return integrations.outputs.length === 0 ? [scraped] : describe(integrations, instance, results);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return failAll(integrations, `falcosidekick did not take it: ${maskText(error.message)}`);
  } finally {
    stopping.abort();
    await supervisor.close(false);
    await running;
  }
}

/** A file may have Prometheus alone, which fetches for itself. */
const scraped: TryResult = { name: 'Prometheus', hasArrived: true, result: 'counted, for /metrics' };

async function sendOnce(instance: Instance, entry: Entry): Promise<OutputResult[]> {
  const before = await takeTally(instance);
  const { status, text } = await instance.endpoints.post(JSON.stringify(entry.payload));
  if (status !== 200) throw new NoAnswer(`the answer was ${status}: ${text}`);
  const forever = new AbortController().signal;
  const until = Date.now() + tellWithinMs;
  for (;;) {
    const results = compareTally(instance.outputs, [entry.payload], before, await takeTally(instance));
    if (isComplete(results) || Date.now() > until) return results;
    await pause(askEveryMs, forever);
  }
}

function describe(
  { outputs }: Integrations,
  { child }: Instance,
  results: readonly OutputResult[],
): TryResult[] {
  return outputs.map(({ key, name }) => {
    const result = results.find(({ output }) => output.key === key);
    if (result === undefined) return { name, hasArrived: false, result: 'left out by falcosidekick' };
    if (result.output.tells.by === 'nothing') {
      return { name, hasArrived: true, result: 'sent; nothing tells whether it arrived' };
    }
    if (result.error > 0) {
      const complaint = child.complaint(name) ?? 'it failed, and does not say why';
      return { name, hasArrived: false, result: maskText(complaint) };
    }
    if (result.ok > 0) return { name, hasArrived: true, result: 'delivered' };
    return { name, hasArrived: false, result: 'falcosidekick does not say what became of it' };
  });
}

function failAll({ outputs }: Integrations, result: string): TryResult[] {
  const names = outputs.length === 0 ? ['falcosidekick'] : outputs.map(({ name }) => name);
  return names.map((name) => ({ name, hasArrived: false, result }));
}
