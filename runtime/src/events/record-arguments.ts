import { describeAddress } from './address.js';
import { wireOfType } from './argument-types.js';
import { describeCredentials } from './credentials.js';
import { layoutOf, recordHeader } from './layout.js';
import { readAddress, readExact, readExactSigned } from './numbers.js';
import { cutOf, dataOf, readReference, splitStrings, text } from './reference.js';
import type { ArgumentDefinition, EventDefinition } from './types.js';

/** Numbers that do not fit a double exactly are bigints; addresses are `0x` and upper-case hex. */
export type ArgumentValue = number | bigint | string | string[];

export interface EventArgument {
  readonly definition: ArgumentDefinition;
  readonly value: ArgumentValue;
  /** Not all of it was recorded. `full` is its whole size in bytes or strings, where the kernel knew it. */
  readonly cut?: { readonly full: number | undefined };
}

const { offsets } = layoutOf(recordHeader);
const at = {
  slots: offsets.get('slots') ?? 0,
  arguments: offsets.get('arguments') ?? 0,
  returnValue: offsets.get('return_value') ?? 0,
};

/** Arguments that a record has, in catalogue order. */
export function decodeArguments(record: DataView, definition: EventDefinition): EventArgument[] {
  const indexes = toldArguments(
    definition,
    record.getUint16(at.arguments, true),
    record.getInt32(at.returnValue + 4, true) < 0,
  );
  return indexes.map((index) => decodeArgument(record, definition, index));
}

/** Which arguments are told of: bit n of `present` says that the record has argument n. */
export function toldArguments(definition: EventDefinition, present: number, hasFailed: boolean): number[] {
  const found: number[] = [];
  for (let index = 0; index < definition.arguments.length; index++) {
    if ((present & (1 << index)) === 0) continue;
    if (hasFailed && isWritten(definition, index)) continue;
    found.push(index);
  }
  return found;
}

/** One that the record has. Throws RangeError for a reference to bytes that are not in its data area. */
export function decodeArgument(
  record: DataView,
  { arguments: list }: EventDefinition,
  index: number,
): EventArgument {
  const argument = list[index];
  if (argument === undefined) throw new RangeError(`no argument ${index}`);
  const decoded = decodeValue(record, argument, at.slots + 8 * index);
  return argument.isAsLongAsResult === true ? cutToResult(decoded, record) : decoded;
}

function decodeValue(record: DataView, definition: ArgumentDefinition, slot: number): EventArgument {
  switch (wireOfType[definition.type]) {
    case 'i32':
      return { definition, value: record.getInt32(slot, true) };
    case 'u32':
      return { definition, value: record.getUint32(slot, true) };
    case 'i64':
      return { definition, value: readExactSigned(record, slot) };
    case 'u64':
      return { definition, value: readExact(record, slot) };
    case 'pointer':
      return { definition, value: readAddress(record, slot) };
    case 'string': {
      const reference = readReference(record, slot);
      return { definition, value: text(record, reference), ...cutOf(reference) };
    }
    case 'strings': {
      const reference = readReference(record, slot);
      return { definition, value: splitStrings(text(record, reference)), ...cutOf(reference) };
    }
    case 'address': {
      const { offset, length } = readReference(record, slot);
      return { definition, value: describeAddress(dataOf(record, offset, length)) };
    }
    case 'credentials': {
      const { offset, length } = readReference(record, slot);
      return { definition, value: describeCredentials(dataOf(record, offset, length)) };
    }
    case 'bytes': {
      const reference = readReference(record, slot);
      const { offset, length } = reference;
      return { definition, value: dataOf(record, offset, length).toString('hex'), ...cutOf(reference) };
    }
  }
}

/** What the call itself fills in when it succeeds; otherwise it is of something else. */
function isWritten({ arguments: list, syscall }: EventDefinition, index: number): boolean {
  const [argument, next] = [list[index], list[index + 1]];
  if (syscall === undefined || argument === undefined) return false;
  return (
    argument.isAsLongAsResult === true || (wireOfType[argument.type] === 'address' && next?.type === 'int*')
  );
}

/** It has no NUL, and what stands behind it is of something else. */
function cutToResult(argument: EventArgument, record: DataView): EventArgument {
  const length = Number(record.getBigInt64(at.returnValue, true));
  if (typeof argument.value !== 'string') return argument;
  const bytes = Buffer.from(argument.value);
  return { ...argument, value: bytes.subarray(0, length).toString('utf8') };
}
