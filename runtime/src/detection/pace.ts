/** A rule that takes this long for one event keeps all others waiting. */
const slowCallMs = 25;

/** So does one that takes this long for each of many. */
const slowAverageMs = 1;

/** The average is that of about so many calls. */
const averagedCalls = 64;

/** A slow rule counts as fast again after so many calls that were. */
const callsToRecover = 200;

/** How fast a rule is of late, and what it has cost since start. */
export class Pace {
  calls = 0;
  totalMs = 0;
  worstMs = 0;
  #averageMs = 0;
  #fastCalls = callsToRecover;

  /** Says in words why the rule is slow after this call; undefined where the call was fast enough. */
  add(ms: number): string | undefined {
    this.calls += 1;
    this.totalMs += ms;
    this.worstMs = Math.max(this.worstMs, ms);
    this.#averageMs += (ms - this.#averageMs) / averagedCalls;
    if (ms >= slowCallMs) {
      this.#fastCalls = 0;
      return `took ${ms.toFixed(0)} ms`;
    }
    if (this.#averageMs >= slowAverageMs) {
      this.#fastCalls = 0;
      return `takes ${this.#averageMs.toFixed(1)} ms on average`;
    }
    this.#fastCalls += 1;
    return undefined;
  }

  get isSlow(): boolean {
    return this.#fastCalls < callsToRecover;
  }
}
