import { TraceeError } from '../../errors.js';
import { backoffMs, pause, type Backoff } from '../backoff.js';
import type { Destination, DestinationCounts } from '../destination.js';
import type { Entry } from '../entry.js';
import { NoAnswer } from '../http.js';
import { maskText } from '../mask.js';
import type { Queue, Waiting } from '../queue.js';
import { countFindings } from '../words.js';
import {
  compareTally,
  isComplete,
  isLikelyComplete,
  takeTally,
  type OutputResult,
  type Tally,
} from './evidence.js';
import type { Instance, Supervisor } from './supervisor.js';

export interface SidekickDestinationOptions {
  readonly supervisor: Supervisor;
  readonly backoff?: Backoff;
  readonly confirmWithinMs?: number;
  readonly onWarning: (warning: TraceeError) => void;
  readonly onInfo: (text: string) => void;
}

/** Its key in the queue. */
export const sidekickKey = 'falcosidekick';

/** Findings sent together; if falcosidekick ends before it has told what became of them, all are sent again. */
export const windowSize = 16;

/** Where some outputs have it, each further try is a repeat for them. */
const triesForSome = 3;

/** Where no output has it nobody gets repeats, and what is down for a while is waited for: some 17 minutes. */
const triesForNone = 20;

const defaultBackoff: Backoff = { firstMs: 1000, maxMs: 60_000 };

/** A connection may break a moment before the end of its program is known. */
const deathIsKnownAfterMs = 500;

/** An output that hangs keeps the others waiting for so long. */
const defaultConfirmWithinMs = 60_000;
const askFirstMs = 20;
const askAtMostMs = 1000;
/** Counters that have been still for so long are taken for final where they may be. */
const stillForMs = 3000;

/** The same trouble is told this often at most. */
const tellEveryMs = 60_000;

interface Sent {
  readonly one: Waiting;
  readonly entry: Entry;
}

/** What came of one try to deliver a window. */
type Outcome =
  | { readonly is: 'told'; readonly results: readonly OutputResult[] }
  /** Falcosidekick ended, or did not answer. */
  | { readonly is: 'broken'; readonly reason: string }
  | { readonly is: 'stopped' };

/**
 * Delivers through falcosidekick, which says "200" before it does anything: a finding is settled only when the
 * counters of every output that wants it have grown.
 */
export class SidekickDestination implements Destination {
  readonly key = sidekickKey;
  readonly name = 'falcosidekick';
  readonly counts: DestinationCounts = { delivered: 0, repeated: 0, refused: 0 };
  readonly #options: SidekickDestinationOptions;
  /** Outputs that did not take what they were given last, by key: nothing is repeated for their sake. */
  readonly #failing = new Set<string>();
  /** Outputs that do not tell what became of findings. */
  readonly #silent = new Set<string>();
  readonly #toldAt = new Map<string, number>();
  #supervising: Promise<void> = Promise.resolve();
  #hasWorkInHand = false;
  #sent = 0;

  constructor(options: SidekickDestinationOptions) {
    this.#options = options;
  }

  async run(queue: Queue, signal: AbortSignal): Promise<void> {
    const { supervisor } = this.#options;
    this.#supervising = supervisor.run(signal);
    while (!signal.aborted) {
      const window = this.#take(queue);
      if (window.length > 0) await this.#deliver(queue, window, signal);
      else if (queue.head(this.key, 1).length === 0) await queue.change(signal);
    }
    await this.#supervising;
  }

  async close(): Promise<void> {
    await this.#options.supervisor.close(this.#hasWorkInHand);
  }

