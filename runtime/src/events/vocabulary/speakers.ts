import { constants, type Constant } from './constants.js';
import type { Entry } from './words.js';

/** Who made an event, as far as its numbers go: architectures and 32-bit programs number some things otherwise. */
export const speakers = ['x86_64', 'i386', 'arm64', 'arm'] as const;
export type Speaker = (typeof speakers)[number];

/** Names that groups of `constants.ts` have for one speaker. */
export type Group = keyof typeof constants;
export const groups = Object.keys(constants) as Group[];

/** The speaker of this machine. */
export function speakerHere(isCompat: boolean): Speaker {
  if (process.arch === 'arm64') return isCompat ? 'arm' : 'arm64';
  return isCompat ? 'i386' : 'x86_64';
}

/** Names and numbers of a group, as a speaker has them. */
export function entriesOf(group: Group, speaker: Speaker): Entry[] {
  const names: Readonly<Record<string, Constant>> = constants[group];
  return Object.entries(names).flatMap(([name, constant]): Entry[] => {
    const value = typeof constant === 'number' ? constant : (constant[speakers.indexOf(speaker)] ?? null);
    return value === null ? [] : [[name, value]];
  });
}
