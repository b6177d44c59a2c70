/** Answers that are dear to find, kept for a while; the oldest makes room. */
export class Remembered<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>();
  readonly #expiryMs: number;
  readonly #capacity: number;

  constructor(expiryMs: number, capacity: number) {
    this.#expiryMs = expiryMs;
    this.#capacity = capacity;
  }

  /** The answer for `key` where one is kept. */
  peek(key: string): V | undefined {
    const kept = this.#entries.get(key);
    return kept !== undefined && kept.until > performance.now() ? kept.value : undefined;
  }

  /** The answer for `key`, from `find` where none is kept. */
  get(key: string, find: () => V): V {
    const now = performance.now();
    const kept = this.#entries.get(key);
    if (kept !== undefined && kept.until > now) return kept.value;
    const value = find();
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: now + this.#expiryMs });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#capacity && oldest !== undefined) this.#entries.delete(oldest);
    return value;
  }
}
