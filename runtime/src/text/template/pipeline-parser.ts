import { nearest } from '../nearest.js';
import type { Cursor, Scope } from './cursor.js';
import { readCharacter, readNumber, readText } from './literals.js';
import { TemplateMistake } from './mistakes.js';
import type { Command, Functions, Operand, Pipeline, Variable } from './tree.js';
import { OwnText, type Texts } from './values.js';

/** Parentheses in parentheses: more than people write, and few enough for the stack. */
const maxDepth = 64;

/** What a template may use. */
export interface Language {
  readonly functions: Functions;
  /** What to use in the place of functions that there are elsewhere, and not here. */
  readonly absent?: Readonly<Record<string, string>>;
  readonly texts: Texts;
}

/** Reads what stands between braces, behind its keyword: `$x := .A | printf "%s" (index .B 0).Name`. */
export class PipelineParser {
  readonly #cursor: Cursor;
  readonly #language: Language;
  #depth = 0;

  constructor(cursor: Cursor, language: Language) {
    this.#cursor = cursor;
    this.#language = language;
  }

  /** Up to `end`, which is taken too. */
  parse(scope: Scope, what: string, end: 'close' | 'right' = 'close'): Pipeline {
    const cursor = this.#cursor;
    const { line } = cursor.peek();
    const names = this.#names(what);
    const isAssignment = names.length > 0 && cursor.next().kind === 'assign';
    const commands: Command[] = [];
    do {
      commands.push(this.#command(scope, commands.length > 0));
    } while (cursor.take('pipe') !== undefined);
    cursor.expect(end, end === 'close' ? '"}}"' : '")"');
    // Only now: the values do not know the names that they get.
    const variables = names.map((name) =>
      isAssignment ? this.#assigned(scope, name, line) : scope.declare(name),
    );
    return { commands, variables, line };
  }

  /** Names that get the value, up to `:=` or `=`. */
  #names(what: string): string[] {
    const cursor = this.#cursor;
    if (cursor.peek().kind !== 'variable') return [];
    const { kind } = cursor.peek(1);
    if (kind === 'declare' || kind === 'assign') return [cursor.next().text];
    if (kind !== 'comma') return [];
    if (what !== 'range') cursor.fail(`only range has two variables`);
    const first = cursor.next().text;
    cursor.next();
    const names = [first, cursor.expect('variable', 'a second variable').text];
    const sign = cursor.peek().kind;
    return sign === 'declare' || sign === 'assign' ? names : cursor.fail('expected ":="');
  }

  #assigned(scope: Scope, name: string, line: number): Variable {
    const variable = this.#find(scope, name, line);
    if (variable.slot === undefined) throw new TemplateMistake(line, 'nothing can be assigned to $');
    variable.isAssigned = true;
    return variable;
  }

  #find(scope: Scope, name: string, line: number): Variable {
    const variable = scope.find(name);
    if (variable === undefined) throw new TemplateMistake(line, `there is no variable ${name}`);
    return variable;
  }

  #command(scope: Scope, isPiped: boolean): Command {
    const cursor = this.#cursor;
    const { line, text } = cursor.peek();
    const first = this.#operand(scope) ?? cursor.fail('expected a value');
    const others: Operand[] = [];
    for (;;) {
      const { kind, isApart } = cursor.peek();
      if (kind === 'close' || kind === 'right' || kind === 'pipe') break;
      if (!isApart) cursor.fail('expected white space');
      others.push(this.#operand(scope) ?? cursor.fail('expected a value'));
    }
    const given = others.length + (isPiped ? 1 : 0);
    if (first.kind === 'call') {
      checkCount(first, given, line);
    } else if (given > 0) {
      throw new TemplateMistake(line, `${text} is no function, and cannot be given a value`);
    }
    if (first.kind === 'literal' && first.value === null)
      throw new TemplateMistake(line, 'nil is no command');
    return { first, others };
  }

  /** A value and the members that are asked of it; undefined where none begins. */
  #operand(scope: Scope): Operand | undefined {
    const cursor = this.#cursor;
    const { line, text } = cursor.peek();
    const term = this.#term(scope);
    if (term === undefined) return undefined;
    const path: string[] = [];
    for (let next = cursor.peek(); next.kind === 'field' && !next.isApart; next = cursor.peek()) {
      path.push(cursor.next().text.slice(1));
    }
    if (path.length === 0) return term;
    if (term.kind === 'dot' && term.path.length > 0) return { kind: 'dot', path: [...term.path, ...path] };
    if (term.kind === 'variable') return { ...term, path };
    if (term.kind === 'literal' || term.kind === 'dot') {
      throw new TemplateMistake(line, `${text} has no fields`);
    }
    if (term.kind === 'call') checkCount(term, 0, line);
    return { kind: 'members', of: term, path };
  }

  #term(scope: Scope): Operand | undefined {
    const cursor = this.#cursor;
    const { kind, text, line } = cursor.peek();
    const { texts } = this.#language;
    if (kind === 'identifier') return this.#word(cursor.next().text, line);
    if (kind === 'dot' || kind === 'field') {
      cursor.next();
      return { kind: 'dot', path: kind === 'dot' ? [] : [text.slice(1)] };
    }
    if (kind === 'variable') {
      cursor.next();
      return { kind: 'variable', variable: this.#find(scope, text, line), path: [] };
    }
    if (kind === 'string' || kind === 'raw') {
      return { kind: 'literal', value: new OwnText(readText(cursor.next().text, line, texts)) };
    }
    if (kind === 'char') return { kind: 'literal', value: readCharacter(cursor.next().text, line) };
    if (kind === 'number') return { kind: 'literal', value: readNumber(cursor.next().text, line) };
    if (kind !== 'left') return undefined;
    if (this.#depth >= maxDepth) {
      throw new TemplateMistake(line, `parentheses stand in more than ${maxDepth} others`);
    }
    cursor.next();
    this.#depth += 1;
    const pipeline = this.parse(scope, 'parentheses', 'right');
    this.#depth -= 1;
    return { kind: 'pipeline', pipeline };
  }

  #word(word: string, line: number): Operand {
    if (word === 'nil') return { kind: 'literal', value: null };
    if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true' };
    const { functions, absent = {} } = this.#language;
    const found = Object.hasOwn(functions, word) ? functions[word] : undefined;
    if (found !== undefined) return { kind: 'call', name: word, function: found };
    if (keywords.has(word)) throw new TemplateMistake(line, `"${word}" cannot stand here`);
    const near = nearest(word, Object.keys(functions));
    const guess = near === undefined ? `a field has a point before it: .${word}` : `did you mean ${near}?`;
    const advice = Object.hasOwn(absent, word) ? absent[word] : guess;
    throw new TemplateMistake(line, `there is no function ${word}; ${advice}`);
  }
}

const keywords: ReadonlySet<string> = new Set([
  ...['if', 'else', 'end', 'with', 'range', 'break', 'continue', 'define', 'block', 'template'],
]);

function checkCount(operand: Operand & { kind: 'call' }, given: number, line: number): void {
  const { name, function: called } = operand;
  const { least, most } = called;
  if (given >= least && given <= most) return;
  const wanted = least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  throw new TemplateMistake(line, `${name} takes ${wanted} values, and is given ${given}`);
}
