import type { ChoiceValues, Settings } from './flow.js';
import { kernelVersion, type KernelVersion } from './kernel-version.js';

/**
 * Constants in `.rodata` are the loader's to choose before it loads an object, and a branch that they rule
 * out is not verified from this series on (a23740ec43ba).
 */
const takesSettingsSince = '5.5';

/** More than this are not tried out; an object with so many choices is judged with all branches open. */
const combinationLimit = 64;

/**
 * Every way to answer the comparisons that the code makes with its settings: each value that one is compared
 * with, and one that none is. Begins with no answer at all, which leaves all branches open.
 */
export function possibleSettings(choices: ChoiceValues, version: KernelVersion): Settings[] {
  const open: Settings = new Map();
  if (choices.size === 0 || version < kernelVersion(takesSettingsSince)) return [open];
  let combinations: Settings[] = [open];
  for (const [field, compared] of choices) {
    const other = [...compared].reduce((a, b) => (a > b ? a : b), 0n) + 1n;
    const values = [...compared, other];
    combinations = combinations.flatMap((one) => values.map((value) => new Map([...one, [field, value]])));
    if (combinations.length > combinationLimit) return [open];
  }
  return [open, ...combinations];
}
