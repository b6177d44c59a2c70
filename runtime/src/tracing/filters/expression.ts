import { TraceeError } from '../../errors.js';

export type Operator = '=' | '!=' | '<' | '>' | '<=' | '>=';

/** One `--trace` expression, taken apart: `uid>=1000`, `!container`, `openat.pathname="/etc/*","/a,b"`. */
export interface Expression {
  /** As it was written. */
  readonly text: string;
  readonly name: string;
  /** Missing where there is a name alone: `follow`. */
  readonly operator?: Operator;
  readonly values: readonly Value[];
  /** `!` before a name alone. */
  readonly isNegated: boolean;
}

export interface Value {
  readonly text: string;
  /** In quotes: a `*` at its ends is a star, and it is no number. */
  readonly isQuoted: boolean;
}

/**
 * Takes an expression apart. A value may stand in single or double quotes, with a backslash before a quote or a
 * backslash, so that it can hold commas and stars; dots need none. Throws INVALID_FILTER.
 */
export function parseExpression(text: string): Expression {
  const alone = /^(?<not>!?)(?<name>\w+)$/.exec(text)?.groups;
  if (alone !== undefined) {
    return { text, name: alone['name'] ?? '', values: [], isNegated: alone['not'] === '!' };
  }
  const parts = /^(?<name>\w+(?:\.\w+)?)(?<operator>!=|<=|>=|=|<|>)(?<rest>.*)$/s.exec(text)?.groups;
  const operator = operators.find((one) => one === parts?.['operator']);
  if (parts === undefined || operator === undefined) throw refused(text, 'is no trace expression');
  return {
    text,
    name: parts['name'] ?? '',
    operator,
    values: parseValues(parts['rest'] ?? '', text),
    isNegated: false,
  };
}

const operators: readonly Operator[] = ['=', '!=', '<', '>', '<=', '>='];

function parseValues(rest: string, expression: string): Value[] {
  const values: Value[] = [];
  let at = 0;
  for (;;) {
    const found =
      /(?:"(?<double>(?:[^"\\]|\\["\\])*)"|'(?<single>(?:[^'\\]|\\['\\])*)'|(?<plain>[^,"']*))(?<end>,|$)/sy;
    found.lastIndex = at;
    const groups = found.exec(rest)?.groups;
    if (groups === undefined) throw refused(expression, 'has a quote that is not closed, or text behind one');
    const quoted = groups['double'] ?? groups['single'];
    const text = quoted?.replaceAll(/\\(["'\\])/g, '$1') ?? groups['plain'] ?? '';
    if (text === '' && quoted === undefined) throw refused(expression, 'has an empty value');
    values.push({ text, isQuoted: quoted !== undefined });
    if (groups['end'] === '') return values;
    at = found.lastIndex;
  }
}

export const expressionHelp = `expressions are event=NAME, set=NAME, pid, tid, uid, mntns, pidns, comm, uts, binary, tree, container, follow,
EVENT.retval and EVENT.ARGUMENT, with =, !=, <, >, <= or >= and values between commas; tracee trace --trace help explains them`;

/** INVALID_FILTER about an expression. */
export function refused(text: string, problem: string, hint = expressionHelp): TraceeError {
  return new TraceeError('INVALID_FILTER', `"${text}" ${problem}`, { hint });
}
