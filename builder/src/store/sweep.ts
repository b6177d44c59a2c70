import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { clockOffsetMs } from './clock.js';
import { objectOfTemporary } from './names.js';

/** Writing an object takes less than a second; what is older than this was left by a builder that is dead. */
const abandonedMs = 5 * 60_000;

/** Removes what killed builders of an object left. Only for the holder of its lock. */
export async function sweep(directory: string, object: string): Promise<void> {
  for (const path of await findAbandoned(directory, object)) await removeAbandoned(path);
}

/** Temporary files of an object in one directory that nobody writes any more. */
export async function findAbandoned(directory: string, object: string): Promise<string[]> {
  const entries = await readdir(directory).catch(() => []);
  const names = entries.filter((name) => objectOfTemporary(name) === object);
  if (names.length === 0) return [];
  const now = Date.now() + (await clockOffsetMs(directory, object));
  const paths = names.map((name) => join(directory, name));
  const isOld = await Promise.all(
    paths.map(async (path) => {
      const status = await lstat(path).catch(() => undefined);
      // One from the future is of a clock that was wrong.
      return status !== undefined && Math.abs(now - status.mtimeMs) > abandonedMs;
    }),
  );
  return paths.filter((_path, index) => isOld[index]);
}

/** A file, or the empty directory that the clock was read from. Another builder may be faster. */
export async function removeAbandoned(path: string): Promise<void> {
  const isDirectory = (await lstat(path).catch(() => undefined))?.isDirectory();
  await (isDirectory === true ? rmdir(path) : unlink(path)).catch(() => undefined);
}
