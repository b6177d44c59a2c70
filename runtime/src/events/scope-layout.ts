import type { StructLayout } from './layout.js';

/** What the process of an event must be like: entries in use come first, and all of them must hold. */
export const scopeFilter: StructLayout = {
  name: 'scope_filter',
  fields: [
    ['field', 'u32', 'FILTER_FIELD_*'],
    ['operation', 'u32', 'FILTER_*; 0: not in use'],
    ['count', 'u32', 'values in use'],
    ['reserved', 'u32', ''],
    [
      'values',
      'u64[32]',
      'pairs: a number and 0, 16 bytes of a name, inode and device of a file, or see CONTAINER_*',
    ],
  ],
};

/** Filters of one scope, and values of one filter. */
export const maxScopeFilters = 16;
export const maxScopeFilterValues = 16;

/** `scope_filter.field` */
export const filterFields = {
  uid: 1,
  pid: 2,
  tid: 3,
  mnt_ns: 4,
  pid_ns: 5,
  comm: 6,
  uts: 7,
  binary: 8,
  start_time: 9,
  container: 10,
} as const;

/** `scope_filter.operation` */
export const filterOperators = { one_of: 1, none_of: 2, at_least: 3, at_most: 4, facts: 5 } as const;

/**
 * What is known of the container of a process: it is in one, that one began with the tracing or later, and filters
 * name it after `=`, or after `!=`. A filter on them has the facts that it looks at, those of them that must hold,
 * and the time since boot from which on a container counts as new.
 */
export const containerFacts = { inside: 1, fresh: 2, chosen: 4, excluded: 8 } as const;
