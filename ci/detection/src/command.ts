import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './rows/row.js';

const interpreters: Readonly<Record<string, string>> = {
  bash: '/bin/bash',
  node: '/usr/bin/node',
  perl: '/usr/bin/perl',
  python: '/usr/bin/python3',
  sh: '/bin/sh',
};

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of every row: that of a machine where nobody has set anything. */
export const rowEnvironment: Readonly<Record<string, string>> = {
  PATH: path,
  HOME: '/root',
  LANG: 'C.UTF-8',
};

/**
 * The words of a row's command with the paths that they have below `root`:
 * `sock-far-end bash sock-bash.sh` -> `ROOT/dist/attacks/sock-far-end`, `/bin/bash`, `ROOT/test/attacks/sock-bash.sh`.
 */
export function commandOf(row: Row, root: string): string[] {
  const scripts = row.class === 'benign' ? 'test/benign' : 'test/attacks';
  return row.command.split(' ').map((word, index) => {
    const interpreter = interpreters[word];
    if (interpreter !== undefined) return interpreter;
    if (word.startsWith('/')) return word;
    if (word.includes('/')) return join(root, word);
    if (/\.(?:so|ko)$/.test(word) || (index === 0 && !word.includes('.')))
      return join(root, 'dist/attacks', word);
    return word.includes('.') ? join(root, scripts, word) : word;
  });
}

/** What a row needs and this machine lacks, in a clause; undefined where it can run. */
export function lackOf(row: Row, command: readonly string[], isVm: boolean): string | undefined {
  if (row.isForVm && !isVm) return 'it changes the machine: in a virtual machine only';
  const programs = [...row.needs, ...command.filter((word) => Object.values(interpreters).includes(word))];
  const missing = programs.find((program) => !isInstalled(program));
  if (missing !== undefined) return `there is no ${missing}`;
  const file = command.find((word) => word.startsWith('/') && !existsSync(word));
  return file === undefined ? undefined : `there is no ${file.split('/').at(-1) ?? file}`;
}

function isInstalled(program: string): boolean {
  const candidates = program.startsWith('/')
    ? [program]
    : path.split(':').map((directory) => join(directory, program));
  return candidates.some((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
