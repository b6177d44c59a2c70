import { TemplateMistake } from './mistakes.js';
import type { Texts } from './values.js';

const named: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
};

const escapePattern =
  /\\(?:(?<octal>[0-7]{3})|x(?<byte>[0-9a-fA-F]{2})|u(?<short>[0-9a-fA-F]{4})|U(?<long>[0-9a-fA-F]{8})|(?<name>[^]))/gu;

/** The text that a literal stands for: `"a\n"`, `` `a` ``, with Go's escapes. */
export function readText(literal: string, line: number, texts: Texts): string {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '');
  const text = unescape(literal, '"', line);
  // Bytes that were written one by one may be a character together: "\xc3\xa9".
  return /[\udc80-\udcff]/u.test(text) ? texts.decode(texts.encode(text)) : text;
}

/** The number of a character: `'a'` -> 97. */
export function readCharacter(literal: string, line: number): number {
  const [character, more] = unescape(literal, "'", line);
  if (character === undefined || more !== undefined) throw wrong(literal, 'one character', line);
  const code = character.codePointAt(0) ?? 0;
  return code >= 0xdc80 && code <= 0xdcff ? code & 0xff : code;
}

function unescape(literal: string, quote: string, line: number): string {
  return literal.slice(1, -1).replace(escapePattern, (...found) => {
    const { octal, byte, short, long, name } = found.at(-1) as Readonly<Record<string, string | undefined>>;
    if (name !== undefined) {
      const character = '\'"'.includes(name) && name !== quote ? undefined : named[name];
      if (character === undefined) throw wrong(literal, 'a text in quotes', line);
      return character;
    }
    const code = octal === undefined ? parseInt(byte ?? short ?? long ?? '', 16) : parseInt(octal, 8);
    if (octal !== undefined || byte !== undefined) {
      if (code > 0xff) throw wrong(literal, 'a text in quotes', line);
      return String.fromCharCode(code < 0x80 ? code : 0xdc00 + code);
    }
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw wrong(literal, 'a text in quotes', line);
    return String.fromCodePoint(code);
  });
}

const integerPattern =
  /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;
const floatPattern = /^[+-]?(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?$/;
const hexFloatPattern =
  /^(?<sign>[+-]?)0[xX]_?(?<whole>[0-9a-fA-F_]*)(?:\.(?<part>[0-9a-fA-F_]*))?[pP](?<exponent>[+-]?\d+)$/;

/** `42`, `0x2a`, `0b101`, `1_000`, `1.5e3`; as a bigint where a number would not be exact. */
export function readNumber(literal: string, line: number): number | bigint {
  const text = literal.replaceAll('_', '');
  if (integerPattern.test(literal)) {
    const digits = text.replace(/^[+-]/, '');
    // An octal number of old: 017.
    const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
    const value = text.startsWith('-') ? -size : size;
    if (BigInt.asIntN(64, value) !== value)
      throw new TemplateMistake(line, `${literal} has more than 64 bits`);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (/[.eE]/.test(literal) && floatPattern.test(literal)) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
  }
  const hex = hexFloatPattern.exec(text)?.groups;
  const { whole = '', part = '' } = hex ?? {};
  if (hex === undefined || whole + part === '') throw wrong(literal, 'a number', line);
  const size = Number(`0x${whole}${part}`) * 2 ** (Number(hex['exponent']) - 4 * part.length);
  return hex['sign'] === '-' ? -size : size;
}

function wrong(literal: string, what: string, line: number): TemplateMistake {
  return new TemplateMistake(line, `${literal} is not ${what}`);
}
