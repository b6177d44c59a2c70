import { readFileSync } from 'node:fs';
import type { TracedEvent } from '../../events/record.js';
import { dynamicStringsOf } from './dynamic-strings.js';
import { maxProgramSizeBytes, openProgram } from './program-file.js';

/** What stands in a program file. */
export interface ProgramContent {
  readonly contains: (text: string) => boolean;
  /** Names of the libraries that it was linked with. */
  readonly needed: readonly string[];
}

/** What stands in the program file of an event; undefined where that is out of reach or too large. */
export function readProgramContent(event: TracedEvent): ProgramContent | undefined {
  using file = openProgram(event);
  if (file === undefined || file.sizeBytes > maxProgramSizeBytes) return undefined;
  const bytes = readAll(file.fd);
  if (bytes === undefined) return undefined;
  return {
    contains: (text) => bytes.includes(text, 0, 'latin1'),
    needed: dynamicStringsOf(file.fd).needed,
  };
}

function readAll(fd: number): Buffer | undefined {
  try {
    return readFileSync(fd);
  } catch {
    return undefined; // its file system does not give it
  }
}
