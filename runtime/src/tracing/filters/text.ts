import type { Expression, Value } from './expression.js';

/** A text that is wanted: whole, or with a star at an end of it. */
export interface TextPattern {
  readonly text: string;
  readonly isOpenBefore: boolean;
  readonly isOpenBehind: boolean;
}

/** `/etc/*` begins with, `*.so` ends with, `*tmp*` has within. In quotes stars are stars. */
export function patternOf({ text, isQuoted }: Value): TextPattern {
  if (isQuoted) return { text, isOpenBefore: false, isOpenBehind: false };
  const isOpenBefore = text.startsWith('*');
  const isOpenBehind = text.length > 1 && text.endsWith('*');
  return {
    text: text.slice(isOpenBefore ? 1 : 0, isOpenBehind ? -1 : undefined),
    isOpenBefore,
    isOpenBehind,
  };
}

/** Whether a text is what a pattern wants. */
export function fits({ text, isOpenBefore, isOpenBehind }: TextPattern, value: string): boolean {
  if (isOpenBefore && isOpenBehind) return value.includes(text);
  if (isOpenBefore) return value.endsWith(text);
  return isOpenBehind ? value.startsWith(text) : value === text;
}

/** Joins expressions about one text: any of those with `=`, none of those with `!=`. */
export function textTest(expressions: readonly Expression[]): (value: string) => boolean {
  const of = (wanted: string): TextPattern[] =>
    expressions.filter(({ operator }) => operator === wanted).flatMap(({ values }) => values.map(patternOf));
  const [oneOf, noneOf] = [of('='), of('!=')];
  return (value) =>
    (oneOf.length === 0 || oneOf.some((pattern) => fits(pattern, value))) &&
    !noneOf.some((pattern) => fits(pattern, value));
}
