import { callRows } from './calls.js';
import { fileRows } from './files.js';
import { kernelRows } from './kernel.js';
import { memoryRows } from './memory.js';
import { privilegeRows } from './privileges.js';
import { processRows } from './processes.js';
import type { EventRow } from './row.js';
import { socketRows } from './sockets.js';
import { sweepRows } from './sweep.js';

/** All rows, in the order in which they are performed. */
export const rows: readonly EventRow[] = [
  ...processRows,
  ...fileRows,
  ...memoryRows,
  ...privilegeRows,
  ...socketRows,
  ...kernelRows,
  ...callRows,
  ...sweepRows,
];

/** Rows of events by name, apart by commas; `security_*` for all that begin so; all rows for none. Throws a RangeError. */
export function readRowChoice(text: string): readonly EventRow[] {
  const words = text.split(',').filter((word) => word !== '');
  if (words.length === 0) return rows;
  const isChosen = ({ event }: EventRow, word: string): boolean =>
    word.endsWith('*') ? event.startsWith(word.slice(0, -1)) : event === word;
  const unknown = words.find((word) => !rows.some((row) => isChosen(row, word)));
  if (unknown !== undefined) throw new RangeError(`no row is about "${unknown}"`);
  return rows.filter((row) => words.some((word) => isChosen(row, word)));
}
