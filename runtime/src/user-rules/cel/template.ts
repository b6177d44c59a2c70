import type { TracedEvent } from '../../events/record.js';
import type { EventDefinition } from '../../events/types.js';
import { compile, type Expression } from './compile.js';
import { textOf } from './context.js';
import { ExpressionError } from './mistakes.js';

/** Text with expressions in braces. */
export type Template = (event: TracedEvent) => string;

/** Text that a traced program chose can be long, and a finding is a line. */
const maxHoleLength = 512;

/**
 * Compiles `started {args.pathname} as user {event.uid}`; two braces stand for one. What was not recorded is
 * told as such. Throws {@link ExpressionError}.
 */
export function compileTemplate(text: string, definition: EventDefinition): Template {
  const parts = divide(text).map((part) =>
    part.isExpression ? compileHole(part.text, part.offset, definition) : part.text,
  );
  return (event) => parts.map((part) => (typeof part === 'string' ? part : fill(part, event))).join('');
}

function fill(expression: Expression, event: TracedEvent): string {
  const result = expression.evaluate(event);
  if (result === undefined) return '(not recorded)';
  const text = textOf(result);
  return text.length > maxHoleLength ? `${text.slice(0, maxHoleLength)}…` : text;
}

function compileHole(text: string, offset: number, definition: EventDefinition): Expression {
  try {
    return compile(text, definition);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(error.message, offset + error.offset, error.hint);
  }
}

interface Part {
  readonly text: string;
  readonly offset: number;
  readonly isExpression: boolean;
}

/** Strings within braces may hold braces. */
const pieces =
  /(?<text>(?:[^{}]|\{\{|\}\})+)|\{(?<hole>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^{}"'])*)\}/gy;

function divide(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(pieces)) {
    const hole = match.groups?.['hole'];
    parts.push(
      hole === undefined
        ? { text: match[0].replaceAll(/([{}])\1/g, '$1'), offset: match.index, isExpression: false }
        : { text: hole, offset: match.index + 1, isExpression: true },
    );
    end = match.index + match[0].length;
  }
  if (end < text.length) {
    throw new ExpressionError(
      'a brace has no partner',
      end,
      'write {{ or }} for a brace that is meant as one',
    );
  }
  return parts;
}
