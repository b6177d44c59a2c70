import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { readDynamicStrings } from './dynamic-strings.js';
import { rootOf } from './system-program.js';

/** What stands in a program file. */
export interface ProgramFile {
  readonly contains: (text: string) => boolean;
  /** Names of the libraries that it was linked with. */
  readonly needed: readonly string[];
}

/** Larger ones are not read. */
const maxSize = 64 * 1024 * 1024;

/** The program file of an event, the very one; undefined where it is gone or too large. */
export function readProgramFile(event: TracedEvent): ProgramFile | undefined {
  const { executable, executableFile } = event;
  if (executable === undefined || executableFile === undefined) return undefined;
  const root = rootOf(event);
  const places = [`/proc/${event.hostPid}/exe`, ...(root === undefined ? [] : [join(root, executable)])];
  for (const place of places) {
    const bytes = readInode(place, executableFile.inode);
    if (bytes === undefined) continue;
    return {
      contains: (text) => bytes.includes(text, 0, 'latin1'),
      needed: readDynamicStrings(place).needed,
    };
  }
  return undefined;
}

function readInode(path: string, inode: bigint): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const { ino, size } = fstatSync(descriptor, { bigint: true });
    return ino === inode && size <= maxSize ? readFileSync(descriptor) : undefined;
  } catch {
    return undefined; // it is gone
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
