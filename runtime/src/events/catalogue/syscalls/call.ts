import type { ArgumentDefinition, EventDefinition, SyscallDefinition } from '../../types.js';
import { syscallNumbers } from './numbers.js';
import { vocabularies } from './vocabularies.js';

/** Calls that only 32-bit programs have are numbered after all of 64-bit x86: those of x86, then those of arm. */
const firstOf32Bit = { i386: 512, arm: 620 } as const;

/** A system call of the table, with the sets it is in and its arguments, which speak the words of `vocabularies.ts`. */
export function call(
  name: keyof typeof syscallNumbers,
  sets: string,
  list: readonly ArgumentDefinition[],
  more: Pick<SyscallDefinition, 'isReadOnEntry' | 'neverReturns'> = {},
): EventDefinition {
  const entries: SyscallDefinition['entries'] = syscallNumbers[name];
  return {
    id: idOf(entries),
    name,
    sets: sets.split(' '),
    source: 'user',
    syscall: { entries, ...more },
    arguments: list.map((argument) => {
      const vocabulary = vocabularies[name]?.[argument.name];
      return vocabulary === undefined ? argument : { ...argument, vocabulary };
    }),
  };
}

function idOf({ x86_64, i386, arm }: SyscallDefinition['entries']): number {
  const [native] = x86_64?.[0] ?? [];
  if (native !== undefined) return native;
  const [compat] = i386?.[0] ?? [];
  return compat === undefined ? firstOf32Bit.arm + (arm?.[0]?.[0] ?? 0) : firstOf32Bit.i386 + compat;
}
