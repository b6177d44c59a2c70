import { join } from 'node:path';
import { Delivery, type DeliverySummary } from '../delivery/delivery.js';
import type { Destination } from '../delivery/destination.js';
import { SidekickDestination } from '../delivery/sidekick/destination.js';
import { Supervisor } from '../delivery/sidekick/supervisor.js';
import { WebhookDestination } from '../delivery/webhook-destination.js';
import { countFindings } from '../delivery/words.js';
import { TraceeError } from '../errors.js';
import type { FindingReport } from '../output/finding.js';
import { installPathOf } from './context.js';
import type { DeliveryFlags } from './delivery-flags.js';
import { planIntegrations, type PlannedIntegrations } from './integrations-flags.js';
import { say, warn } from './report.js';
import { bodyMakerOf, planWebhooks, type PlannedWebhook } from './webhook-flags.js';

const told = { onWarning: warn, onInfo: say };

export interface FindingDeliveryFlags extends DeliveryFlags {
  installPath?: string;
}

/** Delivery of findings as the command line asks for it, from its start to what is said at its end. */
export class FindingDelivery implements AsyncDisposable {
  readonly #flags: FindingDeliveryFlags;
  readonly #env: NodeJS.ProcessEnv;
  readonly #webhooks: readonly PlannedWebhook[];
  readonly #bodies: ReadonlyMap<string, (report: FindingReport) => string | undefined>;
  readonly #integrations: PlannedIntegrations | undefined;
  #delivery: Delivery | undefined;

  /**
   * Looks at everything that was asked for, and starts nothing. A file of integrations that nobody names is looked at
   * only where `looksAtDefault`. Throws what a user can get wrong.
   */
  constructor(flags: FindingDeliveryFlags, env: NodeJS.ProcessEnv, looksAtDefault: boolean) {
    this.#flags = flags;
    this.#env = env;
    this.#webhooks = planWebhooks(flags);
    this.#integrations = planIntegrations(flags, env, looksAtDefault);
    const make = bodyMakerOf(flags, { onNoJson: tellNoJson, onFailure: tellFailure });
    this.#bodies = new Map(make === undefined ? [] : this.#webhooks.map(({ key }) => [key, make]));
  }

  /** Delivers what was left by an earlier start. Throws QUEUE_UNUSABLE. */
  start(): void {
    if (this.#webhooks.length === 0 && this.#integrations === undefined) return;
    const { queueDir } = this.#flags;
    this.#delivery = new Delivery({
      ...told,
      queueDirectory: queueDir ?? join(installPathOf(this.#flags, this.#env), 'queue'),
      isQueueRequired: queueDir !== undefined,
      bodies: this.#bodies,
      makeDestinations: (makePrivateDirectory) => this.#makeDestinations(makePrivateDirectory),
    });
  }

  take(report: FindingReport): void {
    this.#delivery?.add(report);
  }

  /** Waits until most of what was taken is in its file. */
  async catchUp(): Promise<void> {
    await this.#delivery?.catchUp();
  }

  /** Delivers what waits for as long as it may, and says what came of it. */
  async end(): Promise<void> {
    const summary = await this.#close(this.#flags.deliveryTimeout * 1000);
    for (const line of summary === undefined ? [] : describeDelivery(summary)) say(line);
  }

  /** Where something failed, nothing is waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close(0);
  }

  #makeDestinations(makePrivateDirectory: () => string): Destination[] {
    const env = this.#env;
    const webhooks = this.#webhooks.map(
      ({ key, webhook }) => new WebhookDestination({ ...told, key, webhook }),
    );
    if (this.#integrations === undefined) return webhooks;
    const supervisor = new Supervisor({ ...told, ...this.#integrations, makePrivateDirectory, env });
    return [new SidekickDestination({ ...told, supervisor }), ...webhooks];
  }

  async #close(timeoutMs: number): Promise<DeliverySummary | undefined> {
    const delivery = this.#delivery;
    this.#delivery = undefined;
    return delivery?.close(timeoutMs);
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
  if (queued > 0) lines.push(`${countFindings(queued)} left in the queue for the next start`);
  if (dropped > 0) lines.push(`${countFindings(dropped)} dropped: there was no room in the queue`);
  return lines;
}

function tellNoJson(file: string): void {
  warn(
    new TraceeError('TEMPLATE_INVALID', `what ${file} makes of a finding is no JSON`, {
      hint: 'put quotes around values, or name what it is: --webhook-content-type text/plain',
    }),
  );
}

function tellFailure(error: TraceeError): void {
  warn(
    new TraceeError(
      'TEMPLATE_FAILED',
      `${error.message}; webhooks get this finding as they do without a template`,
      {
        hint: error.hint ?? '',
        cause: error,
      },
    ),
  );
}
