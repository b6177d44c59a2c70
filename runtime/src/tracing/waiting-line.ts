export interface WaitingLineOptions<T> {
  /** Whether nothing more is to be known of it. */
  readonly isReady: (item: T) => boolean;
  readonly onReleased: (item: T) => void;
}

/** What waits is told without what it waits for after this long. */
export const maxWaitMs = 500;

/** More than these do not wait: the one that waits longest is told as it is. */
export const maxWaiting = 10_000;

/** Lets things through in their order, and holds them up for a bounded time where one is not ready. */
export class WaitingLine<T> {
  readonly #options: WaitingLineOptions<T>;
  readonly #waiting: { readonly item: T; readonly until: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WaitingLineOptions<T>) {
    this.#options = options;
  }

  take(item: T): void {
    const { isReady, onReleased } = this.#options;
    if (this.#waiting.length === 0 && isReady(item)) {
      onReleased(item);
      return;
    }
    this.#waiting.push({ item, until: performance.now() + maxWaitMs });
    if (this.#waiting.length > maxWaiting) this.#release(1);
    this.#timer ??= setTimeout(() => this.look(), maxWaitMs);
  }

  /** Something may be ready now. */
  look(): void {
    const { isReady } = this.#options;
    const now = performance.now();
    const first = this.#waiting.findIndex(({ item, until }) => until > now && !isReady(item));
    this.#release(first < 0 ? this.#waiting.length : first);
    clearTimeout(this.#timer);
    const [next] = this.#waiting;
    this.#timer = next === undefined ? undefined : setTimeout(() => this.look(), next.until - now);
  }

  /** Lets all through as they are. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#release(this.#waiting.length);
  }

  #release(count: number): void {
    for (const { item } of this.#waiting.splice(0, count)) this.#options.onReleased(item);
  }
}
