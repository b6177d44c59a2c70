/** Checks of one rule that wait at one time. */
const capacity = 1024;

/** A rule cannot wait longer than this: what it wants to see is the next moment. */
const maxDelayMs = 10_000;

/** Checks that wait for their time, a bounded number of them. */
export class LaterQueue {
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();
  #onEmpty: (() => void) | undefined;

  /** False where too many wait already: the check is dropped. */
  add(delayMs: number, check: () => void): boolean {
    if (this.#waiting.size >= capacity) return false;
    const timer = setTimeout(
      () => {
        this.#waiting.delete(timer);
        check();
        if (this.#waiting.size === 0) this.#onEmpty?.();
      },
      Math.min(Math.max(delayMs, 0), maxDelayMs),
    );
    this.#waiting.set(timer, check);
    return true;
  }

  /** Waits until all have had their time, at most `withinMs`; makes the others now. */
  async finish(withinMs: number): Promise<void> {
    if (this.#waiting.size > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
        timer = setTimeout(resolve, withinMs);
      });
      clearTimeout(timer);
      this.#onEmpty = undefined;
    }
    for (const [timer, check] of this.#waiting) {
      clearTimeout(timer);
      this.#waiting.delete(timer);
      check();
    }
  }
}
