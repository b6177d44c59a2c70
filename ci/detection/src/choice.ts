import { rows } from './rows/index.js';
import type { Row } from './rows/row.js';

/**
 * Rows by words apart by commas: an id, or else the beginning of ids (`sock`), a rule or a class; all rows for none. Throws a
 * RangeError for a word that chooses nothing.
 */
export function readRowChoice(text: string): Row[] {
  const words = text.split(',').filter((word) => word !== '');
  if (words.length === 0) return [...rows];
  for (const word of words) {
    if (!rows.some((row) => isChosen(row, word))) throw new RangeError(`no row is called "${word}"`);
  }
  return rows.filter((row) => words.some((word) => isChosen(row, word)));
}

function isChosen(row: Row, word: string): boolean {
  if (rows.some(({ id }) => id === word)) return row.id === word;
  return row.id.startsWith(`${word}-`) || row.rule === word || row.class === word;
}
