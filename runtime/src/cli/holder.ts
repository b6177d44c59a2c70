import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TraceeError } from '../errors.js';

const shell = '/bin/sh';
/** Ships with the program of the selftest, for images without a shell. */
const ownHolder = fileURLToPath(new URL('../../selftest/hold', import.meta.url));

/** The words that start a command which waits, before its first instruction, for a line on descriptor 3. */
export function holdingWords(
  command: readonly string[],
  searchPath: string,
): [program: string, ...words: string[]] {
  if (existsSync(shell)) {
    return [shell, '-c', 'read -r _ <&3 && exec 3<&- && exec "$@"', 'sh', ...command];
  }
  if (!existsSync(ownHolder)) {
    throw new TraceeError(
      'RUN_FAILED',
      `there is neither ${shell} nor ${ownHolder} to start a command with`,
      {
        hint: 'make selftest makes the second, or watch a process that runs: --scope tree=PID',
      },
    );
  }
  return [ownHolder, findProgram(command[0] ?? '', searchPath), ...command];
}

function findProgram(name: string, searchPath: string): string {
  const candidates = name.includes('/') ? [name] : searchPath.split(delimiter).map((one) => join(one, name));
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  throw new TraceeError('RUN_FAILED', `${name} is no program that can be run here`, {
    hint: 'name a program on PATH, or its path',
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
