/** An event waits this long for others that happened before it and arrive later. */
export const orderWindowMs = 100;

/** Events that wait at once: where there are more, the oldest goes before its time. */
const maxWaiting = 65_536;

interface Timed {
  readonly time: number;
}

/**
 * Brings events of all CPUs into the order of their times, which are monotonic nanoseconds. What comes later than the
 * window is let through at once, out of order, and counted.
 */
export class EventOrder<T extends Timed> {
  readonly #release: (item: T) => void;
  /** A heap: no item is younger than the two behind it, at twice its place and one and two more. */
  readonly #heap: T[] = [];
  #newest = 0;
  #last = 0;
  #late = 0;

  constructor(release: (item: T) => void) {
    this.#release = release;
  }

  /** Items that came later than the window. */
  get late(): number {
    return this.#late;
  }

  take(item: T): void {
    if (item.time > this.#newest) this.#newest = item.time;
    push(this.#heap, item);
    this.#releaseUntil(this.#newest - orderWindowMs * 1e6);
    if (this.#heap.length > maxWaiting) this.#releaseFirst();
  }

  /** Time goes on although nothing comes. */
  look(now = Number(process.hrtime.bigint())): void {
    this.#releaseUntil(now - orderWindowMs * 1e6);
  }

  end(): void {
    this.#releaseUntil(Infinity);
  }

  #releaseUntil(time: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.time <= time; first = this.#heap[0]) {
      this.#releaseFirst();
    }
  }

  #releaseFirst(): void {
    const item = pop(this.#heap);
    if (item === undefined) return;
    if (item.time < this.#last) this.#late += 1;
    else this.#last = item.time;
    this.#release(item);
  }
}

function push<T extends Timed>(heap: T[], item: T): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || parent.time <= item.time) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = item;
}

function pop<T extends Timed>(heap: T[]): T | undefined {
  const [first] = heap;
  const item = heap.pop();
  if (item === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    if (left === undefined) break;
    const isRight = right !== undefined && right.time < left.time;
    const child = isRight ? right : left;
    if (child.time >= item.time) break;
    heap[at] = child;
    at = 2 * at + 1 + Number(isRight);
  }
  heap[at] = item;
  return first;
}
