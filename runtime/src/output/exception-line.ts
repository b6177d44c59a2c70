import type { ExceptionEntry } from '../detection/exception.js';
import { escapeJson } from './escape.js';

/** Words that YAML takes for themselves wherever they stand, as long as they are no words with a meaning of its own. */
const plain = /^[A-Za-z/][\w./-]*$/;
const yamlWords = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/**
 * An entry as a flow mapping that YAML reads: `{rule: TRC-2, sight: traceme, executable: /opt/x, owner: 0, uid: 0}`.
 */
export function exceptionLine(entry: ExceptionEntry): string {
  return flow(entry);
}

function flow(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${quote(key)}: ${flow(member)}`).join(', ')}}`;
}

/** Strings of JSON are strings of YAML. */
function quote(text: string): string {
  return plain.test(text) && !yamlWords.test(text) ? text : escapeJson(JSON.stringify(text));
}
