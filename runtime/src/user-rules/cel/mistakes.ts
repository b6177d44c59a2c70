import type { ASTNode, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { namesIn, numbersNamed } from '../../events/names.js';
import type { EventDefinition } from '../../events/types.js';
import { nearest } from '../../text/nearest.js';
import { ancestorTypes, argumentTypes, eventTypes, executableFileTypes, namedTypes } from './context.js';
import { constants, functions, linearMatch, regexFor } from './environment.js';

/** A mistake in an expression, with its place: characters from the start. */
export class ExpressionError extends Error {
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.name = 'ExpressionError';
    this.offset = offset;
    this.hint = hint;
  }
}

/** What the library found, in the words of rules, with the name that may have been meant. */
export function explainFailure(
  error: ParseError | CelTypeError,
  text: string,
  definition: EventDefinition,
): ExpressionError {
  const { start, end } = error.range ?? { start: 0, end: 0 };
  const word = text.slice(start, end);
  switch (error.code) {
    case 'unknown_variable':
      return unknownName(word, start, ['event', 'args', 'named', ...constants.keys()]);
    case 'no_such_key': {
      const name = /No such key: (?<name>.*)$/.exec(error.summary)?.groups?.['name'] ?? word;
      return unknownField(text.slice(0, start), text.slice(start), name, start, definition);
    }
    case 'no_matching_overload': {
      const called = /'(?:.*\.)?(?<name>\w+)\(/.exec(error.summary)?.groups?.['name'] ?? '';
      const near = nearest(called, [...functions, ...methods]);
      const isKnown = near === called || called === linearMatch;
      return new ExpressionError(
        error.summary.replaceAll(linearMatch, 'matches'),
        start,
        isKnown || near === undefined ? undefined : `did you mean ${near}?`,
      );
    }
    default:
      return new ExpressionError(
        error.summary.replaceAll(linearMatch, 'matches'),
        start,
        /[&|^]/.test(text[start] ?? '')
          ? 'CEL has && and || alone; flags are looked at with hasBits(args.flags, O_CREAT)'
          : undefined,
      );
  }
}

/** Methods and functions of CEL that rules are likely to use, for suggestions. */
const methods = [
  ...['startsWith', 'endsWith', 'contains', 'matches', 'size', 'lowerAscii', 'upperAscii', 'split', 'join'],
  ...['exists', 'all', 'filter', 'map', 'has', 'int', 'string', 'indexOf', 'substring', 'trim'],
];

function unknownName(name: string, offset: number, names: readonly string[]): ExpressionError {
  const near = nearest(name, names);
  return new ExpressionError(
    `there is no "${name}"`,
    offset,
    near === undefined
      ? 'conditions know event, args, named and names of values such as PTRACE_TRACEME'
      : `did you mean ${near}?`,
  );
}

function unknownField(
  before: string,
  from: string,
  name: string,
  offset: number,
  definition: EventDefinition,
): ExpressionError {
  // `args.nme` is marked from the name on, `args["nme"]` from its start.
  const owner = /(?<owner>\w+)\s*\.\s*$/.exec(before)?.groups?.['owner'] ?? /^\w+/.exec(from)?.[0];
  return fieldError(owner, name, offset, definition);
}

function fieldError(
  owner: string | undefined,
  name: string,
  offset: number,
  definition: EventDefinition,
): ExpressionError {
  const fields = Object.keys(fieldsOf(owner, definition));
  const what =
    owner === 'args'
      ? `${definition.name} has no argument "${name}"`
      : owner === 'named'
        ? `${definition.name} has no argument "${name}" whose values have names`
        : `there is no ${owner === undefined ? '' : `${owner}.`}${name}`;
  const near = nearest(name, fields);
  const all = fields.length === 0 ? 'it has none' : `it has ${fields.join(', ')}`;
  return new ExpressionError(what, offset, near === undefined ? all : `did you mean ${near}? ${all}`);
}

function fieldsOf(owner: string | undefined, definition: EventDefinition): object {
  if (owner === 'args') return argumentTypes(definition);
  if (owner === 'named') return namedTypes(definition);
  if (owner === 'event') return eventTypes;
  return owner === 'executableFile' ? executableFileTypes : ancestorTypes;
}

/**
 * What the library lets pass: `has()` of a field that there is not, a pattern that is none, and a comparison
 * with a name that no value has.
 */
export function findMisuse(ast: ASTNode, definition: EventDefinition): ExpressionError | undefined {
  for (const node of nodesOf(ast)) {
    const found = checkField(node, definition) ?? checkPattern(node) ?? checkValueName(node, definition);
    if (found !== undefined) return found;
  }
  return undefined;
}

function* nodesOf(node: ASTNode): Generator<ASTNode> {
  yield node;
  const waiting: unknown[] = [node.args];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (isNode(next)) yield* nodesOf(next);
    else if (Array.isArray(next)) waiting.push(...(next as unknown[]).toReversed());
  }
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}

function checkField(node: ASTNode, definition: EventDefinition): ExpressionError | undefined {
  if (node.op !== '.') return undefined;
  const [owner, name] = node.args;
  if (owner.op !== 'id' || !['args', 'named', 'event'].includes(owner.args)) return undefined;
  if (Object.hasOwn(fieldsOf(owner.args, definition), name)) return undefined;
  return fieldError(owner.args, name, node.end - name.length, definition);
}

function checkPattern(node: ASTNode): ExpressionError | undefined {
  if (node.op !== 'rcall' || node.args[0] !== linearMatch) return undefined;
  const [pattern] = node.args[2];
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return undefined;
  try {
    regexFor(pattern.args);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new ExpressionError(
      `the pattern cannot be used: ${reason}`,
      pattern.start,
      'patterns are in RE2 syntax',
    );
  }
}

/** `named.request == "PTRACE_TRACME"`, which never holds. */
function checkValueName(node: ASTNode, definition: EventDefinition): ExpressionError | undefined {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return undefined;
  const [left, right] = node.args;
  const named = namedArgument(left) ?? (node.op === 'in' ? undefined : namedArgument(right));
  const vocabulary = definition.arguments.find(({ name }) => name === named)?.vocabulary;
  if (vocabulary === undefined) return undefined;
  const literals = [left, right].flatMap((side) => (side.op === 'list' ? side.args : [side]));
  for (const literal of literals) {
    if (literal.op !== 'value' || typeof literal.args !== 'string') continue;
    if (numbersNamed(vocabulary, literal.args).length > 0) continue;
    const names = namesIn(vocabulary).map(([name]) => name);
    const near = nearest(literal.args, names);
    const hint = near === undefined ? `its values are ${names.join(', ')}` : `did you mean ${near}?`;
    return new ExpressionError(`${named} is never "${literal.args}"`, literal.start, hint);
  }
  return undefined;
}

function namedArgument(node: ASTNode): string | undefined {
  if (node.op !== '.' || node.args[0].op !== 'id' || node.args[0].args !== 'named') return undefined;
  return node.args[1];
}
