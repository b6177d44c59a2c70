import { maxFilterNames, maxFilterNameSize, maxFilterValues } from '../events/layout.js';
import type { ArgumentValue } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import type { EventSelector } from './rule.js';

/** What the kernel compares before it makes a detection of an event: one argument with a few numbers. */
export interface KernelFilter {
  readonly number?: {
    /** Index of the argument. */
    readonly argument: number;
    readonly values: readonly bigint[];
    /** The argument has one of the bits of the only value. */
    readonly isBits?: boolean;
  };
  /** The last component of the file's path is one of these. */
  readonly names?: readonly string[];
}

/**
 * The narrowest filter that lets through all that `selectors` want of one event: undefined where they look at
 * different arguments, at strings, or at more numbers than the kernel compares. The engine looks again.
 */
export function kernelFilter(
  event: EventDefinition,
  selectors: readonly EventSelector[],
): KernelFilter | undefined {
  const number = numberFilter(event, selectors);
  const names = namesOf(selectors);
  if (number === undefined && names === undefined) return undefined;
  return { ...(number === undefined ? {} : { number }), ...(names === undefined ? {} : { names }) };
}

/** Undefined where a selector takes any name, or one that is too long for the kernel to compare. */
function namesOf(selectors: readonly EventSelector[]): readonly string[] | undefined {
  const names = new Set<string>();
  for (const selector of selectors) {
    if (selector.names === undefined) return undefined;
    for (const name of selector.names) {
      if (Buffer.byteLength(name) >= maxFilterNameSize) return undefined;
      names.add(name);
    }
  }
  return names.size === 0 || names.size > maxFilterNames ? undefined : [...names];
}

function numberFilter(
  event: EventDefinition,
  selectors: readonly EventSelector[],
): KernelFilter['number'] | undefined {
  const [first] = selectors.map(({ where }) => Object.entries(where ?? {})[0]);
  if (first === undefined) return undefined;
  const [name] = first;
  const values = new Set<bigint>();
  for (const { where } of selectors) {
    const wanted = where?.[name]?.map(asNumber);
    if (wanted === undefined) return undefined;
    for (const value of wanted) {
      if (value === undefined) return undefined;
      values.add(value);
    }
  }
  if (values.size === 0 || values.size > maxFilterValues) return undefined;
  const argument = event.arguments.findIndex((one) => one.name === name);
  return argument < 0 ? undefined : { argument, values: [...values] };
}

function asNumber(value: ArgumentValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}
