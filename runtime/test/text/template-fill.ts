import { decodeText, encodeText } from '../../src/events/text.js';
import { escapeText } from '../../src/output/escape.js';
import { makeFill } from '../../src/text/template/evaluate.js';
import { goFunctions } from '../../src/text/template/go-functions.js';
import { parseTemplate } from '../../src/text/template/parser.js';
import { sprigTexts } from '../../src/text/template/sprig-texts.js';
import { sprigValues } from '../../src/text/template/sprig-values.js';
import type { Functions, Template } from '../../src/text/template/tree.js';
import { formatValue } from '../../src/text/template/print.js';
import { isText, Json, textOf } from '../../src/text/template/values.js';

const texts = { escape: escapeText, encode: encodeText, decode: decodeText };

const functions: Functions = {
  ...goFunctions(texts),
  ...sprigTexts(texts),
  ...sprigValues,
  json: { call: (value) => new Json(JSON.stringify(value) ?? 'null'), least: 1, most: 1 },
};

export function parse(text: string): Template {
  return parseTemplate(text, { functions, texts });
}

/** What comes of a template, where text of the data has its control characters escaped. */
export function fill(text: string, data: unknown = {}): string {
  return makeFill(parse(text), (value) => {
    if (typeof value === 'string') return escapeText(value);
    if (isText(value)) return textOf(value);
    return value === undefined || value === null ? '<no value>' : escapeText(formatValue(value));
  })(data);
}
