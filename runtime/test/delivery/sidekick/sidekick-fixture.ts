import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Delivery, type DeliverySummary } from '../../../src/delivery/delivery.js';
import { readIntegrations } from '../../../src/delivery/integrations.js';
import { SidekickDestination } from '../../../src/delivery/sidekick/destination.js';
import { Supervisor } from '../../../src/delivery/sidekick/supervisor.js';
import { createQueueDirectory } from '../entry-fixture.js';
import { reportOn } from '../finding-fixture.js';
import { freePort } from '../receiver.js';

/** How the stand-in misbehaves. */
export type Fields = Readonly<Record<string, string>>;

export interface Started {
  readonly delivery: Delivery;
  readonly messages: string[];
  readonly queue: string;
  readonly config: string;
  readonly port: number;
  /** Ids of what the stand-in was sent, repeats included. */
  readonly sent: () => string[];
  readonly write: (outputs: readonly string[], fields: Fields) => void;
  /** Waits until a message matches. */
  readonly said: (pattern: RegExp) => Promise<void>;
  readonly close: (timeoutMs: number) => Promise<DeliverySummary>;
}

/** What differs from what serves most tests. */
export interface Settings {
  readonly port?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** The part of the file that is about TLS. */
  readonly tls?: string;
  readonly confirmWithinMs?: number;
  readonly readyWithinMs?: number;
}

const settings: Readonly<Record<string, string>> = {
  slack: 'slack:\n  webhookurl: http://127.0.0.1:9/hook\n',
  loki: 'loki:\n  hostport: http://127.0.0.1:9\n',
  quiet: 'loki:\n  hostport: http://127.0.0.1:9\n  minimumpriority: critical\n',
  kafka: 'kafka:\n  hostport: 127.0.0.1:9\n  topic: findings\n',
  statsd: 'statsd:\n  forwarder: 127.0.0.1:9\n',
  smtp: 'smtp:\n  hostport: 127.0.0.1:9\n  from: a@example.org\n  to: b@example.org\n',
};

export const standIn = fileURLToPath(new URL('stand-in.mjs', import.meta.url));

/** Delivery through the stand-in, impatient. */
export async function startSidekick(
  context: TestContext,
  outputs: readonly string[],
  fields: Fields = {},
  more: Settings = {},
): Promise<Started> {
  const queue = createQueueDirectory(context);
  const config = join(dirname(queue), 'integrations.yaml');
  const record = join(dirname(queue), 'record');
  const port = more.port ?? (await freePort());
  const write = (named: readonly string[], changed: Fields): void => {
    const all = Object.entries({ record, ...changed }).map(([key, value]) => `  ${key}: ${value}\n`);
    const text = named.map((name) => settings[name] ?? '').join('');
    writeFileSync(config, `listenport: ${port}\n${more.tls ?? ''}${text}customfields:\n${all.join('')}`, {
      mode: 0o600,
    });
  };
  write(outputs, fields);
  const messages: string[] = [];
  const told = {
    onWarning: (error: Error) => messages.push(error.message),
    onInfo: (text: string) => {
      // Only a machine that is busy gets so far.
      if (!text.startsWith('delivering ')) messages.push(text);
    },
  };
  const reread = (): ReturnType<typeof readIntegrations> => readIntegrations(config, { trustedUids: [] });
  const backoff = { firstMs: 10, maxMs: 50 };
  const delivery = new Delivery({
    queueDirectory: queue,
    isQueueRequired: true,
    bodies: new Map(),
    ...told,
    makeDestinations: (makePrivateDirectory) => {
      const supervisor = new Supervisor({
        ...{ ...told, reread, makePrivateDirectory, backoff, watchEveryMs: 20 },
        ...{ binary: standIn, readyWithinMs: more.readyWithinMs ?? 60_000 },
        integrations: reread(),
        env: more.env ?? process.env,
      });
      return [
        new SidekickDestination({
          ...told,
          supervisor,
          backoff,
          confirmWithinMs: more.confirmWithinMs ?? 60_000,
        }),
      ];
    },
  });
  let closing: Promise<DeliverySummary> | undefined;
  const close = (timeoutMs: number): Promise<DeliverySummary> => (closing ??= delivery.close(timeoutMs));
  context.after(() => close(0));
  const said = async (pattern: RegExp): Promise<void> => {
    while (!messages.some((message) => pattern.test(message))) {
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
  };
  const sent = (): string[] => idsIn(record);
  return { delivery, messages, queue, config, port, sent, write, said, close };
}

/** Adds so many findings. */
export function add(delivery: Delivery, count: number): void {
  for (let index = 0; index < count; index++) delivery.add(reportOn());
}

function idsIn(record: string): string[] {
  let text = '';
  try {
    text = readFileSync(record, 'utf8');
  } catch {
    return []; // nothing was sent
  }
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const payload = JSON.parse(line) as { output_fields: Record<string, string> };
      return payload.output_fields['tracee.finding.id'] ?? '';
    });
}
