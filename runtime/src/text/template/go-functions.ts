import { isLess, isSame } from './comparisons.js';
import { changeText, compose, pieceOf, type Piece } from './compose.js';
import { escapeHtml, escapeJs, escapeQuery } from './escapers.js';
import { indexOf, lengthOf, sliceOf } from './members.js';
import { printf, requireFormat } from './printf.js';
import type { Functions } from './tree.js';
import { isText, isTrue, kindOf, type Text, type Texts } from './values.js';

/** The functions that Go's templates have of their own, `call` excepted: there is nothing to be called. */
export function goFunctions(texts: Texts): Functions {
  const print = (values: readonly unknown[]): Text => compose(printed(values), texts);
  const escaped = (values: readonly unknown[], escape: (text: string) => string): Text =>
    changeText(compose(printed(values, '<no value>'), texts), escape);
  return {
    and: { call: (...values) => values.at(-1), least: 1, most: Infinity, endsWith: false },
    or: { call: (...values) => values.at(-1), least: 1, most: Infinity, endsWith: true },
    not: { call: (value) => !isTrue(value), least: 1, most: 1 },
    eq: { call: (one, ...others) => isAnySame(one, others), least: 2, most: Infinity },
    ne: { call: (one, other) => !isSame(one, other), least: 2, most: 2 },
    lt: { call: isLess, least: 2, most: 2 },
    le: { call: (one, other) => !isLess(other, one), least: 2, most: 2 },
    gt: { call: (one, other) => isLess(other, one), least: 2, most: 2 },
    ge: { call: (one, other) => !isLess(one, other), least: 2, most: 2 },
    len: { call: (value) => lengthOf(value, texts), least: 1, most: 1 },
    index: { call: (value, ...indexes) => indexOf(value, indexes, texts), least: 1, most: Infinity },
    slice: { call: (value, ...indexes) => sliceOf(value, indexes, texts), least: 1, most: 4 },
    print: { call: (...values) => print(values), least: 0, most: Infinity },
    println: {
      call: (...values) => compose([...spaced(values), { text: '\n', from: 'template' }], texts),
      least: 0,
      most: Infinity,
    },
    printf: {
      call: (format, ...values) => compose(printf(requireFormat(format), values, texts), texts),
      least: 1,
      most: Infinity,
    },
    html: { call: (...values) => escaped(values, escapeHtml), least: 0, most: Infinity },
    js: { call: (...values) => escaped(values, escapeJs), least: 0, most: Infinity },
    urlquery: {
      call: (...values) => escaped(values, (text) => escapeQuery(text, texts)),
      least: 0,
      most: Infinity,
    },
  };
}

function isAnySame(one: unknown, others: readonly unknown[]): boolean {
  return others.some((other) => isSame(one, other));
}

/** As Go's Sprint: a space between two values of which neither is text. */
function printed(values: readonly unknown[], nothing = '<nil>'): Piece[] {
  return values.flatMap((value, index): Piece[] => {
    const piece = kindOf(value) === 'nil' ? own(nothing) : pieceOf(value);
    const isApart = index > 0 && !isText(value) && !isText(values[index - 1]);
    return isApart ? [own(' '), piece] : [piece];
  });
}

function spaced(values: readonly unknown[]): Piece[] {
  return values.flatMap((value, index) => (index > 0 ? [own(' '), pieceOf(value)] : [pieceOf(value)]));
}

function own(text: string): Piece {
  return { text, from: 'template' };
}
