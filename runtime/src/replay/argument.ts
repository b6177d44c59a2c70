import { parseName, type Surroundings } from '../events/names.js';
import type { ArgumentValue } from '../events/record.js';
import { wireOfType } from '../events/argument-types.js';
import type { ArgumentDefinition, Wire } from '../events/types.js';

/** Smallest and largest value of each wire that is a number. */
const ranges: Partial<Record<Wire, readonly [least: bigint, most: bigint]>> = {
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
};

/**
 * The value that an argument had before it was printed: a name or number, digits for integers that a double
 * cannot hold, `0x` and hex for addresses. Throws RangeError for what an argument of this type cannot be.
 */
export function parseArgument(
  definition: ArgumentDefinition,
  value: unknown,
  event: Surroundings,
): ArgumentValue {
  const wire = wireOfType[definition.type];
  const range = ranges[wire];
  if (range !== undefined) return parseNumber(definition, value, range, event);
  switch (wire) {
    case 'strings':
      // Go writes an empty slice as null.
      return value === null ? [] : requireStrings(definition, value);
    case 'pointer':
      return requireText(definition, value, /^0x[\dA-Fa-f]{1,16}$/, 'an address such as 0x7FFC1234');
    case 'bytes':
      return requireText(definition, value, /^(?:[\da-f]{2})*$/, 'bytes in hex, such as 7f454c46');
    default:
      return requireText(definition, value, /^/, 'a string');
  }
}

function parseNumber(
  definition: ArgumentDefinition,
  value: unknown,
  [least, most]: readonly [bigint, bigint],
  event: Surroundings,
): number | bigint {
  const number = toBigint(definition, value, event);
  if (number === undefined) throw unfit(definition, value, 'a number');
  if (number < least || number > most) throw unfit(definition, value, `a number from ${least} to ${most}`);
  const double = Number(number);
  return Number.isSafeInteger(double) ? double : number;
}

function toBigint(
  { type, vocabulary }: ArgumentDefinition,
  value: unknown,
  event: Surroundings,
): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'string') return undefined;
  // Digits are read as the vocabulary does: permissions are octal.
  const named = vocabulary === undefined ? undefined : parseName(vocabulary, value, event);
  if (named === undefined) return /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
  // Flags are told without a sign, and the highest bit of C's int is one.
  return wireOfType[type] === 'i32' ? BigInt.asIntN(32, BigInt(named)) : BigInt(named);
}

function requireStrings(definition: ArgumentDefinition, value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
    throw unfit(definition, value, 'a list of strings');
  }
  return value;
}

function requireText(definition: ArgumentDefinition, value: unknown, form: RegExp, expected: string): string {
  if (typeof value !== 'string' || !form.test(value)) throw unfit(definition, value, expected);
  return value;
}

/** How much of a value that does not fit is shown. */
const shownLength = 60;

function unfit({ name }: ArgumentDefinition, value: unknown, expected: string): RangeError {
  const json = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'nothing');
  const shown = json.length > shownLength ? `${json.slice(0, shownLength)}…` : json;
  return new RangeError(`the argument ${name} is ${shown}, and must be ${expected}`);
}
