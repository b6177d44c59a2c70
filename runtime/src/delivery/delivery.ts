import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceeError } from '../errors.js';
import type { FindingReport } from '../output/finding.js';
import type { Destination, DestinationCounts } from './destination.js';
import { findingToPayload } from './payload.js';
import { openPrivateDirectory } from './private-directory.js';
import { Queue, type QueueLimits } from './queue.js';
import { countFindings } from './words.js';
import { reasonOf, Spool, type Found } from './spool.js';

export interface DeliveryOptions {
  readonly queueDirectory: string;
  /** The user named the directory: then it must work. Else findings wait in memory where it does not. */
  readonly isQueueRequired: boolean;
  /** They may put files that nobody else must see into a directory that they ask for. */
  readonly makeDestinations: (makePrivateDirectory: () => string) => readonly Destination[];
  /** By key of the destination: how it wants findings that it does not take as falcosidekick's payload. */
  readonly bodies: ReadonlyMap<string, (report: FindingReport) => string | undefined>;
  readonly limits?: Partial<QueueLimits>;
  readonly onWarning: (warning: TraceeError) => void;
  readonly onInfo: (text: string) => void;
}

/** What came of all of it. */
export interface DeliverySummary {
  readonly destinations: readonly { readonly name: string; readonly counts: Readonly<DestinationCounts> }[];
  /** In files, for the next start. */
  readonly queued: number;
  /** Found no room in the queue, or were in memory only and not delivered in time. */
  readonly dropped: number;
}

/** So many things that do not belong into the queue are told one by one. */
const toldOddities = 10;

/** Nobody is kept waiting for longer without a word. */
const silenceMs = 1000;

/** Brings findings to their destinations, beside detection. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #spool: Spool | undefined;
  readonly #queue: Queue;
  readonly #destinations: readonly Destination[];
  readonly #keys: readonly string[];
  readonly #stopping = new AbortController();
  readonly #running: readonly Promise<void>[];
  #temporary: string | undefined;

  /** Throws QUEUE_UNUSABLE where the queue is required. What earlier processes left is delivered first. */
  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#spool = openSpool(options);
    this.#destinations = options.makeDestinations(
      () => this.#spool?.makePrivateDirectory() ?? this.#makeTemporaryDirectory(),
    );
    this.#keys = this.#destinations.map(({ key }) => key);
    const found = this.#spool?.adopt(new Set(this.#keys));
    if (found !== undefined) this.#tellFound(found);
    this.#queue = new Queue({ ...options, spool: this.#spool, found });
    this.#running = this.#destinations.map((destination) => this.#run(destination));
  }

  /** Takes a finding. Neither waits nor throws: detection goes on whatever becomes of it. */
  add(report: FindingReport): void {
    const id = randomUUID();
    try {
      const bodies = [...this.#options.bodies].flatMap(([key, make]) => {
        const body = make(report);
        return body === undefined ? [] : [[key, body] as const];
      });
      const payload = findingToPayload(report, id);
      this.#queue.add({ id, payload, bodies: Object.fromEntries(bodies), waitingFor: this.#keys });
    } catch (cause) {
      const message = `a finding of "${report.finding.rule.id}" cannot be delivered: ${reasonOf(cause)}`;
      this.#options.onWarning(new TraceeError('DELIVERY_FAILED', message, { cause }));
    }
  }

  /** Waits until most of what was taken is in its file, for who can wait: then none is dropped for being too fast. */
  async catchUp(): Promise<void> {
    await this.#queue.catchUp();
  }

  /** Delivers what is there for as long as it may, and leaves the rest for the next start. */
  async close(timeoutMs: number): Promise<DeliverySummary> {
    const patience = new AbortController();
    const timer = setTimeout(() => {
      patience.abort();
    }, timeoutMs);
    const word = setTimeout(() => {
      const waiting = countFindings(this.#queue.count(this.#keys));
      this.#options.onInfo(`delivering ${waiting} before the end, for ${timeoutMs / 1000} s at most`);
    }, silenceMs);
    while (this.#queue.count(this.#keys) > 0 && !patience.signal.aborted) {
      await this.#queue.change(patience.signal);
    }
    clearTimeout(timer);
    clearTimeout(word);
    this.#stopping.abort();
    await Promise.all(this.#running);
    await Promise.all(this.#destinations.map((destination) => destination.close()));
    await this.#queue.flush();
    const lost = this.#queue.countInMemory;
    const queued = this.#queue.count(this.#keys) - lost;
    this.#spool?.close();
    this.#removeTemporaryDirectory();
    return { destinations: this.#destinations, queued, dropped: this.#queue.dropped + lost };
  }

  #makeTemporaryDirectory(): string {
    this.#removeTemporaryDirectory();
    this.#temporary = mkdtempSync(join(tmpdir(), 'tracee-'));
    return this.#temporary;
  }

  #removeTemporaryDirectory(): void {
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
  }

  /** One that fails for a reason that nobody thought of must not end detection. */
  async #run(destination: Destination): Promise<void> {
    try {
      await destination.run(this.#queue, this.#stopping.signal);
    } catch (cause) {
      const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      const message = `${destination.name} gets no findings any more: ${reason}`;
      this.#options.onWarning(new TraceeError('DELIVERY_FAILED', message, { cause }));
    }
  }

  #tellFound({ adopted, others, oddities }: Found): void {
    const { onInfo, onWarning } = this.#options;
    if (adopted.length > 0) onInfo(`${countFindings(adopted.length)} of an earlier start to deliver first`);
    if (others.waitingFor.size > 0) {
      const names = [...others.waitingFor].toSorted().join(', ');
      onInfo(`findings in ${this.#options.queueDirectory} wait for what is not asked for now: ${names}`);
    }
    for (const oddity of oddities.slice(0, toldOddities))
      onWarning(new TraceeError('QUEUE_UNUSABLE', oddity));
    const untold = oddities.length - toldOddities;
    if (untold > 0) onWarning(new TraceeError('QUEUE_UNUSABLE', `${untold} more like this in the queue`));
  }
}

function openSpool({ queueDirectory, isQueueRequired, onWarning }: DeliveryOptions): Spool | undefined {
  try {
    return new Spool(openPrivateDirectory(queueDirectory));
  } catch (cause) {
    const error =
      cause instanceof TraceeError
        ? cause
        : new TraceeError('QUEUE_UNUSABLE', `findings cannot wait in ${queueDirectory}: ${reasonOf(cause)}`, {
            hint: 'give them a directory of their own: --queue-dir DIRECTORY',
            cause,
          });
    if (isQueueRequired) throw error;
    const message = `${error.message}; they wait in memory, and end with it`;
    onWarning(new TraceeError('QUEUE_UNUSABLE', message, { hint: error.hint ?? '', cause }));
    return undefined;
  }
}
