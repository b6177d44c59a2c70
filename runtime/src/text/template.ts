/** A function that a template may call: `{{.Tags | json}}`. */
export type TemplateFunction = (value: unknown) => unknown;

/** A mistake in a template and the line on which it stands, from 1. */
export class TemplateMistake extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'TemplateMistake';
    this.line = line;
  }
}

/** `.Context.HostName | upper`: what to begin with, then functions to call. */
export interface TemplateValue {
  readonly operands: readonly Operand[];
  /** Compares the operands; without it there is one. */
  readonly comparison?: 'eq' | 'ne';
  readonly functions: readonly TemplateFunction[];
  readonly line: number;
}

/** Members to walk from where the template stands, or from its beginning (`$`), or a text or number as written. */
export type Operand =
  | { readonly kind: 'path'; readonly path: readonly string[]; readonly isFromRoot: boolean }
  | { readonly kind: 'literal'; readonly value: string | number };

/** `{{range .Args}}…{{else}}…{{end}}`, and the same with `if` and `with`. */
export interface TemplateBlock {
  readonly kind: 'range' | 'if' | 'with';
  readonly value: TemplateValue;
  readonly body: readonly TemplatePart[];
  readonly otherwise: readonly TemplatePart[];
}

export type TemplatePart = string | { readonly value: TemplateValue } | TemplateBlock;

type Functions = Readonly<Record<string, TemplateFunction>>;

/** A piece of a template: text, or what stands between braces. */
type Piece = string | { readonly inner: string; readonly line: number };

/**
 * Parses text with values in `{{…}}`, a part of Go's templates: paths (`.Context.HostName`, `.` is all, `$` the whole
 * from within), texts in quotes, functions before them or behind bars, `eq` and `ne`, `if`, `range` and `with` with
 * `else` and `end`, comments, and the marks that trim white space around (`{{- -}}`). There are no variables, no
 * parentheses and no code. Throws TemplateMistake.
 */
export function parseTemplate(text: string, functions: Functions): TemplatePart[] {
  const pieces = piecesOf(text);
  const parser = new BlockParser(pieces, functions);
  const { parts, end } = parser.parse();
  if (end !== undefined) throw new TemplateMistake(end.line, `"${end.inner}" ends nothing`);
  return parts;
}

/** Fills a parsed template: `show` turns what a value came to into text. */
export function fillTemplate(
  parts: readonly TemplatePart[],
  data: unknown,
  show: (value: unknown) => string,
): string {
  return fill(parts, data, data, show);
}

function fill(
  parts: readonly TemplatePart[],
  dot: unknown,
  root: unknown,
  show: (value: unknown) => string,
): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = evaluate(part.value, dot, root);
      if (!('kind' in part)) return show(value);
      if (!isTrue(value)) return fill(part.otherwise, dot, root, show);
      if (part.kind === 'if') return fill(part.body, dot, root, show);
      if (part.kind === 'with') return fill(part.body, value, root, show);
      return membersOf(value)
        .map((one) => fill(part.body, one, root, show))
        .join('');
    })
    .join('');
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let trimsNext = false;
  let at = 0;
  const addText = (end: number, trimsEnd: boolean): void => {
    let part = text.slice(at, end);
    if (trimsNext) part = part.trimStart();
    if (trimsEnd) part = part.trimEnd();
    if (part !== '') pieces.push(part);
  };
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    const line = text.slice(0, open).split('\n').length;
    const close = text.indexOf('}}', open);
    if (close < 0) throw new TemplateMistake(line, '"{{" is never closed by "}}"');
    const action = /^(?<start>-\s)?(?<inner>[^]*?)(?<end>\s-)?$/.exec(text.slice(open + 2, close));
    addText(open, action?.groups?.['start'] !== undefined);
    trimsNext = action?.groups?.['end'] !== undefined;
    at = close + 2;
    const inner = action?.groups?.['inner']?.trim() ?? '';
    if (!/^\/\*[^]*\*\/$/.test(inner)) pieces.push({ inner, line });
  }
  addText(text.length, false);
  return pieces;
}

/** Blocks within blocks: more than people write, and few enough for the stack. */
const maxDepth = 32;

class BlockParser {
  readonly #pieces: readonly Piece[];
  readonly #functions: Functions;
  #at = 0;

  constructor(pieces: readonly Piece[], functions: Functions) {
    this.#pieces = pieces;
    this.#functions = functions;
  }

