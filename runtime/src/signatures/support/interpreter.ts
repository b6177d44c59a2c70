import { readFileSync, statSync } from 'node:fs';
import type { TracedEvent } from '../../events/record.js';
import { openProgram, type ProgramFile } from './program-file.js';
import { textOfProgram } from './program-text.js';
import { Remembered } from './remembered.js';
import { isSystemProgram, rootOf } from './system-program.js';

/**
 * What stands in the program files of interpreters, whatever they are called: the variables that POSIX has a
 * shell keep or that a language's own manual names, and the libraries that a language is embedded by.
 */
const traces = [
  ...['OPTIND', 'fish_history', 'AWKPATH'],
  ...['PYTHONHOME', 'libpython', 'PERL5LIB', 'libperl.', 'RUBYOPT', 'libruby'],
  ...[
    'NODE_OPTIONS',
    'libnode.',
    'LUA_INIT',
    'liblua',
    'PHPRC',
    'libphp',
    'TCLLIBPATH',
    'libtcl',
    'libguile-',
  ],
];

const rememberedMs = 60_000;
const answers = new Remembered<boolean>(rememberedMs, 256);

/**
 * Whether the program behind an event does what it is told in a language: a shell, Python, Perl and their
 * kind, copies under other names among them. Asks the file and never its name. Undefined where that is out of
 * reach: the process has ended, and its path leads to another file now.
 */
export function isInterpreter(event: TracedEvent): boolean | undefined {
  const { executableFile } = event;
  if (executableFile === undefined) return undefined;
  /* Files that only root can change are known by their numbers; those of others can be exchanged meanwhile. */
  const known = isSystemProgram(event) ? `${executableFile.dev}:${executableFile.inode}` : undefined;
  const kept = known === undefined ? undefined : answers.peek(known);
  if (kept !== undefined) return kept;
  using file = openProgram(event);
  if (file === undefined) return undefined;
  const key = known ?? `${file.device}:${file.inode}:${file.changedNs}`;
  return answers.get(key, () => isLoginShell(event, file.inode) || isInterpreterFile(file));
}

/** The same of a file. One that is too large to be searched is taken for an interpreter, as node is. */
export function isInterpreterFile(file: ProgramFile): boolean {
  const text = textOfProgram(file);
  return text === undefined || traces.some((trace) => text.includes(trace));
}

/** `/etc/shells` names those that people log in with. */
function isLoginShell(event: TracedEvent, inode: bigint): boolean {
  const root = rootOf(event);
  if (root === undefined) return false;
  try {
    const lines = readFileSync(`${root}/etc/shells`, 'utf8').split('\n');
    return lines.some((line) => line.startsWith('/') && inodeOf(`${root}${line.trim()}`) === inode);
  } catch {
    return false; // there is no such file
  }
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
