import { TraceeError } from '../errors.js';
import {
  fillTemplate,
  parseTemplate,
  TemplateMistake,
  type TemplateFunction,
  type TemplatePart,
} from '../text/template.js';
import { pathsFromRoot } from '../text/template-paths.js';
import { nearest } from '../text/nearest.js';
import { escapeJson, escapeText } from './escape.js';

/** What a template makes: text for people, or JSON, where values stand within strings: `{"text": "{{.Summary}}"}`. */
export type TemplateForm = 'text' | 'json';

/** What can stand in a template, by its first name: members of it, or any. */
export type TemplateFields = Readonly<Record<string, readonly string[] | 'any'>>;

/**
 * Reads a template and gives the function that fills it. Throws TEMPLATE_INVALID, with `name` and the line, for what is
 * no template or names a field that there is not.
 */
export function compileTemplate(
  text: string,
  name: string,
  fields: TemplateFields,
  form: TemplateForm = 'text',
): (data: object) => string {
  let parts: TemplatePart[];
  try {
    parts = parseTemplate(text, functions);
    for (const { path, line } of pathsFromRoot(parts)) requireField(path, line, fields);
  } catch (error) {
    if (!(error instanceof TemplateMistake)) throw error;
    throw new TraceeError('TEMPLATE_INVALID', `${name}:${error.line}: ${error.message}`, {
      hint: 'docs/usage.md has the fields and functions of templates',
      cause: error,
    });
  }
  const print = form === 'json' ? showInJson : show;
  return (data) => fillTemplate(parts, data, print);
}

/** JSON in a template, made already: printed as it is, never escaped again. */
class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const functions: Readonly<Record<string, TemplateFunction>> = {
  json: (value) => new Raw(toJson(value)),
  toJson: (value) => new Raw(toJson(value)),
  toPrettyJson: (value) => new Raw(toJson(value, 2)),
  quote: (value) => new Raw(toJson(show(value))),
  upper: (value) => show(value).toUpperCase(),
  lower: (value) => show(value).toLowerCase(),
  len: (value) => (typeof value === 'string' || Array.isArray(value) ? value.length : 0),
  not: (value) => value === false || value === 0 || value === '' || value === undefined,
};

function requireField(
  [name, member, ...deeper]: readonly string[],
  line: number,
  fields: TemplateFields,
): void {
  if (name === undefined) return;
  const members = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (members === undefined) throw unknownField(name, Object.keys(fields), line);
  if (members === 'any' || member === undefined) return;
  if (!members.includes(member)) throw unknownField(`${name}.${member}`, members, line);
  if (deeper.length > 0 && member !== 'Properties') {
    throw new TemplateMistake(line, `.${name}.${member} has no fields`);
  }
}

function unknownField(name: string, known: readonly string[], line: number): TemplateMistake {
  const near = nearest(name.slice(name.indexOf('.') + 1), known);
  const advice = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
  return new TemplateMistake(line, `there is no field .${name}; ${advice}`);
}

/** As Go prints values: `map[fd:0 ip:10.0.0.5]`, `[linux container]`. */
function show(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (typeof value === 'string') return escapeText(value);
  if (value === undefined || value === null) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `map[${members.map(([key, member]) => `${escapeText(key)}:${show(member)}`).join(' ')}]`;
}

/** What may stand between the quotes of a string of JSON; what `json` and `quote` made has quotes of its own. */
function showInJson(value: unknown): string {
  return value instanceof Raw ? value.text : JSON.stringify(show(value)).slice(1, -1);
}

function toJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(
    value,
    (_key, inner: unknown) => {
      if (inner instanceof Raw) return inner.text;
      if (typeof inner !== 'bigint') return inner;
      return Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner);
    },
    indent,
  ) as string | undefined;
  /* Strings have no line ends of their own left; those of the indentation stay. */
  return (json ?? 'null').split('\n').map(escapeJson).join('\n');
}
