import { join } from 'node:path';
import { readlinkSync } from 'node:fs';
import type { TracedEvent } from '../../events/record.js';
import { isInterpreterFile } from './interpreter.js';
import { isSameContent, maxProgramSizeBytes, openFirst, type ProgramFile } from './program-file.js';
import { textOfProgram } from './program-text.js';
import { isSystemFile, isSystemProgram, rootOf } from './system-program.js';

/** What a process executes now, or is about to; as the kernel named it. */
export interface Executed {
  readonly dev: number;
  readonly inode: bigint;
  readonly sizeBytes: number;
}

/**
 * Whether a program of the system executes itself again, from a copy in memory (container runtimes do, so that
 * nobody in a container can write their file) or from its own file that was replaced meanwhile by a newer
 * version. `event` is still of the old program. Compared by bytes, or by being the very file. Not interpreters:
 * a copy of one does what it is told.
 */
export function isOwnCopy(event: TracedEvent, executed: Executed): boolean {
  const own = event.executableFile;
  if (own === undefined) return false;
  if (own.inode === executed.inode && own.dev === executed.dev) return isRootsFile(own);
  if (!isSystemProgram(event) || event.executable === undefined) return false;
  const path = `${rootOf(event) ?? ''}${event.executable}`;
  return withExecuted(event, executed, (copy) => isCopyOf(copy, [path], own.inode, isNoInterpreter));
}

function isRootsFile({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return uid === 0 && (mode & 0o022) === 0;
}

function isNoInterpreter(file: ProgramFile): boolean {
  return !isInterpreterFile(file);
}

/** What a program that executes itself again is called to the kernel. */
const ownPath = '/proc/self/exe';

/** Where a program is looked for that was started by its bare name. */
const programDirectories = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/usr/libexec'];

/**
 * The same where `event` is of the new program, so that nobody knows the old one any more: its bytes are those
 * of a system program which executes itself by design, and which is the parent or what it says it is (`name`).
 * A lie about that is of no use, since the bytes decide.
 */
export function isCopyOfSystemProgram(event: TracedEvent, executed: Executed, name: string): boolean {
  const root = rootOf(event);
  if (root === undefined) return false;
  const named = name.includes('/') ? [name] : programDirectories.map((directory) => join(directory, name));
  const paths = [...event.ancestors.slice(0, 1).flatMap(programOf), ...named]
    .filter((path) => isSystemFile(root, path))
    .map((path) => `${root}${path}`);
  return withExecuted(event, executed, (copy) =>
    paths.some((path) => isCopyOf(copy, [path], undefined, isExecutingItself)),
  );
}

function programOf({ hostPid }: { readonly hostPid: number }): string[] {
  try {
    return [readlinkSync(`/proc/${hostPid}/exe`)];
  } catch {
    return []; // it ended meanwhile
  }
}

function isExecutingItself(file: ProgramFile): boolean {
  return isNoInterpreter(file) && textOfProgram(file)?.includes(ownPath) === true;
}

/** Asks about the program that the process runs by now, if it is the one that the kernel named. */
function withExecuted(
  event: TracedEvent,
  { inode, sizeBytes }: Executed,
  ask: (copy: ProgramFile) => boolean,
): boolean {
  if (sizeBytes > maxProgramSizeBytes) return false;
  using copy = openFirst([`/proc/${event.hostPid}/exe`], inode);
  return copy !== undefined && ask(copy);
}

function isCopyOf(
  copy: ProgramFile,
  paths: readonly string[],
  inode: bigint | undefined,
  condition: (file: ProgramFile) => boolean,
): boolean {
  using original = openFirst(paths, inode);
  return original !== undefined && isSameContent(copy, original) && condition(original);
}
