import { WrongValue } from './mistakes.js';
import { formatValue } from './print.js';
import { isText, Json, kindOf, OwnText, textOf, type Text, type Texts } from './values.js';

/** A piece of a text that a function puts together, and whose it is. */
export interface Piece {
  readonly text: string;
  readonly from: 'template' | 'json' | 'data';
}

/** Characters of one text: loops could make it twice as long each time. */
export const maxTextLength = 1024 * 1024;

/** A value as text, and whose text it is; that of numbers is harmless. */
export function pieceOf(value: unknown): Piece {
  if (typeof value === 'string') return { text: value, from: 'data' };
  if (isText(value)) return { text: textOf(value), from: value instanceof Json ? 'json' : 'template' };
  const isOfMembers = kindOf(value) === 'list' || kindOf(value) === 'map';
  return { text: formatValue(value), from: isOfMembers ? 'data' : 'template' };
}

/**
 * One text of many. What the template itself says in it stays as it is, line ends for example: then what others say
 * is escaped now. Where that makes no difference nothing is, so that `json` and `eq` see what there was.
 */
export function compose(pieces: readonly Piece[], { escape }: Texts): Text {
  const whole = pieces.map(({ text }) => text).join('');
  checkLength(whole.length);
  if (!pieces.some(({ from }) => from === 'data')) {
    return pieces.some(({ from }) => from === 'json') ? new Json(whole) : new OwnText(whole);
  }
  const own = pieces.map(({ text, from }) => (from === 'data' ? '' : text)).join('');
  if (escape(own) === own) return whole;
  return new OwnText(pieces.map(({ text, from }) => (from === 'data' ? escape(text) : text)).join(''));
}

export function checkLength(length: number): void {
  if (length > maxTextLength) throw new WrongValue(`a text would have more than ${maxTextLength} characters`);
}

/** Changes a text, which stays whose it was; JSON may not be JSON after that, and is text then. */
export function changeText(text: Text, change: (text: string) => string): Text {
  const changed = change(textOf(text));
  checkLength(changed.length);
  return text instanceof OwnText ? new OwnText(changed) : changed;
}

/** The same for what only changes white space around: JSON stays JSON. */
export function changeSpace(text: Text, change: (text: string) => string): Text {
  if (!(text instanceof Json)) return changeText(text, change);
  const changed = change(text.text);
  checkLength(changed.length);
  return new Json(changed);
}
