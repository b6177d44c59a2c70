import { maxComparisons, maxEventComparisons } from '../../events/comparison-layout.js';
import type { EventDefinition } from '../../events/types.js';
import type { Comparison } from './comparison.js';
import type { EventFilter } from './event-filter.js';

/** What looks at filters on arguments and results. */
export interface PlacedFilters {
  /** In the kernel: what does not pass is never handed on, nor counted. */
  readonly comparisons: ReadonlyMap<EventDefinition, readonly Comparison[]>;
  /** In the runtime, when an event has come. */
  readonly rest: readonly EventFilter[];
  /** The same in words, in the order in which they were given. */
  readonly places: readonly { readonly text: string; readonly place: 'kernel' | 'runtime' }[];
}

/** Gives the kernel as many filters as it takes. */
export function placeFilters(filters: readonly EventFilter[]): PlacedFilters {
  const comparisons = new Map<EventDefinition, readonly Comparison[]>();
  const rest: EventFilter[] = [];
  let total = 0;
  const places = filters.map((filter) => {
    const before = comparisons.get(filter.event) ?? [];
    const own = filter.comparisons;
    const isTaken =
      own !== undefined &&
      before.length + own.length <= maxEventComparisons &&
      total + own.length <= maxComparisons;
    if (isTaken) {
      comparisons.set(filter.event, [...before, ...own]);
      total += own.length;
    } else {
      rest.push(filter);
    }
    return { text: filter.text, place: isTaken ? 'kernel' : 'runtime' } as const;
  });
  return { comparisons, rest, places };
}
