import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fail, ok, type Finding, type Section } from 'tracee/doctor';
import type { ErrorCode } from 'tracee/errors';

/** A place that building writes to. */
export interface Place {
  readonly id: string;
  readonly what: string;
  readonly path: string;
  /** What a build would end with where nothing can be written, and what names another place. */
  readonly code: ErrorCode;
  readonly setting: string;
}

/** Compiling takes a few MiB of temporary files, an object less than one. */
const neededBytes = 16 * 1024 * 1024;

/** Whether each place can be written to and has room; one that is not there yet is judged by where it would be made. */
export function examinePlaces(places: readonly Place[]): Section {
  return { title: 'Places', findings: places.map(examine) };
}

function examine({ id, what, path, code, setting }: Place): Finding {
  const directory = existing(resolve(path));
  const where = directory === resolve(path) ? directory : `${resolve(path)} (to be made in ${directory})`;
  const mend = `name another with ${setting}`;
  if (!statSync(directory).isDirectory()) return fail(id, what, code, `${where}: is a file`, mend);
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return fail(id, what, code, `${where}: cannot be written to (${reason})`, mend);
  }
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const room = `${Math.floor(free / 1024 / 1024)} MiB free`;
  return free < neededBytes
    ? fail(id, what, code, `${where}: ${room}`, `free some room, or ${mend}`)
    : ok(id, what, `${where}, ${room}`);
}

function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}
