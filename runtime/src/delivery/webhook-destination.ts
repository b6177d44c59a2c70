import { TraceeError } from '../errors.js';
import { backoffMs, pause, type Backoff } from './backoff.js';
import type { Destination, DestinationCounts } from './destination.js';
import type { Entry } from './entry.js';
import type { Queue, Waiting } from './queue.js';
import type { Webhook } from './webhook.js';

export interface WebhookDestinationOptions {
  readonly webhook: Webhook;
  readonly key: string;
  readonly backoff?: Backoff;
  readonly onWarning: (warning: TraceeError) => void;
  readonly onInfo: (text: string) => void;
}

const defaultBackoff: Backoff = { firstMs: 1000, maxMs: 60_000 };

/** A receiver that says no to a finding is asked this often, since proxies before it say no for reasons of their own. */
const maxRefusals = 3;

/** The same trouble is told this often at most. */
const tellEveryMs = 60_000;

/** Sends findings to a URL, one after the other, until each has been taken or refused. */
export class WebhookDestination implements Destination {
  readonly key: string;
  readonly name: string;
  readonly counts: DestinationCounts = { delivered: 0, repeated: 0, refused: 0 };
  readonly #options: WebhookDestinationOptions;
  #failures = 0;
  #toldAt = -Infinity;

  constructor(options: WebhookDestinationOptions) {
    this.#options = options;
    this.key = options.key;
    this.name = options.webhook.name;
  }

  async run(queue: Queue, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [one] = queue.head(this.key, 1);
      if (one === undefined) {
        await queue.change(signal);
        continue;
      }
      const entry = queue.read(one);
      if (entry !== undefined) await this.#deliver(queue, one, entry, signal);
    }
  }

  async close(): Promise<void> {
    this.#options.webhook[Symbol.dispose]();
    await Promise.resolve();
  }

  async #deliver(queue: Queue, one: Waiting, entry: Entry, signal: AbortSignal): Promise<void> {
    const body = entry.bodies[this.key] ?? JSON.stringify(entry.payload);
    let refusals = 0;
    let mayBeRepeat = false;
    while (!signal.aborted) {
      if (mayBeRepeat) this.counts.repeated += 1;
      const verdict = await this.#options.webhook.post(entry, body, signal);
      if (signal.aborted && verdict.is !== 'delivered') return;
      if (verdict.wasResent === true) this.counts.repeated += 1;
      if (verdict.is === 'delivered') {
        this.#recover();
        this.counts.delivered += 1;
        await queue.settle(one, this.key);
        return;
      }
      this.#failures += 1;
      if (verdict.is === 'refused') {
        refusals += 1;
        if (refusals === maxRefusals) {
          this.#tellRefused(entry, verdict.reason);
          await queue.settle(one, this.key);
          return;
        }
      } else {
        mayBeRepeat = verdict.mayHaveArrived;
        this.#tellFailed(verdict.reason);
      }
      const asked = verdict.is === 'failed' ? (verdict.afterMs ?? 0) : 0;
      await pause(
        Math.max(asked, backoffMs(this.#options.backoff ?? defaultBackoff, this.#failures)),
        signal,
      );
    }
  }

  #recover(): void {
    if (this.#failures > 0 && this.#toldAt > -Infinity)
      this.#options.onInfo(`${this.name} takes findings again`);
    this.#failures = 0;
    this.#toldAt = -Infinity;
  }

  #tellFailed(reason: string): void {
    const now = Date.now();
    if (now - this.#toldAt < tellEveryMs) return;
    this.#toldAt = now;
    this.#warn(`${this.name} takes no findings: ${reason}; they wait in the queue`);
  }

  #tellRefused({ payload }: Entry, reason: string): void {
    this.counts.refused += 1;
    // Others may be taken: the next one starts from the first delay.
    this.#failures = 0;
    this.#warn(`${this.name} refused a finding of "${payload.rule}" ${maxRefusals} times: ${reason}`);
  }

  #warn(message: string): void {
    this.#options.onWarning(new TraceeError('DELIVERY_FAILED', message));
  }
}
