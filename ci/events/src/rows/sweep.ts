import { arch } from 'node:os';
import { wireOfType } from '../../../../runtime/dist/events/argument-types.js';
import { catalogue } from '../../../../runtime/dist/events/catalogue/index.js';
import type { ArgumentDefinition, EventDefinition } from '../../../../runtime/dist/events/types.js';
import type { EventRow, Expected } from './row.js';

/*
 * Every system call of the catalogue by its number, as `test/acts/act-sweep.c` makes them, with all bits of all
 * arguments set. test/e2e/conformance.test.ts has strace look at the same calls.
 */

/** What act-sweep.c leaves out; the other rows have what can be had of these. */
const leftOut = new Set(
  'exit exit_group clone clone3 fork vfork pause rt_sigreturn vhangup ptrace process_vm_readv uretprobe'.split(
    ' ',
  ),
);
/** Of those that only 32-bit programs have, by `test/acts/act-sweep-i386.c`. */
const leftOut32 = new Set(['sigsuspend', 'sigreturn']);
/** Those it asks for something harmless. */
const harmless = new Set(['kill', 'msgget']);

const machine = arch() === 'arm64' ? 'arm64' : 'x86_64';

const ownRows: readonly EventRow[] = catalogue
  .filter(({ name, syscall }) => syscall?.entries[machine] !== undefined && !leftOut.has(name))
  .map((event) => ({
    event: event.name,
    act: 'it is called with arguments that nothing stands behind',
    script: 'exec $ACTS/act-sweep all',
    isShared: true,
    returnValue: (value) => typeof value === 'number' || typeof value === 'string',
    expects: harmless.has(event.name) ? {} : expectationsOf(event),
  }));

const only32Rows: readonly EventRow[] = catalogue
  .filter(({ name, syscall }) => {
    const entries = syscall?.entries;
    return entries?.i386 !== undefined && entries.x86_64 === undefined && !leftOut32.has(name);
  })
  .map((event) => ({
    event: event.name,
    act: 'a program of 32 bits calls it with arguments that nothing stands behind',
    script: '[ -e $ACTS/act-sweep-i386 ] || exit 77; exec $ACTS/act-sweep-i386',
    isShared: true,
    comm: 'act-sweep-i386',
    returnValue: (value) => typeof value === 'number' || typeof value === 'string',
    expects: expectationsOf(event),
  }));

export const sweepRows: readonly EventRow[] = [...ownRows, ...only32Rows];

function expectationsOf({ arguments: list }: EventDefinition): Readonly<Record<string, Expected>> {
  return Object.fromEntries(
    list.flatMap((argument): [string, Expected][] => {
      const expected = expectationOf(argument);
      return expected === undefined ? [] : [[argument.name, expected]];
    }),
  );
}

/** Names of flags and modes are what test/e2e/formats.test.ts is about. Nothing could be read at the address. */
function expectationOf({ type, vocabulary, onRequest }: ArgumentDefinition): Expected | undefined {
  if (vocabulary !== undefined || onRequest === true) return undefined;
  switch (wireOfType[type]) {
    case 'string':
    case 'address':
      return null;
    case 'strings':
      return [];
    default:
      return isAllBits;
  }
}

function isAllBits(value: unknown): boolean {
  return [
    '-1',
    '255',
    '65535',
    '4294967295',
    '18446744073709551615',
    '0xFFFFFFFFFFFFFFFF',
    '0xFFFFFFFF',
  ].includes(String(value));
}
