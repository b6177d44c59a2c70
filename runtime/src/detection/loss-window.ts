/** What was lost around a finding, so that its reader knows what it may lack. */
export interface Losses {
  /** Detections lost within the window. */
  readonly inWindow: bigint;
  /** How long the window is that ends with the finding, in seconds. */
  readonly windowSeconds: number;
  readonly sinceStart: bigint;
}

interface Sample {
  readonly time: number;
  readonly lost: bigint;
}

/** The shortest window. */
const windowNs = 10e9;

/** Remembers how many detections had been lost when, for the last moments. */
export class LossWindow {
  #samples: Sample[];

  /** `startedAt`: nanoseconds of CLOCK_MONOTONIC, when nothing had been lost. */
  constructor(startedAt: number) {
    this.#samples = [{ time: startedAt, lost: 0n }];
  }

  /** To be called every few seconds: a window is longer than wanted by as much. */
  add(time: number, lost: bigint): void {
    this.#samples.push({ time, lost });
    const newestBefore = this.#samples.findLastIndex((sample) => time - sample.time >= windowNs);
    if (newestBefore > 0) this.#samples = this.#samples.slice(newestBefore);
  }

  lossesAt(time: number, lost: bigint): Losses {
    const before = this.#samples.findLast((sample) => time - sample.time >= windowNs) ?? this.#samples[0];
    return {
      inWindow: lost - (before?.lost ?? 0n),
      windowSeconds: Math.max(0, Math.round((time - (before?.time ?? time)) / 1e9)),
      sinceStart: lost,
    };
  }
}
