import { eventOf32BitCall, eventOf64BitCall } from './rename.js';
import type { TableRow, Tables } from './tables.js';

const callers = ['x86_64', 'i386', 'arm64', 'arm'] as const;
type Caller = (typeof callers)[number];

/** `read` -> `{ x86_64: [[0, 'sys_read']], i386: [[3, 'sys_read']], … }`, sorted by number of 64-bit x86. */
export function renderNumbers(tables: Tables, release: string): string {
  const events = collect(tables);
  const lines = [...events].toSorted(([, a], [, b]) => rank(a) - rank(b)).map(renderEvent);
  return `import type { SyscallEntries } from '../../types.js';

/**
 * Numbers and functions of system calls by who calls, made from the headers of Linux ${release} by
 * \`make syscall-numbers\`. Not to be edited.
 */
export const syscallNumbers = {
${lines.join('\n')}
} as const satisfies Readonly<Record<string, SyscallEntries>>;
`;
}

type Rows = Partial<Record<Caller, TableRow[]>>;

function collect(tables: Tables): Map<string, Rows> {
  const events = new Map<string, Rows>();
  const shared = new Set(tables.x86_64.map(({ name }) => name));
  for (const caller of callers) {
    const is32Bit = caller === 'i386' || caller === 'arm';
    for (const row of tables[caller]) {
      // What is no longer there is kept under the names that the original had events for.
      if (is32Bit && row.function === null) continue;
      const name = is32Bit
        ? eventOf32BitCall(row.name, (one) => shared.has(one))
        : eventOf64BitCall(row.name);
      const rows = events.get(name) ?? {};
      rows[caller] = [...(rows[caller] ?? []), row];
      events.set(name, rows);
    }
  }
  return events;
}

/** Those of 32-bit programs alone come last. */
function rank({ x86_64: [native] = [], i386: [compat] = [], arm: [arm] = [] }: Rows): number {
  return native?.number ?? 1000 + (compat?.number ?? 1000 + (arm?.number ?? 0));
}

function renderEvent([name, rows]: [string, Rows]): string {
  const parts = callers.flatMap((caller) => {
    const entries = rows[caller];
    if (entries === undefined) return [];
    return [`${caller}: [${entries.map((row) => renderRow(row)).join(', ')}]`];
  });
  return `  ${name}: { ${parts.join(', ')} },`;
}

function renderRow({ number, function: entered }: TableRow): string {
  return `[${number}, ${entered === null ? 'null' : `'${entered}'`}]`;
}
