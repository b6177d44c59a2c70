import type { ASTNode } from '@marcbachmann/cel-js';
import type { TracedEvent } from '../../events/record.js';
import type { EventDefinition } from '../../events/types.js';
import { contextOf } from './context.js';
import { environmentFor, linearMatch } from './environment.js';
import { explainFailure, findMisuse, ExpressionError } from './mistakes.js';

/** An expression on one event. */
export interface Expression {
  readonly ast: ASTNode;
  /** `bool`, `string`, …: what it gives. */
  readonly type: string;
  /**
   * Undefined where it rests on something that was not recorded. Throws where it fails otherwise, as in a
   * division by zero.
   */
  evaluate(event: TracedEvent): unknown;
}

/** Longest expression; conditions are a few lines. */
const maxLength = 4096;

/** Throws {@link ExpressionError} with the place of the mistake in `text`. */
export function compile(text: string, definition: EventDefinition, wanted?: string): Expression {
  if (text.length > maxLength) {
    throw new ExpressionError(`the expression has ${text.length} characters, ${maxLength} are the limit`, 0);
  }
  const environment = environmentFor(definition);
  const source = withLinearMatch(text);
  const checked = environment.check(source);
  if (checked.error !== undefined) throw explainFailure(checked.error, text, definition);
  const parsed = environment.parse(source);
  const misuse = findMisuse(parsed.ast, definition);
  if (misuse !== undefined) throw misuse;
  const type = checked.type ?? 'dyn';
  if (wanted !== undefined && type !== wanted && type !== 'dyn') {
    throw new ExpressionError(`the expression gives ${type}, and must give ${wanted}`, 0);
  }
  return {
    ast: parsed.ast,
    type,
    evaluate: (event) => {
      try {
        return parsed({ ...contextOf(event) }) as unknown;
      } catch (error) {
        if (isAbsence(error)) return undefined;
        throw error;
      }
    },
  };
}

/** An argument that was not recorded, or an element that a list does not have. */
function isAbsence(error: unknown): boolean {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'no_such_key' || code === 'index_out_of_bounds';
}

/** Strings (raw ones first) and comments are passed over. */
const tokens =
  /[bB]?[rR][bB]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"]*"|'[^']*')|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\/.*|\.matches(?=\s*\()/g;

function withLinearMatch(text: string): string {
  return text.replaceAll(tokens, (token) => (token === '.matches' ? `.${linearMatch}` : token));
}
