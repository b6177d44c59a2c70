import type { Scope } from '../scope.js';
import type { EventFilter } from './event-filter.js';

/** One filter, and who evaluates it: the kernel before it makes a record, or the runtime when it has come. */
export interface FilterPlace {
  readonly filter: string;
  readonly where: 'kernel' | 'runtime' | 'both';
}

/** Where each filter is evaluated. Of containers the kernel knows what the runtime has found out: until then, both. */
export function filterPlaces(scope: Scope, filters: readonly EventFilter[]): FilterPlace[] {
  const processes = scope.filters ?? [];
  const own = processes.filter(({ field }) => field !== 'container');
  const contained = processes.filter(({ field }) => field === 'container');
  const numbers = (name: string, list: readonly number[]): string[] =>
    list.length === 0 ? [] : [`${name}=${list.join(',')}`];
  const texts = (list: readonly { readonly text: string }[]): string[] => [
    ...new Set(list.map(({ text }) => text)),
  ];
  const at = (where: FilterPlace['where'], list: readonly string[]): FilterPlace[] =>
    list.map((filter) => ({ filter, where }));
  return [
    ...at('kernel', [...numbers('pid', scope.pids), ...numbers('tree', scope.trees), ...texts(own)]),
    ...at('both', texts(contained)),
    ...at('kernel', scope.follows === true ? ['follow'] : []),
    ...at('runtime', texts(filters)),
  ];
}
