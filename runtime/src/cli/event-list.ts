import { catalogue } from '../events/catalogue/index.js';
import type { EventDefinition } from '../events/types.js';

/** What `tracee trace --list` prints: a line for each event. */
export function listEvents(): string {
  return [row('EVENT', 'SETS', 'ARGUMENTS'), ...catalogue.map(rowOf)].join('\n');
}

/** The same as the original has it: system calls, then the others, each with a head. */
export function listEventsByKind(): string {
  const calls = catalogue.filter(({ syscall }) => syscall !== undefined);
  const others = catalogue.filter(({ syscall }) => syscall === undefined);
  return [...part('System Calls: ', calls), '', '', ...part('Other Events: ', others), ''].join('\n');
}

function part(title: string, events: readonly EventDefinition[]): string[] {
  return [
    row(title, 'Sets:', 'Arguments:'),
    row('____________  ', '____ ', '_________'),
    '',
    ...events.map(rowOf),
  ];
}

function rowOf({ name, sets, arguments: list }: EventDefinition): string {
  return row(name, `[${sets.join(' ')}]`, `(${list.map((one) => `${one.type} ${one.name}`).join(', ')})`);
}

function row(name: string, sets: string, list: string): string {
  return `${name.padEnd(22)} ${sets.padEnd(40)} ${list}`;
}
