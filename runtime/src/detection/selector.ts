import { TraceeError } from '../errors.js';
import { findEvent } from '../events/catalogue/index.js';
import type { ArgumentValue, TracedEvent } from '../events/record.js';
import type { EventDefinition } from '../events/types.js';
import type { EventSelector, Rule } from './rule.js';

/** Events of which the kernel compares names (bpf/files.h, is_wanted_name()). */
const eventsOfFiles: ReadonlySet<string> = new Set([
  'security_file_open',
  'security_path_truncate',
  'security_inode_rename',
  'security_inode_link',
  'security_inode_symlink',
  'security_sb_mount',
  'security_move_mount',
]);

/**
 * Whether an event is one of those that a selector wants. What could not be read is not. Names are the kernel's
 * to compare: it knows what a file is called, whatever the path that a mount gave it.
 */
export function isSelected({ where, bits }: EventSelector, event: TracedEvent): boolean {
  for (const name in where) {
    const value = valueOf(event, name);
    if (value === undefined || !where[name]?.some((wanted) => isSame(wanted, value))) return false;
  }
  for (const name in bits) {
    const value = valueOf(event, name);
    if (!hasBits(value, bits[name] ?? 0)) return false;
  }
  return true;
}

/** The event that a selector names. Throws RULE_FAILED where it, or an argument of it, does not exist. */
export function requireSelectable(
  rule: Rule,
  { event: name, where, bits, names }: EventSelector,
): EventDefinition {
  const definition = findEvent(name);
  if (definition === undefined) throw missing(rule, `the event ${name}`);
  const wanted = [...Object.keys(where ?? {}), ...Object.keys(bits ?? {})];
  const unknown = wanted.find((one) => !definition.arguments.some((argument) => argument.name === one));
  if (unknown !== undefined) throw missing(rule, `the argument ${name}.${unknown}`);
  if (names !== undefined && !eventsOfFiles.has(name)) throw missing(rule, `names of files of ${name}`);
  return definition;
}

function valueOf(event: TracedEvent, name: string): ArgumentValue | undefined {
  return event.arguments.find((argument) => argument.definition.name === name)?.value;
}

/** A number is the same as a number or as a bigint. */
function isSame(wanted: ArgumentValue, recorded: ArgumentValue): boolean {
  if (typeof wanted === 'bigint' && typeof recorded === 'number') return wanted === BigInt(recorded);
  if (typeof wanted === 'number' && typeof recorded === 'bigint')
    return Number.isInteger(wanted) && BigInt(wanted) === recorded;
  return wanted === recorded;
}

function hasBits(value: ArgumentValue | undefined, mask: number): boolean {
  if (typeof value !== 'number' && typeof value !== 'bigint') return false;
  return (BigInt(value) & BigInt(mask)) !== 0n;
}

function missing(rule: Rule, what: string): TraceeError {
  return new TraceeError('RULE_FAILED', `rule ${rule.metadata.id} selects ${what}, which does not exist`, {
    hint: 'tracee trace --list names all events and their arguments',
  });
}