  /** Up to the end, or to an `else` or `end` that belongs to what is around. */
  parse(depth = 0): { parts: TemplatePart[]; end: Exclude<Piece, string> | undefined } {
    const parts: TemplatePart[] = [];
    while (this.#at < this.#pieces.length) {
      const piece = this.#pieces[this.#at] ?? '';
      this.#at += 1;
      if (typeof piece === 'string') {
        parts.push(piece);
        continue;
      }
      if (/^(?:end|else\b.*)$/s.test(piece.inner)) return { parts, end: piece };
      const block = /^(?<kind>range|if|with)\s+(?<value>[^]+)$/.exec(piece.inner)?.groups;
      if (block === undefined) parts.push(asText(parseValue(piece.inner, piece.line, this.#functions)));
      else parts.push(this.#block(block['kind'], block['value'] ?? '', piece, depth));
    }
    return { parts, end: undefined };
  }

  #block(
    word: string | undefined,
    text: string,
    { inner, line }: Exclude<Piece, string>,
    depth: number,
  ): TemplateBlock {
    if (depth >= maxDepth) throw new TemplateMistake(line, `blocks stand in more than ${maxDepth} others`);
    const kind = word === 'if' || word === 'with' ? word : 'range';
    const value = parseValue(text, line, this.#functions);
    const { parts: body, end } = this.parse(depth + 1);
    if (end === undefined) throw new TemplateMistake(line, `"${inner}" has no end`);
    if (end.inner === 'end') return { kind, value, body, otherwise: [] };
    const chained = /^else\s+if\s+(?<value>[^]+)$/.exec(end.inner)?.groups?.['value'];
    if (chained !== undefined) {
      return { kind, value, body, otherwise: [this.#block('if', chained, end, depth + 1)] };
    }
    if (end.inner !== 'else')
      throw new TemplateMistake(end.line, `"${end.inner}" is neither else nor else if`);
    const { parts: otherwise, end: last } = this.parse(depth + 1);
    if (last?.inner !== 'end') throw new TemplateMistake(line, `"${inner}" has no end`);
    return { kind, value, body, otherwise };
  }
}

/** A text in quotes is text of the template: it need not be made harmless, as values are. */
function asText(value: TemplateValue): TemplatePart {
  const [operand] = value.operands;
  const isPlain = value.comparison === undefined && value.functions.length === 0;
  return isPlain && operand?.kind === 'literal' ? String(operand.value) : { value };
}

function evaluate({ operands, comparison, functions }: TemplateValue, dot: unknown, root: unknown): unknown {
  const values = operands.map((operand) => {
    if (operand.kind === 'literal') return operand.value;
    let value = operand.isFromRoot ? root : dot;
    for (const name of operand.path) value = memberOf(value, name);
    return value;
  });
  const [first, ...others] = values;
  let value: unknown = first;
  if (comparison === 'eq') value = others.some((other) => isSame(first, other));
  if (comparison === 'ne') value = !others.some((other) => isSame(first, other));
  for (const call of functions) value = call(value);
  return value;
}

/** Numbers of any size are compared as numbers. */
function isSame(one: unknown, other: unknown): boolean {
  return typeof one === 'bigint' || typeof other === 'bigint' ? String(one) === String(other) : one === other;
}

/** As Go has it: what is empty or zero is false. */
function isTrue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return membersOf(value).length > 0;
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

/** Own members only: nothing of what JavaScript objects inherit can be reached. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value as unknown;
}

function parseValue(inner: string, line: number, functions: Functions): TemplateValue {
  const words: readonly string[] = inner.match(/"(?:[^"\\]|\\.)*"|`[^`]*`|\||[^\s|]+/g) ?? [];
  const bar = words.indexOf('|');
  const first = bar < 0 ? words : words.slice(0, bar);
  const rest = bar < 0 ? [] : words.slice(bar + 1).filter((word) => word !== '|');
  const [comparison, ...compared] = first;
  if (comparison === 'eq' || comparison === 'ne') {
    if (compared.length < 2) throw new TemplateMistake(line, `"${inner}" compares with nothing`);
    const operands = compared.map((word) => requireOperand(word, inner, line));
    const calls = rest.map((name) => requireFunction(name, line, functions));
    return { operands, comparison, functions: calls, line };
  }
  const operand = requireOperand(first.at(-1) ?? '', inner, line);
  const named = [...first.slice(0, -1).toReversed(), ...rest];
  return {
    operands: [operand],
    functions: named.map((name) => requireFunction(name, line, functions)),
    line,
  };
}

function requireOperand(word: string, inner: string, line: number): Operand {
  if (/^`[^`]*`$/.test(word)) return { kind: 'literal', value: word.slice(1, -1) };
  if (word.startsWith('"')) return { kind: 'literal', value: unquoted(word, line) };
  if (/^-?\d{1,15}$/.test(word)) return { kind: 'literal', value: Number(word) };
  if (!/^(?:\.|\$|\$?(?:\.\w+)+)$/.test(word)) {
    throw new TemplateMistake(line, `"${inner}" is no path such as .Context.HostName`);
  }
  const isFromRoot = word.startsWith('$');
  return { kind: 'path', path: word.split(/[.$]/).filter((name) => name !== ''), isFromRoot };
}

function unquoted(word: string, line: number): string {
  try {
    return String(JSON.parse(word));
  } catch {
    throw new TemplateMistake(line, `${word} is no text in quotes`);
  }
}

function requireFunction(name: string, line: number, functions: Functions): TemplateFunction {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (found !== undefined) return found;
  throw new TemplateMistake(
    line,
    `"${name}" is no function; there are ${Object.keys(functions).toSorted().join(', ')}`,
  );
}
