import { TemplateMistake } from './mistakes.js';
import type { Token, TokenKind } from './lexer.js';
import type { Variable } from './tree.js';

/** Goes through the words of a template. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The last one is the end, again and again. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('a template has an end');
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Takes the next one where it is of this kind. */
  take(kind: TokenKind, text?: string): Token | undefined {
    const { kind: met, text: word } = this.peek();
    return met === kind && (text === undefined || text === word) ? this.next() : undefined;
  }

  expect(kind: TokenKind, what: string): Token {
    return this.take(kind) ?? this.fail(`expected ${what}`);
  }

  fail(message: string): never {
    const { kind, text, line } = this.peek();
    const met = kind === 'end' ? 'the end' : `"${text}"`;
    throw new TemplateMistake(line, `${message}, and met ${met}`);
  }
}

/** The variables of one body: a block ends those that were declared within. */
export class Scope {
  readonly root: Variable = { name: '$', slot: undefined, isAssigned: false };
  readonly #variables: Variable[] = [this.root];
  #count = 0;
  /** How many `range` are around, which `break` and `continue` need. */
  ranges = 0;

  get count(): number {
    return this.#count;
  }

  declare(name: string): Variable {
    const variable = { name, slot: this.#count, isAssigned: false };
    this.#count += 1;
    this.#variables.push(variable);
    return variable;
  }

  find(name: string): Variable | undefined {
    return this.#variables.findLast((variable) => variable.name === name);
  }

  /** What is declared from here on ends with {@link leave}. */
  enter(): number {
    return this.#variables.length;
  }

  leave(mark: number): void {
    this.#variables.length = mark;
  }
}
