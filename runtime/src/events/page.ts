import { catalogue, eventsOfSet, setNames } from './catalogue/index.js';
import { namesIn } from './names.js';
import type { SeenOn } from './seen.js';
import type { ArgumentDefinition, EventDefinition } from './types.js';

/** `docs/events.md`: every event of the catalogue, for people. */
export function renderPage(seen: SeenOn): string {
  const syscalls = catalogue.filter(({ syscall }) => syscall !== undefined);
  const others = catalogue.filter(({ syscall }) => syscall === undefined);
  const seenOn = ({ name }: EventDefinition): string => seen.get(name)?.join(', ') ?? '';
  return `# Events

What \`tracee trace\` prints and rules look at: ${catalogue.length} events. This page is made of the catalogue by
\`npm run generate\`; \`tracee trace --list\` prints the same in short. How events are chosen is told in
[filters](usage.md#filters), how they are printed in [output](usage.md#output), and on which hook each stands on a kernel by
\`sudo tracee --plan\`.

Arguments are listed with their types, which are the kernel's. Some numbers have [names](#names-of-values), which
conditions of [rules](rules.md) take. An argument in parentheses is large or private, and is not recorded.

## Sets

${table(
  ['set', 'events'],
  setNames().map((set) => [
    `\`${set}\``,
    set === 'syscalls'
      ? 'all [system calls](#system-calls)'
      : names(eventsOfSet(set).map(({ name }) => name)),
  ]),
)}

## Events of the kernel

Seen where the kernel itself acts, with its own copies of what was passed, but for those marked *user*. Each hook is one of
a [ladder](architecture.md#the-hook-ladder): a tracepoint, or a function that a trampoline, a kprobe or an LSM program
watches. The system calls in the last column lead to the event: they stand in where the function cannot be hooked, and
beside a tracepoint they are more ways to the same event.

*Seen on* are the kernels on which \`make test-events\` had real programs cause the event and found its arguments right: Debian's
5.10, 6.1, 6.12 and 7.2, and a 6.18 that has nothing but tracepoints. System calls are seen there as the kernel begins
and ends them, also those that it does not have and refuses.

${table(
  ['event', 'id', 'arguments', 'hook', 'system calls', 'sets', 'seen on'],
  others.map((event) => [
    heading(event),
    `${event.id}`,
    argumentsOf(event),
    hookOf(event),
    names(event.hooks?.carriers ?? []),
    names(event.sets),
    seenOn(event),
  ]),
)}

## System calls

Seen when they return; \`execve\` and \`execveat\` are read when they begin, and those that never return (\`exit\`,
\`exit_group\`, \`rt_sigreturn\`) are told then. Arguments are read from the memory of the program, which
another of its threads may have changed since. The number is that of x86-64, or above 511 for calls that only 32-bit programs have; a dash under 32-bit or arm64 means that there is
no such call.

${table(
  ['event', 'id', 'arguments', '32-bit', 'arm64', 'sets', 'seen on'],
  syscalls.map((event) => [
    heading(event),
    `${event.id}`,
    argumentsOf(event),
    event.syscall?.entries.i386 === undefined ? '-' : 'yes',
    event.syscall?.entries.arm64 === undefined ? '-' : 'yes',
    names(event.sets.filter((set) => set !== 'syscalls')),
    seenOn(event),
  ]),
)}

## Names of values

${table(
  ['values of', 'names'],
  [...vocabulariesInUse()].map(([vocabulary, users]) => [
    names(users),
    vocabulary === 'syscall'
      ? 'those of [system calls](#system-calls)'
      : names(namesIn(vocabulary).map(([name]) => name)),
  ]),
)}
`;
}

function heading({ name, syscall, source }: EventDefinition): string {
  return syscall === undefined && source === 'user' ? `\`${name}\` *user*` : `\`${name}\``;
}

function argumentsOf({ arguments: list }: EventDefinition): string {
  const words = list.map(({ name, type, onRequest }) =>
    onRequest === true ? `(\`${name}\` ${type})` : `\`${name}\` ${type}`,
  );
  return words.join(', ').replaceAll('*', '\\*');
}

function hookOf({ hooks }: EventDefinition): string {
  if (hooks === undefined || hooks.kind === 'calls') return '';
  if (hooks.kind === 'tracepoint') {
    const { tracepoint, formerly, beside } = hooks;
    return [
      `tracepoint \`${tracepoint}\``,
      ...(formerly === undefined ? [] : [`or \`${formerly}\``]),
      ...(beside === undefined ? [] : [`with \`${beside.tracepoint}\``]),
    ].join(' ');
  }
  const { lsm, standIn, isReturn } = hooks;
  return [
    `${names([hooks.function, ...(hooks.others ?? [])])}${isReturn === true ? ' at return' : ''}`,
    ...(lsm === undefined ? [] : [`LSM \`${lsm}\``]),
    ...(standIn === undefined ? [] : [`or tracepoint \`${standIn}\``]),
  ].join(', ');
}

type VocabularyName = NonNullable<ArgumentDefinition['vocabulary']>;

/** Each vocabulary with the arguments that speak it, as `event.argument`. */
function vocabulariesInUse(): ReadonlyMap<VocabularyName, readonly string[]> {
  const users = new Map<VocabularyName, string[]>();
  for (const { name: event, arguments: list } of catalogue)
    for (const { name, vocabulary } of list)
      if (vocabulary !== undefined)
        users.set(vocabulary, [...(users.get(vocabulary) ?? []), `${event}.${name}`]);
  return users;
}

function names(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
