export type Unit =
  'x' | 'ms' | 'µs' | 'ns' | 's' | '%' | 'MiB' | 'MiB/min' | 'events/s' | 'runs' | 'events' | '';

/** What DESIGN section 7 asks for. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** One measured value. */
export interface Metric {
  /** `tax.tracee/empty`: the measure, then what of it. Stays the same between versions. */
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly value: number;
  /** Lowest and highest of the runs that the value is the median of. */
  readonly spread?: readonly [number, number];
  readonly better: 'lower' | 'higher' | 'neither';
  readonly target?: Target;
  /** What a reader must know to read the value right. */
  readonly note?: string;
}

/** Where the time of a profiled process went. */
export interface ProfileLine {
  readonly function: string;
  readonly place: string;
  readonly percent: number;
}

/** What a measure gives back. */
export interface Measured {
  readonly metrics: readonly Metric[];
  /** Self time by function, most first. */
  readonly profile?: readonly ProfileLine[];
}

export function meetsTarget({ value, target }: Metric): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}
