/** Reasons that are told apart: names of files stand in some. */
const maxReasons = 32;
const others = 'other reasons';

/** What was not captured, by reason: each is told when it is met first, and counted at the end. */
export class Shortfall {
  readonly #tell: (text: string) => void;
  readonly #counts = new Map<string, { times: number; bytes: number }>();

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** `bytes` where it is known how many. */
  count(why: string, bytes = 0): void {
    const reason = this.#counts.has(why) || this.#counts.size < maxReasons ? why : others;
    const known = this.#counts.get(reason);
    if (known === undefined) this.#tell(`not everything is captured: ${reason}`);
    const { times, bytes: before } = known ?? { times: 0, bytes: 0 };
    this.#counts.set(reason, { times: times + 1, bytes: before + bytes });
  }

  /** An error of the system, as `ENOSPC`. */
  countError(error: unknown, bytes = 0): void {
    const message = error instanceof Error ? error.message : String(error);
    // Without the path: `ENOSPC: no space left on device, write`.
    this.count(`artifacts cannot be written: ${message.replace(/ '.*$/s, '')}`, bytes);
  }

  /** `3 times (120 bytes): no room` */
  lines(): string[] {
    return [...this.#counts].map(
      ([reason, { times, bytes }]) =>
        `not captured, ${times} ${times === 1 ? 'time' : 'times'}${bytes > 0 ? ` (${bytes} bytes)` : ''}: ${reason}`,
    );
  }
}
