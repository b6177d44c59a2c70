/** How a search for the highest rate goes about it. */
export interface RampOptions<T> {
  /** First rate that is tried; tried lower when it already fails. */
  readonly start: number;
  /** Each step up multiplies by this until a rate fails. */
  readonly factor: number;
  /** Halvings between the highest rate that held and the lowest that failed. */
  readonly refinements: number;
  readonly lowest: number;
  readonly highest: number;
  /** Whether the rate held, and what is to be kept of the run. */
  readonly attempt: (rate: number) => Promise<{ readonly holds: boolean; readonly outcome: T }>;
}

/** The highest rate that held; undefined where not even the lowest did. */
export async function findHighestRate<T>(options: RampOptions<T>): Promise<Held<T> | undefined> {
  const bracket = await climb(options);
  let { best } = bracket;
  let { failed } = bracket;
  for (let step = 0; step < options.refinements; step++) {
    if (best === undefined || failed === undefined) break;
    const rate = Math.round((best.rate + failed) / 2);
    const { holds, outcome } = await options.attempt(rate);
    if (holds) best = { rate, outcome };
    else failed = rate;
  }
  return best;
}

interface Held<T> {
  readonly rate: number;
  readonly outcome: T;
}

/** Up from the first rate until one fails, or down from it until one holds. */
async function climb<T>(options: RampOptions<T>): Promise<{ best?: Held<T>; failed?: number }> {
  const { start, factor, lowest, highest, attempt } = options;
  const first = await attempt(start);
  if (!first.holds) {
    let failed = start;
    while (failed > lowest) {
      const rate = Math.max(Math.round(failed / factor), lowest);
      const { holds, outcome } = await attempt(rate);
      if (holds) return { best: { rate, outcome }, failed };
      failed = rate;
    }
    return { failed };
  }
  let best = { rate: start, outcome: first.outcome };
  while (best.rate < highest) {
    const rate = Math.min(Math.round(best.rate * factor), highest);
    const { holds, outcome } = await attempt(rate);
    if (!holds) return { best, failed: rate };
    best = { rate, outcome };
  }
  return { best };
}
