const named: Readonly<Record<string, string>> = {
  ...{ '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' },
  '\\': '\\\\',
};

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** A text as Go writes it in quotes: `a"<LF>` -> `"a\"\n"`. With `isAscii` nothing but ASCII is left. */
export function quoteGo(text: string, quote: '"' | "'", isAscii: boolean): string {
  let quoted = quote;
  for (const character of text) quoted += quoteCharacter(character, quote, isAscii);
  return quoted + quote;
}

/** Whether Go would print it, and not write its number. */
export function isPrintable(character: string): boolean {
  return printable.test(character);
}

function quoteCharacter(character: string, quote: string, isAscii: boolean): string {
  if (character === quote) return `\\${quote}`;
  const escaped = named[character];
  if (escaped !== undefined) return escaped;
  const code = character.codePointAt(0) ?? 0;
  if (isPrintable(character) && (!isAscii || code < 0x80)) return character;
  // A byte that is no UTF-8.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code & 0xff).toString(16)}`;
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
