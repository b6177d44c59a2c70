import { mkdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryName } from './names.js';

/**
 * How far the clock of a file system is ahead of this host's, in whole seconds as milliseconds. On a shared
 * volume times of files are the server's, and hosts disagree: only ages on this one clock can be compared.
 * A directory tells it, since clients set times of files they have open.
 */
export async function clockOffsetMs(directory: string, object: string): Promise<number> {
  const probe = join(directory, temporaryName(object));
  await mkdir(probe);
  try {
    const { mtimeMs } = await stat(probe);
    return Math.round((mtimeMs - Date.now()) / 1000) * 1000;
  } finally {
    await rmdir(probe);
  }
}
