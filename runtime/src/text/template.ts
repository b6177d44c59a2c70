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

/** `.Context.HostName | upper`: members to walk, then functions to call. */
export interface TemplateValue {
  readonly path: readonly string[];
  readonly functions: readonly TemplateFunction[];
  readonly line: number;
}

export type TemplatePart = string | TemplateValue;

/**
 * Parses text with values in `{{…}}`, a small part of Go's templates: a path (`.Context.HostName`, `.` is all),
 * functions before it or behind bars, comments, and the marks that trim white space around (`{{- -}}`). There
 * are no conditions, no loops and no code. Throws TemplateMistake.
 */
export function parseTemplate(
  text: string,
  functions: Readonly<Record<string, TemplateFunction>>,
): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let trimsNext = false;
  let at = 0;
  const addText = (end: number, trimsEnd: boolean): void => {
    let part = text.slice(at, end);
    if (trimsNext) part = part.trimStart();
    if (trimsEnd) part = part.trimEnd();
    if (part !== '') parts.push(part);
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
    if (!/^\/\*[^]*\*\/$/.test(inner)) parts.push(parseValue(inner, line, functions));
  }
  addText(text.length, false);
  return parts;
}

/** Fills a parsed template: `show` turns what a value came to into text. */
export function fillTemplate(
  parts: readonly TemplatePart[],
  data: unknown,
  show: (value: unknown) => string,
): string {
  return parts.map((part) => (typeof part === 'string' ? part : show(evaluate(part, data)))).join('');
}

function evaluate({ path, functions }: TemplateValue, data: unknown): unknown {
  let value = data;
  for (const name of path) value = memberOf(value, name);
  for (const call of functions) value = call(value);
  return value;
}

/** Own members only: nothing of what JavaScript objects inherit can be reached. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value as unknown;
}

function parseValue(
  inner: string,
  line: number,
  functions: Readonly<Record<string, TemplateFunction>>,
): TemplateValue {
  const [first = '', ...rest] = inner.split('|').map((part) => part.trim());
  const words = first.split(/\s+/);
  const path = words.pop() ?? '';
  if (!/^(?:\.|(?:\.\w+)+)$/.test(path)) {
    throw new TemplateMistake(line, `"${inner}" is no path such as .Context.HostName`);
  }
  const named = [...words.toReversed(), ...rest];
  return {
    path: path.split('.').filter((name) => name !== ''),
    functions: named.map((name) => requireFunction(name, line, functions)),
    line,
  };
}

function requireFunction(
  name: string,
  line: number,
  functions: Readonly<Record<string, TemplateFunction>>,
): TemplateFunction {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (found !== undefined) return found;
  throw new TemplateMistake(
    line,
    `"${name}" is no function; there are ${Object.keys(functions).toSorted().join(', ')}`,
  );
}
