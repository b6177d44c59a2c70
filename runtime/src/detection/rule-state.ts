import type { RuleState } from './rule.js';

interface Entry<V> {
  readonly value: V;
  /** Nanoseconds, as events count. */
  readonly setAt: number;
}

/** Entries in the order of their use: the one used least recently makes room. */
export class BoundedState<V> implements RuleState<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #expiryNs: number;
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #onForgotten: () => void;

  /** `now` is the time of the event at hand; `onForgotten` is told of entries that had to go before their time. */
  constructor(
    bounds: { readonly expiryMs: number; readonly capacity: number },
    now: () => number,
    onForgotten: () => void,
  ) {
    this.#expiryNs = bounds.expiryMs * 1e6;
    this.#capacity = Math.max(1, bounds.capacity);
    this.#now = now;
    this.#onForgotten = onForgotten;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (this.#isExpired(entry)) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) this.#makeRoom();
    this.#entries.set(key, { value, setAt: this.#now() });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  #makeRoom(): void {
    for (const [key, entry] of this.#entries) {
      this.#entries.delete(key);
      if (!this.#isExpired(entry)) this.#onForgotten();
      return;
    }
  }

  #isExpired({ setAt }: Entry<V>): boolean {
    return this.#now() - setAt >= this.#expiryNs;
  }
}
