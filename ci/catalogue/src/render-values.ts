import { speakers, type ValueOf, type Values } from './values.js';

/** Text of `vocabulary/constants.ts`: each group with its names, by ascending value. */
export function renderValues(values: Values, release: string): string {
  const groups = [...values].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const lines = groups.map(([group, names]) => {
    const members = [...names].toSorted(([, one], [, other]) => rank(one) - rank(other));
    return `  ${group}: { ${members.map(([name, value]) => `${name}: ${renderValue(value)}`).join(', ')} },`;
  });
  return `/** Numbers of 64-bit x86, of 32-bit programs there, of arm64, and of 32-bit programs there; null for who has none. */
type BySpeaker = readonly [
  x86_64: number | null,
  i386: number | null,
  arm64: number | null,
  arm: number | null,
];

/** A number, where all have the same. */
export type Constant = number | BySpeaker;

/**
 * What names of the kernel's interface stand for, made from the headers of Linux ${release} by \`make value-names\`.
 * Not to be edited.
 */
export const constants = {
${lines.join('\n')}
} as const satisfies Readonly<Record<string, Readonly<Record<string, Constant>>>>;
`;
}

function rank(value: ValueOf): number {
  return speakers.map((speaker) => value[speaker]).find((one) => one !== undefined) ?? 0;
}

function renderValue(value: ValueOf): string {
  const all = speakers.map((speaker) => value[speaker]);
  const [first] = all;
  if (first !== undefined && all.every((one) => one === first)) return renderNumber(first);
  return `[${all.map((one) => (one === undefined ? 'null' : renderNumber(one))).join(', ')}]`;
}

/** Flags are read in hexadecimal, small numbers are not. */
function renderNumber(number: number): string {
  return number < 256 ? String(number) : `0x${number.toString(16)}`;
}
