import { isPrintable } from './quote.js';
import type { Texts } from './values.js';

const entities: Readonly<Record<string, string>> = {
  ...{ '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\u0000': '\ufffd' },
};

/** As Go's `html`. */
export function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- Go replaces it too
  return text.replace(/["'&<>\u0000]/g, (character) => entities[character] ?? character);
}

/** As Go's `js`: for a text in quotes of JavaScript. */
export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=]|[^\u0020-\u007f]/gu, (character) => {
    if (`\\'"`.includes(character)) return `\\${character}`;
    if (character > '\u007f' && isPrintable(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** As Go's `urlquery`: byte by byte, a space as a plus. */
export function escapeQuery(text: string, { encode }: Texts): string {
  return [...encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9\-_.~]/.test(character)) return character;
      return character === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
