import { WrongValue } from './mistakes.js';
import { isText, kindOf, textOf, typeName } from './values.js';

/** Whether two values are the same. Numbers are compared as numbers, whatever their type. */
export function isSame(one: unknown, other: unknown): boolean {
  if (typeof one === 'string' && typeof other === 'string') return one === other;
  const kind = kindOf(one);
  const otherKind = kindOf(other);
  if (kind === 'nil' || otherKind === 'nil') return kind === otherKind;
  if (isText(one) && isText(other)) return textOf(one) === textOf(other);
  // oxlint-disable-next-line eqeqeq -- 1n == 1, and nothing but numbers comes here
  if (isNumber(one) && isNumber(other)) return one == other;
  if (typeof one === 'boolean' && typeof other === 'boolean') return one === other;
  throw incomparable(one, other);
}

export function isLess(one: unknown, other: unknown): boolean {
  if (isText(one) && isText(other)) return textOf(one) < textOf(other);
  if (isNumber(one) && isNumber(other)) return one < other;
  throw incomparable(one, other);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function incomparable(one: unknown, other: unknown): WrongValue {
  return new WrongValue(
    `a value of type ${typeName(one)} cannot be compared with one of type ${typeName(other)}`,
  );
}