  #take(queue: Queue): Sent[] {
    return queue.head(this.key, windowSize).flatMap((one) => {
      const entry = queue.read(one);
      return entry === undefined ? [] : [{ one, entry }];
    });
  }

  /** Until each output has it, or has failed to take it often enough. */
  async #deliver(queue: Queue, window: Sent[], signal: AbortSignal): Promise<void> {
    let left = window;
    let failures = 0;
    while (left.length > 0) {
      const instance = await this.#options.supervisor.ready(signal);
      if (instance === undefined) return;
      const outcome = await this.#tryOnce(queue, left, instance, signal);
      left = left.filter(({ one }) => one.waitingFor.has(this.key));
      if (outcome.is === 'stopped') return;
      if (outcome.is === 'told') {
        failures += 1;
        if (this.#judge(outcome.results, failures)) {
          for (const { one } of left) await queue.settle(one, this.key);
          return;
        }
      } else {
        await this.#end(instance, outcome.reason, signal);
      }
      this.counts.repeated += this.#sent;
      // After an end the supervisor waits.
      if (outcome.is === 'told') await this.#pause(failures, signal);
      if (signal.aborted) return;
    }
  }

  async #pause(failures: number, signal: AbortSignal): Promise<void> {
    await pause(backoffMs(this.#options.backoff ?? defaultBackoff, failures), signal);
  }

  /** What one that does not answer delivers late would be taken for what is sent after it: another is started. */
  async #end({ child }: Instance, reason: string, signal: AbortSignal): Promise<void> {
    await Promise.race([child.ended, pause(deathIsKnownAfterMs, signal)]);
    if (!child.isAlive || signal.aborted) return;
    this.#tell('silence', `falcosidekick takes no findings: ${reason}`);
    await child.stop();
  }

  async #tryOnce(
    queue: Queue,
    window: readonly Sent[],
    instance: Instance,
    signal: AbortSignal,
  ): Promise<Outcome> {
    let outcome: Outcome = { is: 'stopped' };
    await this.#options.supervisor.whileBusy(async () => {
      this.#hasWorkInHand = true;
      this.#sent = 0;
      try {
        const before = await takeTally(instance);
        const accepted: Sent[] = [];
        for (const sent of window) {
          if (signal.aborted) return false;
          if (await this.#post(queue, sent, instance)) accepted.push(sent);
        }
        outcome = await this.#confirm(accepted, instance, before, signal);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        outcome = { is: 'broken', reason: maskText(error.message) };
      }
      if (outcome.is !== 'stopped' && !signal.aborted) this.#hasWorkInHand = false;
      return outcome.is === 'told';
    });
    return outcome;
  }

  /** False where falcosidekick says that it is no finding; no further try would change that. */
  async #post(queue: Queue, { one, entry }: Sent, { endpoints }: Instance): Promise<boolean> {
    this.#sent += 1;
    const { status, text } = await endpoints.post(JSON.stringify(entry.payload));
    if (status === 200) return true;
    if (status !== 400) throw new NoAnswer(`the answer was ${status}`);
    this.counts.refused += 1;
    this.#warn(`falcosidekick refused a finding of "${entry.payload.rule}": ${maskText(text)}`);
    await queue.settle(one, this.key);
    this.#sent -= 1;
    return false;
  }

  /** Asks until it has told of each finding what became of it. */
  async #confirm(
    accepted: readonly Sent[],
    instance: Instance,
    before: Tally,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const payloads = accepted.map(({ entry }) => entry.payload);
    const until = Date.now() + (this.#options.confirmWithinMs ?? defaultConfirmWithinMs);
    let [last, changedAt] = ['', Date.now()];
    for (let askMs = askFirstMs; ; askMs = Math.min(askMs * 1.5, askAtMostMs)) {
      const tally = await takeTally(instance);
      const results = compareTally(instance.outputs, payloads, before, tally);
      const awaited = results.filter(({ output }) => !this.#silent.has(output.key));
      const seen = JSON.stringify([...tally]);
      if (seen !== last) [last, changedAt] = [seen, Date.now()];
      const isStill = Date.now() - changedAt > stillForMs;
      if (isComplete(awaited) || (isStill && isLikelyComplete(awaited)))
        return { is: 'told', results: awaited };
      if (Date.now() > until) return { is: 'told', results: this.#giveUpAsking(awaited) };
      await pause(askMs, signal);
      if (signal.aborted) return { is: 'stopped' };
    }
  }

  /** An output may gather findings, or drop some by a setting of its own: then its counter never comes up. */
  #giveUpAsking(results: readonly OutputResult[]): OutputResult[] {
    return results.filter((result) => {
      if (isLikelyComplete([result])) return true;
      const { output, expected, ok, error } = result;
      const untold = expected - ok - error;
      this.#warn(`falcosidekick does not say what became of ${countFindings(untold)} for ${output.name}`);
      if (ok + error === 0) this.#silent.add(output.key);
      return ok + error > 0;
    });
  }

  /** True where this was the last try. */
  #judge(results: readonly OutputResult[], tries: number): boolean {
    const failed = results.filter(({ error }) => error > 0);
    for (const { output } of results.filter(({ error, ok }) => error === 0 && ok > 0)) {
      if (this.#failing.delete(output.key)) this.#options.onInfo(`${output.name} takes findings again`);
    }
    const count = Math.max(0, ...results.map(({ expected }) => expected));
    if (failed.length === 0) {
      this.counts.delivered += count;
      return true;
    }
    const hasNobody = results.every(({ ok }) => ok === 0);
    const isNew = failed.some(({ output }) => !this.#failing.has(output.key));
    if (tries < (hasNobody ? triesForNone : isNew ? triesForSome : 1)) {
      for (const { output, error } of failed) {
        this.#tell(
          output.key,
          `${output.name} did not take ${countFindings(error)}; what was sent is sent again`,
        );
      }
      return false;
    }
    this.counts.delivered += Math.max(0, count - Math.max(...failed.map(({ error }) => error)));
    for (const { output, error } of failed) {
      this.counts.refused += error;
      this.#failing.add(output.key);
      this.#tell(`${output.key} at last`, `${output.name} did not get ${countFindings(error)}, for good`);
    }
    return true;
  }

  #tell(what: string, message: string): void {
    const now = Date.now();
    if (now - (this.#toldAt.get(what) ?? -Infinity) < tellEveryMs) return;
    this.#toldAt.set(what, now);
    this.#warn(message);
  }

  #warn(message: string): void {
    this.#options.onWarning(new TraceeError('DELIVERY_FAILED', message));
  }
}
