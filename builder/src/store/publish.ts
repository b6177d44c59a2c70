import { constants, existsSync } from 'node:fs';
import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { signaturePath } from 'tracee/artifact';
import { storeFailure } from './failure.js';
import { temporaryName } from './names.js';

/** Nobody but the owner may change an object, whatever the umask says: the runtime would refuse it. */
const objectMode = 0o644;
/** The runtime may be another user: where an object is for all to read, so is the way to it. */
const directoryMode = 0o755;

/**
 * Writes the object so that a reader sees either the whole of it or what was there before: a temporary file
 * in the same directory, synced, then renamed. A signature is put in place just before it: a reader that
 * requires signatures never meets a new object without one. Returns its path. Throws `PUBLISH_FAILED`; leaves
 * nothing.
 */
export async function publish(
  bytes: Uint8Array,
  directory: string,
  name: string,
  signature?: Uint8Array,
): Promise<string> {
  const path = join(directory, name);
  const files = [
    ...(signature === undefined ? [] : [{ to: signaturePath(path), bytes: signature }]),
    { to: path, bytes },
  ].map((file) => ({ ...file, from: join(directory, temporaryName(basename(file.to))) }));
  const renamed: string[] = [];
  try {
    await makeDirectory(directory);
    for (const file of files) await writeSynced(file.from, file.bytes);
    for (const file of files) {
      await rename(file.from, file.to);
      renamed.push(file.to);
    }
    await syncDirectory(directory);
    return path;
  } catch (cause) {
    // A signature whose object could not follow it is of nothing.
    const leftOver = renamed.length === files.length ? [] : renamed;
    for (const file of [...files.map(({ from }) => from), ...leftOver]) {
      await rm(file, { force: true }).catch(() => undefined);
    }
    throw storeFailure(path, cause);
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, objectMode);
  try {
    await file.chmod(objectMode);
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Node's own recursive mkdir tries for ever where nothing can be made (below /proc). */
export async function makeDirectory(directory: string): Promise<void> {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory) await makeDirectory(parent);
  try {
    await mkdir(directory, { mode: directoryMode });
    // Whatever the umask says; the bit that hands a group down to what is made below stays.
    await chmod(directory, ((await stat(directory)).mode & 0o7000) | directoryMode);
  } catch (error) {
    // Another builder may have been first.
    if (!existsSync(directory)) throw error;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
