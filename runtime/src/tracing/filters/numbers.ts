import { refused, type Expression, type Operator } from './expression.js';

/** What a number must be: one of some, none of some, and between bounds, the bounds included. */
export interface NumberRange {
  readonly oneOf: ReadonlySet<bigint> | undefined;
  readonly noneOf: ReadonlySet<bigint>;
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
}

/** Largest and smallest number that a subject can have. */
export interface NumberLimits {
  readonly smallest: bigint;
  readonly largest: bigint;
}

/** Joins expressions about one number: several `=` are any of them, everything else must hold. Throws INVALID_FILTER. */
export function rangeOf(expressions: readonly Expression[], limits: NumberLimits): NumberRange {
  const of = (...wanted: Operator[]): bigint[] =>
    expressions
      .filter(({ operator }) => operator !== undefined && wanted.includes(operator))
      .flatMap((expression) => numbersIn(expression, limits));
  const equal = of('=');
  const from = [...of('>='), ...of('>').map((one) => one + 1n)];
  const to = [...of('<='), ...of('<').map((one) => one - 1n)];
  const none = expressions.find(
    ({ operator, values: [value] }) =>
      (operator === '<' && value?.text === String(limits.smallest)) ||
      (operator === '>' && value?.text === String(limits.largest)),
  );
  if (none !== undefined) throw refused(none.text, 'is true of no number', 'use <= or >=');
  return {
    oneOf: equal.length === 0 ? undefined : new Set(equal),
    noneOf: new Set(of('!=')),
    from: from.length === 0 ? undefined : from.reduce((a, b) => (a > b ? a : b)),
    to: to.length === 0 ? undefined : to.reduce((a, b) => (a < b ? a : b)),
  };
}

/** Whether a number is in a range. */
export function isIn({ oneOf, noneOf, from, to }: NumberRange, value: bigint): boolean {
  return (
    (oneOf === undefined || oneOf.has(value)) &&
    !noneOf.has(value) &&
    (from === undefined || value >= from) &&
    (to === undefined || value <= to)
  );
}

function numbersIn({ text, values, operator }: Expression, { smallest, largest }: NumberLimits): bigint[] {
  if (operator !== '=' && operator !== '!=' && values.length > 1) {
    throw refused(text, `compares with ${values.length} numbers`, `give one number after ${operator}`);
  }
  return values.map((value) => {
    if (!/^-?\d+$|^0x[0-9a-fA-F]+$/.test(value.text)) {
      throw refused(
        text,
        `needs a number, and "${value.text}" is none`,
        'numbers are decimal, or 0x and hexadecimal',
      );
    }
    const number = BigInt(value.text);
    if (number < smallest || number > largest) {
      throw refused(text, `has a number that is not from ${smallest} to ${largest}`, 'give one that is');
    }
    return number;
  });
}
