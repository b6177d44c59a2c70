import { TraceeError } from '../errors.js';
import { decodeText, encodeText } from '../events/text.js';
import { nearest } from '../text/nearest.js';
import { makeFill } from '../text/template/evaluate.js';
import { goFunctions } from '../text/template/go-functions.js';
import { TemplateFailure, TemplateMistake } from '../text/template/mistakes.js';
import { parseTemplate } from '../text/template/parser.js';
import { pathsFromRoot } from '../text/template/paths.js';
import { formatValue } from '../text/template/print.js';
import { sprigTexts } from '../text/template/sprig-texts.js';
import { sprigValues } from '../text/template/sprig-values.js';
import type { Functions, Template } from '../text/template/tree.js';
import { Json, kindOf, OwnText, type Texts } from '../text/template/values.js';
import { escapeJson, escapeText } from './escape.js';

/** What a template makes: text for people, or JSON, where values stand within strings: `{"text": "{{.Summary}}"}`. */
export type TemplateForm = 'text' | 'json';

/** What can stand in a template, by its first name: members of it, or any. */
export type TemplateFields = Readonly<Record<string, readonly string[] | 'any'>>;

/**
 * Reads a template and gives the function that fills it. Throws TEMPLATE_INVALID, with `name` and the line, for what is
 * no template or names a field that there is not. The function throws TEMPLATE_FAILED where values are not what the
 * template makes of them: an index that is out of range, text where a list should be.
 */
export function compileTemplate(
  text: string,
  name: string,
  fields: TemplateFields,
  form: TemplateForm = 'text',
): (data: object) => string {
  const fill = makeFill(parse(text, name, fields), form === 'json' ? showInJson : show);
  return (data) => {
    try {
      return fill(data);
    } catch (error) {
      if (!(error instanceof TemplateFailure)) throw error;
      throw new TraceeError('TEMPLATE_FAILED', `${name}:${error.line}: ${escapeText(error.message)}`, {
        hint: 'docs/tracing.md says what templates can do, and what stops them',
        cause: error,
      });
    }
  };
}

function parse(text: string, name: string, fields: TemplateFields): Template {
  try {
    const template = parseTemplate(text, { functions, absent, texts });
    for (const { path, line } of pathsFromRoot(template)) requireField(path, line, fields);
    return template;
  } catch (error) {
    if (!(error instanceof TemplateMistake)) throw error;
    throw new TraceeError('TEMPLATE_INVALID', `${name}:${error.line}: ${error.message}`, {
      hint: 'docs/usage.md has the fields of templates, docs/tracing.md their language and functions',
      cause: error,
    });
  }
}

const texts: Texts = { escape: escapeText, encode: encodeText, decode: decodeText };

const functions: Functions = {
  ...goFunctions(texts),
  ...sprigTexts(texts),
  ...sprigValues,
  json: { call: (value) => new Json(toJson(value)), least: 1, most: 1 },
  toJson: { call: (value) => new Json(toJson(value)), least: 1, most: 1 },
  toPrettyJson: { call: (value) => new Json(toJson(value, 2)), least: 1, most: 1 },
  quote: { call: quote, least: 0, most: Infinity },
};

/** The templates that came with the original have these. */
const absent = Object.fromEntries(
  ['now', 'date', 'dateInZone', 'date_in_zone', 'ago'].map((name) => [name, '.Time says when it was']),
);

/** As strings of JSON, with a space between; what is not there is left out, as Sprig does. */
function quote(...values: readonly unknown[]): Json {
  const there = values.filter((value) => values.length === 1 || kindOf(value) !== 'nil');
  return new Json(there.map((value) => toJson(show(value))).join(' '));
}

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
  const others = known.length === 0 ? '' : `; there are ${known.join(', ')}`;
  const advice = near === undefined ? others : `; did you mean ${near}?`;
  return new TemplateMistake(line, `there is no field .${name}${advice}`);
}

/** What others say is escaped; what the template says itself, and JSON, which is escaped already, are not. */
function show(value: unknown): string {
  if (typeof value === 'string') return escapeText(value);
  if (value instanceof OwnText || value instanceof Json) return value.text;
  if (value === undefined || value === null) return '<no value>';
  return escapeText(formatValue(value));
}

/** What may stand between the quotes of a string of JSON; what `json` and `quote` made has quotes of its own. */
function showInJson(value: unknown): string {
  return value instanceof Json ? value.text : JSON.stringify(show(value)).slice(1, -1);
}

function toJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(
    value,
    (_key, inner: unknown) => {
      if (typeof inner !== 'bigint') return inner;
      return Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner);
    },
    indent,
  ) as string | undefined;
  /* Strings have no line ends of their own left; those of the indentation stay. */
  return (json ?? 'null').split('\n').map(escapeJson).join('\n');
}
