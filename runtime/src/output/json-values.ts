import { escapeJson } from './escape.js';

/** Printable ASCII without what JSON escapes: all but a few of the strings that there are. */
const plain = /^[\u0020\u0021\u0023-\u005b\u005d-\u007e]*$/;

export function quoteJson(text: string): string {
  return plain.test(text) ? `"${text}"` : escapeJson(JSON.stringify(text));
}

/** Integers too large for a double stay exact: they are written as strings. */
export function toJson(value: unknown): string {
  if (typeof value === 'string') return quoteJson(value);
  return escapeJson(
    JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner !== 'bigint') return inner;
      return Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner);
    }),
  );
}
