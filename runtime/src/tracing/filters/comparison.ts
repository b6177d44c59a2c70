import {
  comparison as layout,
  maxComparedNumbers,
  maxComparedTexts,
  maxComparedTextSize,
  compareOperators,
} from '../../events/comparison-layout.js';
import { layoutOf, wireCodes } from '../../events/layout.js';
import type { EventDefinition, Wire } from '../../events/types.js';
import type { Expression } from './expression.js';
import type { NumberRange } from './numbers.js';
import { patternOf, type TextPattern } from './text.js';

/** What the kernel compares of one argument, or of the result, before it hands a record on. */
export interface Comparison {
  readonly operator: keyof typeof compareOperators;
  /** Which one, or `comparedResult`. */
  readonly argument: number;
  readonly wire: Wire;
  /** Numbers, as their type has them. */
  readonly numbers?: readonly bigint[];
  readonly texts?: readonly TextPattern[];
}

/** Comparisons that say the same as a range; undefined where the kernel does not take so many numbers. */
export function numberComparisons(
  argument: number,
  wire: Wire,
  { oneOf, noneOf, from, to }: NumberRange,
): Comparison[] | undefined {
  const one = (operator: Comparison['operator'], numbers: Iterable<bigint>): Comparison => ({
    ...{ operator, argument, wire },
    numbers: [...numbers],
  });
  const found = [
    ...(oneOf === undefined ? [] : [one('one_of', oneOf)]),
    ...(noneOf.size === 0 ? [] : [one('none_of', noneOf)]),
    ...(from === undefined ? [] : [one('at_least', [from])]),
    ...(to === undefined ? [] : [one('at_most', [to])]),
  ];
  const isTaken = found.every(
    ({ numbers = [] }) =>
      numbers.length <= maxComparedNumbers && numbers.every((number) => isPossible(number, wire)),
  );
  return isTaken ? found : undefined;
}

/** A number that the type cannot have would be another one as the kernel stores it. */
function isPossible(number: bigint, wire: Wire): boolean {
  const isSigned = wire === 'i32' || wire === 'i64';
  return (isSigned ? BigInt.asIntN(64, number) : BigInt.asUintN(64, number)) === number;
}

/** The same of a text; undefined where the runtime has to look: many values, long ones, or something within. */
export function textComparisons(
  argument: number,
  expressions: readonly Expression[],
): Comparison[] | undefined {
  const found = (['=', '!='] as const).flatMap((wanted): Comparison[] => {
    const patterns = expressions
      .filter(({ operator }) => operator === wanted)
      .flatMap(({ values }) => values.map(patternOf));
    return patterns.length === 0
      ? []
      : [
          {
            operator: wanted === '=' ? 'text_one_of' : 'text_none_of',
            argument,
            wire: 'string',
            texts: patterns,
          },
        ];
  });
  const isTaken = found.every(
    ({ texts = [] }) =>
      texts.length <= maxComparedTexts &&
      texts.every(
        ({ text, isOpenBefore, isOpenBehind }) =>
          Buffer.byteLength(text) <= maxComparedTextSize && !(isOpenBefore && isOpenBehind),
      ),
  );
  return isTaken ? found : undefined;
}

const { offsets, size } = layoutOf(layout);

/** `struct comparison`. */
export function encodeComparison({ operator, argument, wire, numbers, texts }: Comparison): Buffer {
  const bytes = Buffer.alloc(size);
  const at = (field: string): number => offsets.get(field) ?? 0;
  bytes.writeUInt8(compareOperators[operator], at('operation'));
  bytes.writeUInt8(argument, at('argument'));
  bytes.writeUInt8(wireCodes[wire], at('wire'));
  for (const [index, number] of filled(numbers ?? [], maxComparedNumbers).entries()) {
    bytes.writeBigUInt64LE(BigInt.asUintN(64, number), at('values') + 8 * index);
  }
  for (const [index, pattern] of filled(texts ?? [], maxComparedTexts).entries()) {
    const text = Buffer.from(pattern.text);
    bytes.writeUInt8(text.length, at('lengths') + index);
    bytes.writeUInt8(pattern.isOpenBefore ? 1 : 0, at('from_end') + index);
    bytes.writeUInt8(pattern.isOpenBefore || pattern.isOpenBehind ? 0 : 1, at('whole') + index);
    const place = maxComparedTextSize * index;
    text.copy(bytes, at('values') + place);
    bytes.fill(0xff, at('masks') + place, at('masks') + place + text.length);
  }
  return bytes;
}

/** All places in use, since the kernel looks at each: the first value stands in those that are left. */
function filled<T>(values: readonly T[], count: number): T[] {
  return values.flatMap((value, index) =>
    index === 0 ? Array.from({ length: count - values.length + 1 }, () => value) : [value],
  );
}

/** Whether the kernel has the argument as it is told: what a call itself fills in is something else when it fails. */
export function isComparable({ arguments: list }: EventDefinition, index: number, wire: Wire): boolean {
  const isNumber = wire === 'i32' || wire === 'u32' || wire === 'i64' || wire === 'u64' || wire === 'pointer';
  return (isNumber || wire === 'string') && list[index]?.isAsLongAsResult !== true;
}
