import { TraceeError } from '../errors.js';
import type { TracedEvent } from '../events/record.js';
import { LaterQueue } from './later-queue.js';
import { Pace } from './pace.js';
import type { Finding, Match, Rule, RuleContext, RuleState, Sight } from './rule.js';
import { BoundedState } from './rule-state.js';

/** Events that wait for a slow rule. */
const maxWaiting = 1000;

/** A slow rule gets at most half of the time, but a turn at least this often. */
const maxPauseMs = 1000;

/** What one rule cost and missed since start. */
export interface RuleHealth {
  readonly rule: Rule;
  readonly calls: number;
  readonly totalMs: number;
  readonly worstMs: number;
  /** Calls that threw. */
  readonly failures: number;
  /** Events that it never saw, because it was too slow for them. */
  readonly unseen: number;
  /** Checks for later that were dropped, because too many waited. */
  readonly droppedChecks: number;
  /** Entries of its memory that made room before they expired. */
  readonly forgotten: number;
}

export interface RunnerOptions {
  readonly onFinding: (finding: Finding) => void;
  /** The rule threw; told once. */
  readonly onError: (error: TraceeError) => void;
  /** The rule is too slow; told once. */
  readonly onSlow: (error: TraceeError) => void;
}

interface Job {
  readonly sight: Sight;
  readonly event: TracedEvent;
}

/**
 * Runs one rule so that it can harm no other: what it throws stays here, its time is measured, and once it
 * was slow its events wait in a queue of its own while those of others go on.
 */
export class RuleRunner {
  readonly rule: Rule;
  readonly #options: RunnerOptions;
  readonly #states = new Map<string, RuleState<unknown>>();
  readonly #checks = new LaterQueue();
  readonly #context: RuleContext;
  readonly #waiting: Job[] = [];
  readonly #pace = new Pace();
  readonly #counts = { failures: 0, unseen: 0, droppedChecks: 0, forgotten: 0 };
  #current: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restsUntilMs = 0;
  #isSlow = false;
  #isSlownessTold = false;
  #now = 0;

  constructor(rule: Rule, options: RunnerOptions) {
    this.rule = rule;
    this.#options = options;
    this.#context = {
      state: (name, bounds) => this.#state(name, bounds),
      later: (delayMs, check) => this.#later(delayMs, check),
    };
  }

  get health(): RuleHealth {
    const { calls, totalMs, worstMs } = this.#pace;
    return { rule: this.rule, calls, totalMs, worstMs, ...this.#counts };
  }

  /** Asks at once, or in its turn where the rule is slow. */
  ask(sight: Sight, event: TracedEvent): void {
    if (!this.#isSlow) {
      this.#detect({ sight, event });
    } else if (this.#waiting.length < maxWaiting) {
      this.#waiting.push({ sight, event });
      this.#takeTurn();
    } else {
      this.#counts.unseen += 1;
    }
  }

  /** Ends what waits: events and checks, each at most `withinMs`. */
  async finish(withinMs: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const deadline = performance.now() + withinMs;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      if (performance.now() < deadline) this.#detect(job);
      else this.#counts.unseen += 1;
    }
    await this.#checks.finish(withinMs);
  }

  #state<V>(name: string, bounds: { expiryMs: number; capacity: number }): RuleState<V> {
    let state = this.#states.get(name);
    if (state === undefined) {
      state = new BoundedState<unknown>(
        bounds,
        () => this.#now,
        () => (this.#counts.forgotten += 1),
      );
      this.#states.set(name, state);
    }
    // The rule names what it keeps there, and is the only one who does.
    return state as RuleState<V>;
  }

  #later(delayMs: number, check: () => Match | undefined): void {
    const job = this.#current;
    if (job === undefined) throw new TypeError('later() was called when no event was at hand');
    if (!this.#checks.add(delayMs, () => this.#run(job, check))) this.#counts.droppedChecks += 1;
  }

  #detect(job: Job): void {
    // Events of several CPUs come nearly in order: time does not go back.
    this.#now = Math.max(this.#now, job.event.time);
    this.#run(job, () => job.sight.detect(job.event, this.#context));
  }

  #run(job: Job, ask: () => unknown): void {
    const start = performance.now();
    this.#current = job;
    let match: Match | undefined;
    try {
      match = requireMatch(ask());
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#current = undefined;
    }
    this.#measure(performance.now() - start, job.event);
    if (match !== undefined) this.#options.onFinding(findingOf(this.rule, match, job));
  }

  #fail(cause: unknown): void {
    this.#counts.failures += 1;
    if (this.#counts.failures > 1) return;
    const message = cause instanceof Error ? cause.message : String(cause);
    this.#options.onError(
      new TraceeError('RULE_FAILED', `rule ${this.rule.metadata.id} failed: ${message}`, {
        hint: 'the other rules run on; report this with the event',
        cause,
      }),
    );
  }

  #measure(ms: number, event: TracedEvent): void {
    const slowness = this.#pace.add(ms);
    if (slowness === undefined) return;
    this.#isSlow = true;
    this.#restsUntilMs = performance.now() + Math.min(ms, maxPauseMs);
    if (this.#isSlownessTold) return;
    this.#isSlownessTold = true;
    const what = `rule ${this.rule.metadata.id} is slow: it ${slowness} for ${event.definition.name}`;
    this.#options.onSlow(
      new TraceeError('RULE_SLOW', what, {
        hint: 'its events wait for it, those of other rules do not; narrow what it selects',
      }),
    );
  }

  #takeTurn(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        const job = this.#waiting.shift();
        if (job !== undefined) this.#detect(job);
        if (this.#waiting.length > 0) this.#takeTurn();
        else this.#isSlow = this.#pace.isSlow;
      },
      Math.max(this.#restsUntilMs - performance.now(), 0),
    );
  }
}

/** What a rule returns is not checked by a compiler where users write it. */
function requireMatch(value: unknown): Match | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  if (value instanceof Promise) {
    value.catch(() => undefined);
    throw new TypeError('detect() is asynchronous; it must return its match');
  }
  if (typeof value === 'object' && 'summary' in value && 'facts' in value) {
    if (typeof value.summary === 'string' && Array.isArray(value.facts)) return value as Match;
  }
  throw new TypeError('detect() returned something that is no match: it needs a summary and facts');
}

function findingOf({ metadata }: Rule, match: Match, { sight, event }: Job): Finding {
  const rule = sight.isSignal === true ? { ...metadata, severity: 'info' as const } : metadata;
  return { ...match, rule, sight, event };
}
