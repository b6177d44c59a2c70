import { formatFloat } from './floats.js';
import { entriesOf, isList, isMap, isText, textOf } from './values.js';

/** As Go prints values: `map[fd:0 ip:10.0.0.5]`, `[linux container]`. */
export function formatValue(value: unknown): string {
  if (isText(value)) return textOf(value);
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  if (isList(value)) return `[${value.map(formatValue).join(' ')}]`;
  if (!isMap(value)) return '<nil>';
  return `map[${entriesOf(value)
    .map(([key, member]) => `${key}:${formatValue(member)}`)
    .join(' ')}]`;
}

/** Times of a host that has been up for days are told in full, where Go has 1.23456789e+06. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  const isPlain = Number.isSafeInteger(value) || (size >= 1e-4 && size < 1e21);
  return isPlain ? String(value) : formatFloat(value, 'g', undefined);
}
