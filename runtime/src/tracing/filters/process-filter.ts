import { realpathSync, statSync } from 'node:fs';
import { maxScopeFilterValues, type filterFields, type filterOperators } from '../../events/scope-layout.js';
import { deviceOf } from '../../host/device.js';
import { refused, type Expression } from './expression.js';
import { rangeOf, type NumberLimits } from './numbers.js';
import { patternOf } from './text.js';

/** What the kernel side compares of a process before it builds a record. All of a scope's must hold. */
export interface ProcessFilter {
  readonly field: keyof typeof filterFields;
  readonly operator: keyof typeof filterOperators;
  /** Pairs, as `scope_filter.values` has them; numbers stand in the first of each. */
  readonly values: readonly (readonly [bigint, bigint])[];
  /** The expressions behind it, for `--plan`. */
  readonly text: string;
}

const u32: NumberLimits = { smallest: 0n, largest: 0xffff_ffffn };

const numeric = { uid: 'uid', pid: 'pid', tid: 'tid', mntns: 'mnt_ns', pidns: 'pid_ns' } as const;

export type ProcessSubject = keyof typeof numeric | 'comm' | 'uts' | 'binary';

/** Makes what the kernel compares of all expressions on one subject. Throws INVALID_FILTER. */
export function processFilters(subject: ProcessSubject, expressions: readonly Expression[]): ProcessFilter[] {
  if (expressions.length === 0) return [];
  const text = expressions.map((one) => one.text).join(' and ');
  if (subject === 'comm' || subject === 'uts') return equalities(subject, expressions, text, nameValues);
  if (subject === 'binary') return equalities(subject, expressions, text, fileValues);
  const field = numeric[subject];
  const { oneOf, noneOf, from, to } = rangeOf(expressions, u32);
  const filter = (operator: ProcessFilter['operator'], numbers: Iterable<bigint>): ProcessFilter[] =>
    chunk(
      [...numbers].map((one) => [one, 0n] as const),
      operator,
      text,
    ).map((values) => ({
      ...{ field, operator, values, text },
    }));
  return [
    ...(oneOf === undefined ? [] : filter('one_of', oneOf)),
    ...(noneOf.size === 0 ? [] : filter('none_of', noneOf)),
    ...(from === undefined ? [] : filter('at_least', [from])),
    ...(to === undefined ? [] : filter('at_most', [to])),
  ];
}

function equalities(
  field: 'comm' | 'uts' | 'binary',
  expressions: readonly Expression[],
  text: string,
  valuesOf: (expression: Expression) => (readonly [bigint, bigint])[],
): ProcessFilter[] {
  const ordered = expressions.find(({ operator }) => operator !== '=' && operator !== '!=');
  if (ordered !== undefined) throw refused(ordered.text, 'compares names', `${field} takes = and !=`);
  return (['=', '!='] as const).flatMap((wanted) => {
    const values = expressions.filter(({ operator }) => operator === wanted).flatMap(valuesOf);
    const operator = wanted === '=' ? 'one_of' : 'none_of';
    return values.length === 0
      ? []
      : chunk(values, operator, text).map((part) => ({ field, operator, values: part, text }));
  });
}

/** None of many is none of each part; one of many is not to be divided. */
function chunk<T>(values: T[], operator: ProcessFilter['operator'], text: string): T[][] {
  if (operator === 'one_of' && values.length > maxScopeFilterValues) {
    throw refused(
      text,
      `has ${values.length} values`,
      `give at most ${maxScopeFilterValues}, or use a range`,
    );
  }
  const parts: T[][] = [];
  for (let at = 0; at < values.length; at += maxScopeFilterValues)
    parts.push(values.slice(at, at + maxScopeFilterValues));
  return parts;
}

/** The kernel has 15 bytes of a name and a NUL: what is longer is compared as far as that. */
function nameValues({ text, values }: Expression): (readonly [bigint, bigint])[] {
  return values.map((value) => {
    const { text: name, isOpenBefore, isOpenBehind } = patternOf(value);
    if (isOpenBefore || isOpenBehind)
      throw refused(text, 'has a star', 'names of processes and hosts are compared whole');
    const bytes = Buffer.alloc(16);
    Buffer.from(name).copy(bytes, 0, 0, 15);
    return [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)] as const;
  });
}

/** A program file is known by its inode and file system, as they are when tracing begins. */
function fileValues({ text, values }: Expression): (readonly [bigint, bigint])[] {
  return values.map(({ text: path }) => {
    const status = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (status?.isFile() !== true)
      throw refused(text, `names no file: ${path}`, 'give the path of a program on this host');
    const device = deviceOf('/proc/self/root', realpathSync(path));
    if (device === undefined)
      throw refused(text, `names a file that cannot be opened: ${path}`, 'run it as root');
    return [status.ino, BigInt(device)] as const;
  });
}
