import { TemplateMistake } from './mistakes.js';

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'string'
  | 'raw'
  | 'char'
  | 'variable'
  | 'number'
  | 'field'
  | 'identifier'
  | 'declare'
  | 'assign'
  | 'pipe'
  | 'left'
  | 'right'
  | 'comma'
  | 'dot'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** White space stands before it: `.a .b` are two things, `.a.b` is one. */
  readonly isApart: boolean;
}

/** What may stand between braces. A number is looked at closely where it is read. */
const tokenPattern =
  /(?<string>"(?:[^"\\\n]|\\[^\n])*")|(?<raw>`[^`]*`)|(?<char>'(?:[^'\\\n]|\\[^\n])*')|(?<variable>\$[\p{L}\p{Nd}_]*)|(?<number>[+-]?\.?[0-9](?:[eEpP][+-]|[\p{L}\p{Nd}_.])*)|(?<field>\.[\p{L}\p{Nd}_]+)|(?<identifier>[\p{L}\p{Nd}_]+)|(?<declare>:=)|(?<assign>=)|(?<pipe>\|)|(?<left>\()|(?<right>\))|(?<comma>,)|(?<dot>\.)/uy;

const spacePattern = /[ \t\r\n]*/y;
/** Only these four are trimmed, as in Go. */
const endPattern = /[ \t\r\n]*(?:(?<=[ \t\r\n])-)?\}\}/y;
/** What may follow a name without white space. */
const boundaryPattern = /[ \t\r\n.,|:()]|\}\}|$/y;

/** Words and signs of a template, with the text between its braces. Throws TemplateMistake. */
export function lexTemplate(text: string): Token[] {
  return new Lexer(text).lex();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  /** Up to where line ends are counted. */
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  lex(): Token[] {
    const text = this.#text;
    let trimsStart = false;
    for (;;) {
      const open = text.indexOf('{{', this.#at);
      const trimsEnd = open >= 0 && /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4));
      let piece = text.slice(this.#at, open < 0 ? undefined : open);
      if (trimsStart) piece = piece.replace(/^[ \t\r\n]+/, '');
      if (trimsEnd) piece = trimmedEnd(piece);
      if (piece !== '') this.#add('text', piece, false);
      if (open < 0) break;
      this.#at = open;
      if (text.startsWith('/*', open + (trimsEnd ? 4 : 2))) {
        trimsStart = this.#comment(open + (trimsEnd ? 4 : 2));
      } else {
        this.#add('open', '{{', false);
        this.#at = open + (trimsEnd ? 4 : 2);
        trimsStart = this.#action();
      }
    }
    this.#at = text.length;
    this.#add('end', '', false);
    return this.#tokens;
  }

  /** Whether white space behind is trimmed. */
  #comment(begin: number): boolean {
    const close = this.#text.indexOf('*/', begin + 2);
    if (close < 0) throw this.#mistake('a comment is never closed by "*/"');
    const end = this.#match(/(?:[ \t\r\n]-)?\}\}/y, close + 2);
    if (end === undefined) throw this.#mistake('a comment stands alone between its braces');
    this.#at = close + 2 + end.length;
    return end.length > 2;
  }

  #action(): boolean {
    const opened = this.#tokens.at(-1)?.line ?? 1;
    let depth = 0;
    for (;;) {
      const end = this.#match(endPattern, this.#at);
      if (end !== undefined) {
        if (depth > 0) throw this.#mistake('"(" is never closed by ")"');
        this.#add('close', '}}', end.length > 2);
        this.#at += end.length;
        return end.endsWith('-}}');
      }
      const space = this.#match(spacePattern, this.#at) ?? '';
      this.#at += space.length;
      if (this.#at >= this.#text.length) {
        throw new TemplateMistake(opened, '"{{" is never closed by "}}"');
      }
      const token = this.#token(space !== '');
      if (token === 'left') depth += 1;
      if (token === 'right') depth -= 1;
      if (depth < 0) throw this.#mistake('")" closes nothing');
    }
  }

  #token(isApart: boolean): TokenKind {
    tokenPattern.lastIndex = this.#at;
    const groups = tokenPattern.exec(this.#text)?.groups ?? {};
    const found = Object.entries(groups).find(([, value]) => value !== undefined);
    if (found === undefined) throw this.#unexpected();
    const [kind, text] = found as [TokenKind, string];
    this.#add(kind, text, isApart);
    this.#at += text.length;
    const isName = kind === 'variable' || kind === 'field' || kind === 'identifier';
    if (isName && this.#match(boundaryPattern, this.#at) === undefined) throw this.#unexpected();
    return kind;
  }

  #unexpected(): TemplateMistake {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    if (`"'\``.includes(character)) return this.#mistake(`a text that begins with ${character} has no end`);
    return this.#mistake(`"${character}" cannot stand here`);
  }

  #match(pattern: RegExp, at: number): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0];
  }

  #add(kind: TokenKind, text: string, isApart: boolean): void {
    this.#countLines();
    this.#tokens.push({ kind, text, line: this.#line, isApart });
  }

  #mistake(message: string): TemplateMistake {
    this.#countLines();
    return new TemplateMistake(this.#line, message);
  }

  #countLines(): void {
    for (; this.#counted < this.#at; this.#counted += 1) {
      if (this.#text[this.#counted] === '\n') this.#line += 1;
    }
  }
}

/** A pattern for the end of a text would try each run of white space in it. */
function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}
