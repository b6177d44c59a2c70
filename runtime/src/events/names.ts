import type { ArgumentValue, EventArgument } from './record.js';
import type { Vocabulary } from './types.js';
import { everyWords, wordsBeside, type Siblings } from './vocabulary/dependent.js';
import { entriesOf, groups, speakerHere, speakers } from './vocabulary/speakers.js';
import { accessModes, wordsOf } from './vocabulary/index.js';
import type { Entry } from './vocabulary/words.js';

/** What says how an argument's number is to be read: who passed it, and what stands beside it. */
export interface Surroundings {
  /** Made through the 32-bit interface, whose numbers can be others. */
  readonly isCompat: boolean;
  readonly arguments: readonly EventArgument[];
}

/** What people call an argument's value: `PTRACE_TRACEME` for 0; the value itself where it has no name. */
export function describeValue(argument: EventArgument, event: Surroundings): ArgumentValue {
  const { vocabulary } = argument.definition;
  const { value } = argument;
  if (vocabulary === undefined || typeof value !== 'number') return value;
  // Names are for 32 bits; what has more would lose some of them.
  if (value > 0xffff_ffff || value < -0x8000_0000) return value;
  const speaker = speakerHere(event.isCompat);
  return wordsBeside(vocabulary, speaker, siblingsIn(event))?.describe(value) ?? value;
}

/**
 * The number that {@link describeValue} told as this text: `O_WRONLY|O_CREAT` -> 65, undefined for no name. Flags are
 * unsigned.
 */
export function parseName(vocabulary: Vocabulary, text: string, event: Surroundings): number | undefined {
  const own = speakerHere(event.isCompat);
  // What was recorded on another architecture may have names that there are only there.
  for (const speaker of [own, ...speakers.filter((one) => one !== own)]) {
    const number = wordsBeside(vocabulary, speaker, siblingsIn(event))?.parse(text);
    if (number !== undefined) return number;
  }
  return undefined;
}

/**
 * Every number that {@link describeValue} tells as this text, whoever made the event: 64-bit programs and 32-bit ones
 * have different numbers for a few.
 */
export function numbersNamed(vocabulary: Vocabulary, text: string): readonly number[] {
  const numbers = [false, true].flatMap((isCompat) =>
    everyWords(vocabulary, speakerHere(isCompat)).flatMap((words) => words.parse(text) ?? []),
  );
  return [...new Set(numbers)];
}

/** Names and what they stand for; of flags, each by itself. */
export function namesIn(vocabulary: Vocabulary): readonly Entry[] {
  return everyWords(vocabulary, speakerHere(false)).flatMap(({ names }) => names);
}

/** All names of the kernel's interface, with the numbers that they have for this machine's programs. */
export function kernelNames(): Map<string, bigint> {
  const speaker = speakerHere(false);
  const entries = groups.flatMap((group) => entriesOf(group, speaker));
  return new Map([...entries, ...accessModes].map(([name, value]) => [name, BigInt(value)]));
}

/** `ENOENT` for -2, what a call returned; undefined for what is no error. */
export function errorName(returnValue: number): string | undefined {
  if (returnValue >= 0 || returnValue < -4095) return undefined;
  return errors().get(-returnValue);
}

let byNumber: ReadonlyMap<number, string> | undefined;

function errors(): ReadonlyMap<number, string> {
  byNumber ??= new Map(wordsOf('errno').names.map(([name, value]) => [value, name]));
  return byNumber;
}

function siblingsIn({ arguments: list }: Surroundings): Siblings {
  return (name) => list.find(({ definition }) => definition.name === name)?.value;
}
