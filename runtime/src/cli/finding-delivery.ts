import { join } from 'node:path';
import { Delivery, type DeliverySummary } from '../delivery/delivery.js';
import { WebhookDestination } from '../delivery/webhook-destination.js';
import { TraceeError } from '../errors.js';
import type { FindingReport } from '../output/finding.js';
import { installPathOf } from './context.js';
import type { DeliveryFlags } from './delivery-flags.js';
import { say, warn } from './report.js';
import { bodyMakerOf, planWebhooks, type PlannedWebhook } from './webhook-flags.js';

export interface FindingDeliveryFlags extends DeliveryFlags {
  installPath?: string;
}

/** Delivery of findings as the command line asks for it, from its start to what is said at its end. */
export class FindingDelivery implements AsyncDisposable {
  readonly #flags: FindingDeliveryFlags;
  readonly #env: NodeJS.ProcessEnv;
  readonly #webhooks: readonly PlannedWebhook[];
  readonly #bodies: ReadonlyMap<string, (report: FindingReport) => string>;
  #delivery: Delivery | undefined;

  /** Looks at everything that was asked for, and starts nothing. Throws what a user can get wrong. */
  constructor(flags: FindingDeliveryFlags, env: NodeJS.ProcessEnv) {
    this.#flags = flags;
    this.#env = env;
    this.#webhooks = planWebhooks(flags);
    const make = bodyMakerOf(flags, tellNoJson);
    this.#bodies = new Map(make === undefined ? [] : this.#webhooks.map(({ key }) => [key, make]));
  }

  /** Delivers what was left by an earlier start. Throws QUEUE_UNUSABLE. */
  start(): void {
    if (this.#webhooks.length === 0) return;
    const { queueDir } = this.#flags;
    const told = { onWarning: warn, onInfo: say };
    this.#delivery = new Delivery({
      ...told,
      queueDirectory: queueDir ?? join(installPathOf(this.#flags, this.#env), 'queue'),
      isQueueRequired: queueDir !== undefined,
      bodies: this.#bodies,
      makeDestinations: () =>
        this.#webhooks.map(({ key, webhook }) => new WebhookDestination({ ...told, key, webhook })),
    });
  }

  take(report: FindingReport): void {
    this.#delivery?.add(report);
  }

  /** Delivers what waits for as long as it may, and says what came of it. */
  async end(): Promise<void> {
    await this.#close(this.#flags.deliveryTimeout * 1000);
  }

  /** Where something failed, nothing is waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close(0);
  }

  async #close(timeoutMs: number): Promise<void> {
    const delivery = this.#delivery;
    this.#delivery = undefined;
    if (delivery === undefined) return;
    for (const line of describeDelivery(await delivery.close(timeoutMs))) say(line);
  }
}

/** `webhook https://hooks.example.org/...: 12 delivered, 1 sent again`, and what became of the others. */
function describeDelivery({ destinations, queued, dropped }: DeliverySummary): string[] {
  const lines = destinations.map(({ name, counts }) => {
    const parts = [
      `${counts.delivered} delivered`,
      ...(counts.repeated === 0 ? [] : [`${counts.repeated} sent again`]),
      ...(counts.refused === 0 ? [] : [`${counts.refused} not taken`]),
    ];
    return `${name}: ${parts.join(', ')}`;
  });
  if (queued > 0) lines.push(`${queued} findings wait in the queue for the next start`);
  if (dropped > 0) lines.push(`${dropped} findings dropped: there was no room for them in the queue`);
  return lines;
}

function tellNoJson(file: string): void {
  warn(
    new TraceeError('TEMPLATE_INVALID', `what ${file} makes of a finding is no JSON`, {
      hint: 'put quotes around values, or name what it is: --webhook-content-type text/plain',
    }),
  );
}
