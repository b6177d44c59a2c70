import { wireOfType } from '../../events/argument-types.js';
import { describeValue } from '../../events/names.js';
import type { TracedEvent } from '../../events/record.js';
import { toldArguments } from '../../events/record-arguments.js';
import type { EventDefinition } from '../../events/types.js';
import { isDependent } from '../../events/vocabulary/dependent.js';
import { circumstancesOf, headOf, nameOf, originOf, stackOf, subjectOf } from '../event-json.js';
import { toJson } from '../json-values.js';

/** How a value is written. What is `rare` is decoded and written as `eventToJson` does. */
export const ways = {
  ...{ i32: 0, u32: 1, i64: 2, u64: 3, pointer: 4, string: 5 },
  /** A number of 32 bits that has names, and the same of 64. */
  ...{ named: 6, namedLong: 7, namedUnsignedLong: 8 },
  rare: 9,
} as const;

/** One argument of lines that are alike. */
export interface ArgumentFrame {
  readonly index: number;
  /** Its name and type, with the comma before it. */
  readonly head: Uint8Array;
  readonly way: number;
  /** Of a number that has names: the text of each value so far. */
  readonly told: Map<number, Uint8Array>;
  /** The same for a value that has not been told. */
  readonly tell: (value: number) => Uint8Array;
}

/** What lines of one thread and event have in common: all but the time, the result, the values and the CPU. */
export interface Frame {
  /** Words of a record that all of it was made of. */
  readonly key: Uint32Array;
  /** Of the clock that events have: what is later is looked at anew. */
  readonly until: number;
  /** Nothing is written of the others. */
  readonly isTold: boolean;
  readonly hasFailed: boolean;
  /** From the time to the result. */
  readonly before: Uint8Array;
  /** From the result to the arguments. */
  readonly stack: Uint8Array;
  readonly arguments: readonly ArgumentFrame[];
  /** From the arguments to the CPU. */
  readonly origin: Uint8Array;
  readonly end: Uint8Array;
}

const encoder = new TextEncoder();

/** `present` is of the record: bit n for argument n. */
export function frameOf(
  event: TracedEvent,
  isTold: boolean,
  { key, present, until }: { readonly key: Uint32Array; readonly present: number; readonly until: number },
): Frame {
  const hasFailed = event.returnValue < 0;
  const told = toldArguments(event.definition, present, hasFailed);
  return {
    key,
    until,
    isTold,
    hasFailed,
    before: encoder.encode(
      `${subjectOf(event)}${nameOf(event.definition)},"argsNum":${told.length},"returnValue":`,
    ),
    stack: encoder.encode(`${stackOf(event)}[`),
    arguments: told.map((index, position) => argumentFrame(event, index, position === 0)),
    origin: encoder.encode(`]${originOf(event)}`),
    end: encoder.encode(`${circumstancesOf(event)}}\n`),
  };
}

/** The same for every thread: by event, then by argument, place and kind of caller. */
const argumentFrames = new Map<EventDefinition, ArgumentFrame[]>();

function argumentFrame(event: TracedEvent, index: number, isFirst: boolean): ArgumentFrame {
  const { definition, isCompat } = event;
  let known = argumentFrames.get(definition);
  if (known === undefined) argumentFrames.set(definition, (known = []));
  return (known[4 * index + 2 * Number(isFirst) + Number(isCompat)] ??= makeArgumentFrame(
    event,
    index,
    isFirst,
  ));
}

/** Values whose text is kept: more than programs use of any argument that has names. */
const maxTold = 1024;

function makeArgumentFrame(
  { definition, isCompat }: TracedEvent,
  index: number,
  isFirst: boolean,
): ArgumentFrame {
  const caller = { isCompat, arguments: [] };
  const argument = definition.arguments[index];
  if (argument === undefined) throw new RangeError(`${definition.name} has no argument ${index}`);
  const told = new Map<number, Uint8Array>();
  const isUnsigned = wireOfType[argument.type] === 'u32';
  return {
    index,
    head: encoder.encode(`${isFirst ? '' : ','}${headOf(argument)}`),
    way: wayOf(definition, index),
    told,
    tell: (value) => {
      const number = isUnsigned ? value >>> 0 : value;
      const text = encoder.encode(toJson(describeValue({ definition: argument, value: number }, caller)));
      if (told.size < maxTold) told.set(value, text);
      return text;
    },
  };
}

function wayOf({ arguments: list }: EventDefinition, index: number): number {
  const argument = list[index];
  if (argument === undefined || argument.isAsLongAsResult === true) return ways.rare;
  const wire = wireOfType[argument.type];
  const { vocabulary } = argument;
  if (vocabulary !== undefined) {
    if (isDependent(vocabulary)) return ways.rare;
    if (wire === 'i32' || wire === 'u32') return ways.named;
    if (wire === 'i64') return ways.namedLong;
    return wire === 'u64' ? ways.namedUnsignedLong : ways.rare;
  }
  return wire in ways ? ways[wire as keyof typeof ways] : ways.rare;
}
