import { describeValue } from '../events/names.js';
import type { EventArgument, TracedEvent } from '../events/record.js';
import { escapeText } from './escape.js';

/** The original's columns: TIME(s) UID COMM PID TID RET EVENT ARGS. */
export const tableHeader = row(['TIME(s)', 'UID', 'COMM', 'PID', 'TID', 'RET', 'EVENT', 'ARGS']);

/** One event as one line of the table, without the line end. */
export function eventToRow(event: TracedEvent): string {
  return row([
    (event.time / 1e9).toFixed(6),
    String(event.uid),
    escapeText(event.comm),
    String(event.pid),
    String(event.tid),
    String(event.returnValue),
    event.definition.name,
    event.arguments.map((argument) => describeArgument(argument, event)).join(', '),
  ]);
}

function describeArgument(argument: EventArgument, event: TracedEvent): string {
  const value = describeValue(argument, event);
  const text = Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
  const { cut } = argument;
  const mark = cut === undefined ? '' : ` (cut${cut.full === undefined ? '' : `, ${cut.full} in all`})`;
  return `${argument.definition.name}: ${escapeText(text)}${mark}`;
}

function row(cells: readonly string[]): string {
  const widths = [14, 6, 16, 7, 7, 16, 20, 0];
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(' ')
    .trimEnd();
}
