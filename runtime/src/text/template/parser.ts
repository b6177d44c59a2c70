import { Cursor, Scope } from './cursor.js';
import { lexTemplate, type Token } from './lexer.js';
import { readText } from './literals.js';
import { TemplateMistake } from './mistakes.js';
import { PipelineParser, type Language } from './pipeline-parser.js';
import type { Body, Part, Pipeline, Template } from './tree.js';

/** Blocks within blocks, and conditions one after the other: more than people write, and few enough for the stack. */
const maxDepth = 32;
const maxChain = 256;

/** Parses a template of Go's language. Throws TemplateMistake. */
export function parseTemplate(text: string, language: Language): Template {
  return new TemplateParser(new Cursor(lexTemplate(text)), language).parse();
}

/** What ends a list of parts. */
interface Ending {
  readonly word: 'end' | 'else' | 'else if' | 'else with';
  readonly line: number;
}

class TemplateParser {
  readonly #cursor: Cursor;
  readonly #language: Language;
  readonly #pipelines: PipelineParser;
  readonly #named = new Map<string, Body>();
  readonly #calls: (Part & { kind: 'template' })[] = [];
  #depth = 0;

  constructor(cursor: Cursor, language: Language) {
    this.#cursor = cursor;
    this.#language = language;
    this.#pipelines = new PipelineParser(cursor, language);
  }

  parse(): Template {
    const scope = new Scope();
    const { parts, ending } = this.#parts(scope, true);
    if (ending !== undefined) throw new TemplateMistake(ending.line, `"${ending.word}" ends nothing`);
    for (const { name, line } of this.#calls) {
      if (!this.#named.has(name)) throw new TemplateMistake(line, `no template is called "${name}"`);
    }
    return { body: { parts, variableCount: scope.count }, named: this.#named };
  }

  /** Up to the end, or to what belongs to the block around. */
  #parts(scope: Scope, isOutermost = false): { parts: Part[]; ending: Ending | undefined } {
    const cursor = this.#cursor;
    const parts: Part[] = [];
    for (;;) {
      const token = cursor.next();
      if (token.kind === 'end') return { parts, ending: undefined };
      if (token.kind === 'text') {
        parts.push({ kind: 'text', text: token.text });
        continue;
      }
      const word = cursor.peek();
      if (word.kind === 'identifier' && (word.text === 'end' || word.text === 'else')) {
        return { parts, ending: this.#ending(cursor.next()) };
      }
      if (word.kind === 'identifier' && word.text === 'define' && isOutermost) {
        cursor.next();
        this.#define(this.#name(), word);
      } else parts.push(this.#action(scope, word));
    }
  }

  #ending({ text, line }: Token): Ending {
    const cursor = this.#cursor;
    if (text === 'end') {
      cursor.expect('close', '"}}"');
      return { word: 'end', line };
    }
    const chained = cursor.take('identifier', 'if') ?? cursor.take('identifier', 'with');
    if (chained !== undefined) return { word: chained.text === 'if' ? 'else if' : 'else with', line };
    cursor.expect('close', '"}}", if or with');
    return { word: 'else', line };
  }

  #action(scope: Scope, word: Token): Part {
    const cursor = this.#cursor;
    const keyword = word.kind === 'identifier' ? word.text : '';
    if (keyword === 'if' || keyword === 'with' || keyword === 'range') {
      cursor.next();
      return this.#block(keyword, scope, word);
    }
    if (keyword === 'break' || keyword === 'continue') {
      cursor.next();
      cursor.expect('close', '"}}"');
      if (scope.ranges === 0) throw new TemplateMistake(word.line, `"${keyword}" stands in no range`);
      return { kind: keyword };
    }
    if (keyword === 'template' || keyword === 'block') {
      cursor.next();
      return this.#call(keyword, scope, word);
    }
    return { kind: 'value', pipeline: this.#pipelines.parse(scope, 'a value') };
  }

  #block(kind: 'if' | 'with' | 'range', scope: Scope, word: Token, chain = 0): Part {
    if (this.#depth >= maxDepth) {
      throw new TemplateMistake(word.line, `blocks stand in more than ${maxDepth} others`);
    }
    if (chain >= maxChain)
      throw new TemplateMistake(word.line, `more than ${maxChain} else follow each other`);
    const mark = scope.enter();
    const pipeline = this.#pipelines.parse(scope, kind);
    if (kind === 'range') scope.ranges += 1;
    const { parts: body, ending } = this.#within(scope);
    if (kind === 'range') scope.ranges -= 1;
    if (ending === undefined) throw new TemplateMistake(word.line, `"${kind}" has no end`);
    const otherwise = this.#otherwise(kind, scope, word, ending, chain);
    scope.leave(mark);
    return { kind, pipeline, body, otherwise };
  }

  #otherwise(
    kind: 'if' | 'with' | 'range',
    scope: Scope,
    word: Token,
    { word: met, line }: Ending,
    chain: number,
  ): readonly Part[] {
    if (met === 'end') return [];
    if (met === 'else') {
      const { parts, ending } = this.#within(scope);
      if (ending?.word === 'end') return parts;
      throw new TemplateMistake(word.line, `"${kind}" has no end`);
    }
    // One end is for both, as if the second stood in the else of the first.
    const chained = met === 'else if' ? 'if' : 'with';
    if (chained !== kind) throw new TemplateMistake(line, `"${met}" does not belong to ${kind}`);
    return [this.#block(chained, scope, { ...word, line }, chain + 1)];
  }

  #within(scope: Scope): { parts: Part[]; ending: Ending | undefined } {
    this.#depth += 1;
    const found = this.#parts(scope);
    this.#depth -= 1;
    return found;
  }

  #name(): string {
    const { kind, text, line } = this.#cursor.peek();
    if (kind !== 'string' && kind !== 'raw') this.#cursor.fail('expected the name of a template in quotes');
    this.#cursor.next();
    return readText(text, line, this.#language.texts);
  }

  /** `template` calls what is named; `block` names it too. */
  #call(keyword: 'template' | 'block', scope: Scope, word: Token): Part {
    const name = this.#name();
    let pipeline: Pipeline | undefined;
    if (keyword === 'block' || this.#cursor.take('close') === undefined) {
      pipeline = this.#pipelines.parse(scope, keyword);
    }
    const call = { kind: 'template', name, pipeline, line: word.line } as const;
    this.#calls.push(call);
    if (keyword === 'block') this.#nameBody(name, word);
    return call;
  }

  #define(name: string, word: Token): void {
    this.#cursor.expect('close', '"}}"');
    this.#nameBody(name, word);
  }

  #nameBody(name: string, { text, line }: Token): void {
    const scope = new Scope();
    if (this.#depth >= maxDepth) {
      throw new TemplateMistake(line, `blocks stand in more than ${maxDepth} others`);
    }
    const { parts, ending } = this.#within(scope);
    if (ending === undefined) throw new TemplateMistake(line, `"${text}" has no end`);
    if (ending.word !== 'end')
      throw new TemplateMistake(ending.line, `"${ending.word}" does not belong to ${text}`);
    const before = this.#named.get(name);
    if (before !== undefined && !isBlank(before.parts) && !isBlank(parts)) {
      throw new TemplateMistake(line, `there are two templates called "${name}"`);
    }
    if (before === undefined || isBlank(before.parts)) {
      this.#named.set(name, { parts, variableCount: scope.count });
    }
  }
}

/** An empty template may be defined again, as in Go. */
function isBlank(parts: readonly Part[]): boolean {
  return parts.every((part) => part.kind === 'text' && part.text.trim() === '');
}
