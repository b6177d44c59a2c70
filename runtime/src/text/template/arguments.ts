import { WrongValue } from './mistakes.js';
import { formatValue } from './print.js';
import { isList, isMap, isText, kindOf, OwnText, textOf, typeName, type Text } from './values.js';

/** Members of what a template makes, and of what is within: loops could make it twice as much each time. */
const maxMembers = 10_000;

const weights = new WeakMap<object, number>();

/** Text, or a number or truth as text. What is not there, and lists, are no text. */
export function requireText(name: string, value: unknown): Text {
  if (isText(value)) return value;
  const kind = kindOf(value);
  if (kind === 'int' || kind === 'float' || kind === 'bool') return new OwnText(formatValue(value));
  throw new WrongValue(`${name}: a value of type ${typeName(value)} is no text`);
}

/** The same where it does not matter whose text it is. */
export function requireWords(name: string, value: unknown): string {
  return textOf(requireText(name, value));
}

export function requireList(name: string, value: unknown): readonly unknown[] {
  if (isList(value)) return value;
  throw new WrongValue(`${name}: a value of type ${typeName(value)} is no list`);
}

export function requireMap(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isMap(value)) return value;
  throw new WrongValue(`${name}: a value of type ${typeName(value)} is no map`);
}

/** A whole number; of one with a fraction the part before the point, and what a text says. */
export function requireInteger(name: string, value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (isText(value) && /^[+-]?\d{1,19}$/.test(textOf(value))) return BigInt(textOf(value).replace('+', ''));
  const met = isText(value) ? `"${textOf(value).slice(0, 40)}"` : `a value of type ${typeName(value)}`;
  throw new WrongValue(`${name}: ${met} is no number`);
}

/** A size or position: small enough to be one. */
export function requireSize(name: string, value: unknown): number {
  const size = requireInteger(name, value);
  if (size >= -1_000_000n && size <= 1_000_000n) return Number(size);
  throw new WrongValue(`${name}: ${size} is too much`);
}

/** As a number where that is exact, of 64 bits as in Go. */
export function integerOf(value: bigint): number | bigint {
  const wrapped = BigInt.asIntN(64, value);
  return Number.isSafeInteger(Number(wrapped)) ? Number(wrapped) : wrapped;
}

export function makeList(members: readonly unknown[]): readonly unknown[] {
  weights.set(members, weigh(members));
  return members;
}

export function makeMap(entries: readonly (readonly [string, unknown])[]): object {
  const map = Object.fromEntries(entries);
  weights.set(map, weigh(entries.map(([, member]) => member)));
  return map;
}

function weigh(members: readonly unknown[]): number {
  let weight = 1;
  for (const member of members) {
    weight += typeof member === 'object' && member !== null ? (weights.get(member) ?? 1) : 1;
  }
  if (weight > maxMembers) throw new WrongValue(`a list or map would have more than ${maxMembers} members`);
  return weight;
}
