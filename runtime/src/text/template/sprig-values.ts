import {
  integerOf,
  makeList,
  makeMap,
  requireInteger,
  requireList,
  requireMap,
  requireSize,
  requireWords,
} from './arguments.js';
import { isSame } from './comparisons.js';
import { WrongValue } from './mistakes.js';
import type { Functions, TemplateFunction } from './tree.js';
import { entriesOf, isList, isMap, isTrue, kindOf, memberOf, typeName } from './values.js';

/** Functions of Sprig on values, lists, maps and numbers, with the order of values that they have there. */
export const sprigValues: Functions = {
  default: { call: (other, value) => (isTrue(value) ? value : other), least: 1, most: 2 },
  empty: { call: (value) => !isTrue(value), least: 1, most: 1 },
  coalesce: { call: (...values) => values.find(isTrue), least: 0, most: Infinity },
  all: { call: (...values) => values.every(isTrue), least: 0, most: Infinity },
  any: { call: (...values) => values.some(isTrue), least: 0, most: Infinity },
  ternary: { call: (yes, no, value) => (isTrue(value) ? yes : no), least: 3, most: 3 },
  kindOf: { call: kindName, least: 1, most: 1 },
  kindIs: { call: (kind, value) => requireWords('kindIs', kind) === kindName(value), least: 2, most: 2 },
  typeOf: { call: typeName, least: 1, most: 1 },

  list: { call: (...values) => makeList(values), least: 0, most: Infinity },
  first: { call: (list) => requireList('first', list)[0], least: 1, most: 1 },
  last: { call: (list) => requireList('last', list).at(-1), least: 1, most: 1 },
  rest: { call: (list) => makeList(requireList('rest', list).slice(1)), least: 1, most: 1 },
  initial: { call: (list) => makeList(requireList('initial', list).slice(0, -1)), least: 1, most: 1 },
  append: { call: (list, one) => makeList([...requireList('append', list), one]), least: 2, most: 2 },
  prepend: { call: (list, one) => makeList([one, ...requireList('prepend', list)]), least: 2, most: 2 },
  concat: {
    call: (...lists) => makeList(lists.flatMap((list) => requireList('concat', list))),
    least: 0,
    most: Infinity,
  },
  reverse: { call: (list) => makeList(requireList('reverse', list).toReversed()), least: 1, most: 1 },
  uniq: { call: (list) => makeList(uniq(requireList('uniq', list))), least: 1, most: 1 },
  compact: { call: (list) => makeList(requireList('compact', list).filter(isTrue)), least: 1, most: 1 },
  has: {
    call: (one, list) => requireList('has', list).some((other) => isAlike(one, other)),
    least: 2,
    most: 2,
  },
  until: {
    call: (count) =>
      makeList(Array.from({ length: Math.max(requireSize('until', count), 0) }, (_, at) => at)),
    least: 1,
    most: 1,
  },

  dict: { call: dict, least: 0, most: Infinity },
  get: {
    call: (map, name) => memberOf(requireMap('get', map), requireWords('get', name)) ?? '',
    least: 2,
    most: 2,
  },
  hasKey: {
    call: (map, name) => namesOf('hasKey', map).includes(requireWords('hasKey', name)),
    least: 2,
    most: 2,
  },
  keys: {
    call: (...maps) => makeList(maps.flatMap((map) => namesOf('keys', map))),
    least: 1,
    most: Infinity,
  },
  values: {
    call: (map) => makeList(entriesOf(requireMap('values', map)).map(([, value]) => value)),
    least: 1,
    most: 1,
  },
  pick: { call: (map, ...names) => pick('pick', map, names, true), least: 1, most: Infinity },
  omit: { call: (map, ...names) => pick('omit', map, names, false), least: 1, most: Infinity },

  int: { call: (value) => integerOf(requireInteger('int', value)), least: 1, most: 1 },
  int64: { call: (value) => integerOf(requireInteger('int64', value)), least: 1, most: 1 },
  add: sum('add', (one, other) => one + other),
  add1: { call: (value) => integerOf(requireInteger('add1', value) + 1n), least: 1, most: 1 },
  sub: sum('sub', (one, other) => one - other, 2),
  mul: sum('mul', (one, other) => one * other),
  div: sum('div', (one, other) => one / requireDivisor('div', other), 2),
  mod: sum('mod', (one, other) => one % requireDivisor('mod', other), 2),
  max: sum('max', (one, other) => (one > other ? one : other)),
  min: sum('min', (one, other) => (one < other ? one : other)),
};

function sum(name: string, join: (one: bigint, other: bigint) => bigint, most = Infinity): TemplateFunction {
  return {
    call: (...values) => integerOf(values.map((value) => requireInteger(name, value)).reduce(join)),
    least: most === Infinity ? 1 : most,
    most,
  };
}

function requireDivisor(name: string, value: bigint): bigint {
  if (value === 0n) throw new WrongValue(`${name}: nothing can be divided by 0`);
  return value;
}

/** As Go's reflect names kinds. */
function kindName(value: unknown): string {
  const names = { nil: 'invalid', float: 'float64', text: 'string', list: 'slice', bool: 'bool', int: 'int' };
  const kind = kindOf(value);
  return kind === 'map' ? 'map' : names[kind];
}

/** `dict "a" 1 "b" 2`; the last name may be without a value. */
function dict(...values: readonly unknown[]): object {
  const entries: [string, unknown][] = [];
  for (let at = 0; at < values.length; at += 2) {
    entries.push([requireWords('dict', values[at]), at + 1 < values.length ? values[at + 1] : '']);
  }
  return makeMap(entries);
}

function namesOf(name: string, map: unknown): string[] {
  return entriesOf(requireMap(name, map)).map(([key]) => key);
}

function pick(name: string, map: unknown, names: readonly unknown[], isWanted: boolean): object {
  const wanted = new Set(names.map((one) => requireWords(name, one)));
  return makeMap(entriesOf(requireMap(name, map)).filter(([key]) => wanted.has(key) === isWanted));
}

function uniq(list: readonly unknown[]): unknown[] {
  const found: unknown[] = [];
  for (const one of list) if (!found.some((other) => isAlike(one, other))) found.push(one);
  return found;
}

/** Values of two types are no mistake here, and lists and maps are those that they are. */
function isAlike(one: unknown, other: unknown): boolean {
  if (isList(one) || isMap(one) || isList(other) || isMap(other)) return one === other;
  return kindOf(one) === kindOf(other) && isSame(one, other);
}
