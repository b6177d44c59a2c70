/** How times are told: seconds since boot, seconds since tracing began, or by the clock on the wall, in UTC. */
export type TimeStyle = 'boot' | 'relative' | 'wall';

/** The clock on the wall can be set while we run; it is compared this often. */
const checkAfterNs = 1e9;

/** Less than a step: the two clocks are read one after the other, and one of them tells milliseconds. */
const toleranceNs = 5e6;

/** Tells the times of events, which are of the monotonic clock, in nanoseconds. */
export class EventClock {
  readonly style: TimeStyle;
  #startNs = monotonicNow();
  #offsetNs = wallOffset();
  #checkedAtNs = monotonicNow();

  constructor(style: TimeStyle) {
    this.style = style;
  }

  /** Tracing begins now. */
  begin(): void {
    this.#startNs = monotonicNow();
  }

  /** `176751.746515`, or `17:05:23.746515` by the clock on the wall. */
  textOf(time: number): string {
    if (this.style === 'wall') return this.wallTimeOf(time).slice(11, 26);
    return ((this.style === 'relative' ? this.relativeNsOf(time) : time) / 1e9).toFixed(6);
  }

  relativeNsOf(time: number): number {
    return time - this.#startNs;
  }

  /** `2026-11-30T17:05:23.746515Z` */
  wallTimeOf(time: number): string {
    if (time - this.#checkedAtNs > checkAfterNs) this.#check(time);
    const micros = Math.round((time + this.#offsetNs) / 1000);
    const text = new Date(Math.floor(micros / 1000)).toISOString();
    return `${text.slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
  }

  #check(time: number): void {
    this.#checkedAtNs = time;
    const offset = Date.now() * 1e6 - monotonicNow();
    if (Math.abs(offset - this.#offsetNs) > toleranceNs) this.#offsetNs = wallOffset();
  }
}

function monotonicNow(): number {
  return Number(process.hrtime.bigint());
}

/** What the clock on the wall is ahead, to some microseconds: taken when its millisecond turns. */
function wallOffset(): number {
  const first = Date.now();
  let now = first;
  while (now === first) now = Date.now();
  return now * 1e6 - monotonicNow();
}
