import type { Finding, RuleMetadata } from './rule.js';

/** So many findings of one rule in so long. */
export interface RateLimit {
  readonly count: number;
  readonly periodMs: number;
}

/** The same finding again, within the window of the first. */
export interface Repeats {
  readonly first: Finding;
  /** Beside the first. */
  readonly count: number;
  /** CLOCK_MONOTONIC of the last one, in nanoseconds. */
  readonly lastTime: number;
}

/** Findings of one rule that its limit kept back since this was last told. */
export interface HeldBack {
  readonly rule: RuleMetadata;
  readonly count: number;
}

export interface GateOptions {
  /** How long the same finding is counted instead of told; 0 tells each. */
  readonly dedupWindowMs: number;
  /** No limit where it is missing. */
  readonly rateLimit?: RateLimit | undefined;
  readonly onFinding: (finding: Finding) => void;
  readonly onRepeats: (repeats: Repeats) => void;
  readonly onHeldBack: (heldBack: HeldBack) => void;
}

interface Window {
  readonly first: Finding;
  readonly endsAt: number;
  count: number;
  lastTime: number;
}

interface Bucket {
  readonly rule: RuleMetadata;
  tokens: number;
  filledAt: number;
  heldBack: number;
}

/** Windows open at one time: the oldest ends early where one more is needed. */
const maxWindows = 4096;

/** How often findings that are being held back are told of. */
const tellHeldBackNs = 60e9;

/**
 * Between the engine and whoever is told: each finding is told, or counted as a repeat of one that was, or
 * counted as held back. Time is that of the events, and of {@link Gate.tick} where none come.
 */
export class Gate {
  readonly #options: GateOptions;
  /** In the order in which they end. */
  readonly #windows = new Map<string, Window>();
  readonly #buckets = new Map<string, Bucket>();
  #now = 0;
  #heldBackToldAt: number | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  take(finding: Finding): void {
    this.tick(finding.event.time);
    const key = keyOf(finding);
    const window = this.#windows.get(key);
    if (window !== undefined) {
      window.count += 1;
      window.lastTime = this.#now;
    } else if (this.#isWithinLimit(finding.rule)) {
      this.#open(key, finding);
      this.#options.onFinding(finding);
    }
  }

  /** Closes what has ended by now: nanoseconds of CLOCK_MONOTONIC. */
  tick(now: number): void {
    this.#now = Math.max(this.#now, now);
    for (const [key, window] of this.#windows) {
      if (window.endsAt > this.#now) break;
      this.#close(key, window);
    }
    if (this.#heldBackToldAt !== undefined && this.#now - this.#heldBackToldAt >= tellHeldBackNs) {
      this.#tellHeldBack();
    }
  }

  /** Tells all that was only counted so far. */
  finish(): void {
    for (const [key, window] of this.#windows) this.#close(key, window);
    this.#tellHeldBack();
  }

  #open(key: string, first: Finding): void {
    const windowNs = this.#options.dedupWindowMs * 1e6;
    if (windowNs === 0) return;
    for (const [oldest, window] of this.#windows) {
      if (this.#windows.size < maxWindows) break;
      this.#close(oldest, window);
    }
    this.#windows.set(key, { first, endsAt: this.#now + windowNs, count: 0, lastTime: this.#now });
  }

  #close(key: string, { first, count, lastTime }: Window): void {
    this.#windows.delete(key);
    if (count > 0) this.#options.onRepeats({ first, count, lastTime });
  }

  /** A bucket that holds as many findings as the limit allows, and is filled again over its period. */
  #isWithinLimit(rule: RuleMetadata): boolean {
    const limit = this.#options.rateLimit;
    if (limit === undefined) return true;
    const bucket = this.#buckets.get(rule.id) ?? {
      rule,
      tokens: limit.count,
      filledAt: this.#now,
      heldBack: 0,
    };
    this.#buckets.set(rule.id, bucket);
    const filled = ((this.#now - bucket.filledAt) / (limit.periodMs * 1e6)) * limit.count;
    bucket.tokens = Math.min(limit.count, bucket.tokens + filled);
    bucket.filledAt = this.#now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return true;
    }
    bucket.heldBack += 1;
    this.#heldBackToldAt ??= this.#now;
    return false;
  }

  #tellHeldBack(): void {
    this.#heldBackToldAt = undefined;
    for (const bucket of this.#buckets.values()) {
      const count = bucket.heldBack;
      bucket.heldBack = 0;
      if (count > 0) this.#options.onHeldBack({ rule: bucket.rule, count });
    }
  }
}

/** Process ids are given out again, so the start of the process belongs to it. */
function keyOf({ rule, key, summary, event }: Finding): string {
  return JSON.stringify(
    key === undefined ? [rule.id, event.hostPid, event.startTime, summary] : [rule.id, key],
  );
}
