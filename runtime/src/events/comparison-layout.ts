import type { StructLayout } from './layout.js';

/** One comparison of an argument or result: an event's are in a row, and all of them must hold. */
export const comparison: StructLayout = {
  name: 'comparison',
  fields: [
    ['operation', 'u8', 'COMPARE_*'],
    ['argument', 'u8', 'which one, or COMPARED_RESULT'],
    ['wire', 'u8', 'WIRE_* of it'],
    ['reserved', 'u8', ''],
    ['lengths', 'u8[4]', 'of a text: bytes of each value'],
    ['from_end', 'u8[4]', 'of a text: 1 where the value must stand at its end'],
    ['whole', 'u8[4]', 'of a text: 1 where there must be nothing else'],
    ['values', 'u64[32]', 'numbers, or texts of 64 bytes each; where there are fewer the first comes again'],
    ['masks', 'u64[32]', 'of texts: bits that are compared'],
  ],
};

/** Comparisons of all events together, and of one event. */
export const maxComparisons = 64;
export const maxEventComparisons = 8;

export const maxComparedNumbers = 32;
export const maxComparedTexts = 4;
export const maxComparedTextSize = 64;

/** `comparison.argument`: what a call returned. */
export const comparedResult = 255;

/** `comparison.operation` */
export const compareOperators = {
  one_of: 1,
  none_of: 2,
  at_least: 3,
  at_most: 4,
  text_one_of: 5,
  text_none_of: 6,
} as const;
