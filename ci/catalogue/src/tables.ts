import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A system call as one architecture has it: its number, and the function that it enters, `sys_read`. */
export interface TableRow {
  readonly number: number;
  readonly name: string;
  /** Null where this kernel has none behind the number. */
  readonly function: string | null;
}

/** The tables of one kernel, by who calls. */
export interface Tables {
  readonly x86_64: readonly TableRow[];
  readonly i386: readonly TableRow[];
  readonly arm64: readonly TableRow[];
  /** 32-bit programs on arm64. */
  readonly arm: readonly TableRow[];
}

/**
 * Reads what the kernel's build made of the `.tbl` files in its sources: the build tree of its headers has a list of
 * names and a list of functions for each of them. Throws what reading a file throws, and RangeError where two
 * lists have nothing in common.
 */
export function readTables(x86Build: string, arm64Build: string): Tables {
  const x86 = join(x86Build, 'arch/x86/include/generated');
  const arm64 = join(arm64Build, 'arch/arm64/include/generated');
  return {
    x86_64: readTable(join(x86, 'uapi/asm/unistd_64.h'), join(x86, 'asm/syscalls_64.h'), 'native'),
    i386: readTable(join(x86, 'uapi/asm/unistd_32.h'), join(x86, 'asm/syscalls_32.h'), 'compat'),
    arm64: readTable(join(arm64, 'uapi/asm/unistd_64.h'), join(arm64, 'asm/syscall_table_64.h'), 'native'),
    arm: readTable(join(arm64, 'asm/unistd_compat_32.h'), join(arm64, 'asm/syscall_table_32.h'), 'compat'),
  };
}

function readTable(names: string, functions: string, caller: 'native' | 'compat'): readonly TableRow[] {
  const functionOf = parseFunctions(readFileSync(functions, 'latin1'), caller);
  const rows = parseNames(readFileSync(names, 'latin1')).flatMap(({ name, number }) => {
    const entered = functionOf.get(number);
    return name === listLength
      ? []
      : [{ number, name, function: entered === notThere ? null : (entered ?? null) }];
  });
  if (rows.length === 0) throw new RangeError(`${names} and ${functions} have no system call in common`);
  return rows;
}

/** `__NR_syscalls` is how many there are. */
const listLength = 'syscalls';

/** What numbers enter that this kernel has no call for. */
const notThere = 'sys_ni_syscall';

/** `#define __NR_compat32_read 3` */
function parseNames(text: string): { name: string; number: number }[] {
  return [...text.matchAll(/^#define __NR_(?:compat32_)?(\w+) (\d+)$/gm)].map(([, name = '', number]) => ({
    name,
    number: Number(number),
  }));
}

/** `__SYSCALL(0, sys_read)`, `__SYSCALL_WITH_COMPAT(11, sys_execve, compat_sys_execve)`: the second for 32-bit callers. */
function parseFunctions(text: string, caller: 'native' | 'compat'): Map<number, string> {
  const rows = text.matchAll(/^__SYSCALL\w*\((\d+), (\w+)(?:, (\w+))?\)/gm);
  return new Map(
    [...rows].map(([, number, native = '', compat = native]) => [
      Number(number),
      caller === 'compat' ? compat : native,
    ]),
  );
}
