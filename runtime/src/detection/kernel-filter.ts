import { maxFilterNames, maxFilterNameSize, maxFilterValues } from '../events/layout.js';
import type { ArgumentValue } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import type { EventSelector } from './rule.js';

/** What the kernel compares before it makes a detection of an event: one argument with a few numbers. */
export interface KernelFilter {
  readonly number?: NumberFilter;
  /** The last component of the file's path is one of these. */
  readonly names?: readonly string[];
}

interface NumberFilter {
  /** Index of the argument. */
  readonly argument: number;
  readonly values: readonly bigint[];
  /** The argument has one of the bits of the only value. */
  readonly isBits?: boolean;
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
    for (const name of selector.names) names.add(name);
  }
  const isLong = [...names].some((name) => Buffer.byteLength(name) >= maxFilterNameSize);
  return names.size === 0 || names.size > maxFilterNames || isLong ? undefined : [...names];
}

/** Of the arguments that every selector narrows, the one that the kernel can compare most exactly. */
function numberFilter(event: EventDefinition, selectors: readonly EventSelector[]): NumberFilter | undefined {
  const filters = event.arguments.flatMap(({ name }, argument) => {
    const wanted = selectors.map((selector) => wantedOf(selector, name));
    const filter = valuesOf(argument, wanted) ?? bitsOf(argument, wanted);
    return filter === undefined ? [] : [filter];
  });
  return filters.find((filter) => filter.isBits !== true) ?? filters[0];
}

/** What one selector wants of one argument. */
interface Wanted {
  readonly values?: readonly bigint[];
  readonly bits?: bigint;
}

/** Undefined where it takes anything, or what the kernel cannot compare. */
function wantedOf({ where, bits }: EventSelector, argument: string): Wanted | undefined {
  const values = where?.[argument]?.map(asNumber);
  if (values !== undefined && values.length > 0) {
    const numbers = values.filter((value) => value !== undefined);
    return numbers.length === values.length ? { values: numbers } : undefined;
  }
  const mask = bits?.[argument];
  return mask === undefined ? undefined : { bits: BigInt(mask) };
}

function valuesOf(argument: number, wanted: readonly (Wanted | undefined)[]): NumberFilter | undefined {
  const values = new Set<bigint>();
  for (const one of wanted) {
    if (one?.values === undefined) return undefined;
    for (const value of one.values) values.add(value);
  }
  return values.size === 0 || values.size > maxFilterValues ? undefined : { argument, values: [...values] };
}

/** Values are widened to their bits, which lets more through; 0 has none. */
function bitsOf(argument: number, wanted: readonly (Wanted | undefined)[]): NumberFilter | undefined {
  let mask = 0n;
  for (const one of wanted) {
    if (one === undefined || one.values?.includes(0n) === true) return undefined;
    for (const bits of one.values ?? [one.bits ?? 0n]) mask |= bits;
  }
  return mask === 0n ? undefined : { argument, values: [mask], isBits: true };
}

function asNumber(value: ArgumentValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}
