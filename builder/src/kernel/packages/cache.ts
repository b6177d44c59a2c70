import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const temporaryPrefix = 'tmp-';
/** Longer than any fetch or VM run takes: what is older was left by a killed process. */
const abandonedAfterMs = 6 * 60 * 60 * 1000;

/**
 * A new directory inside the cache, on the same file system as the rest of it, so that what is finished in
 * there can be published by a rename. It is removed when the scope that holds it ends.
 */
export async function makeTemporaryDirectory(cacheDir: string): Promise<AsyncDisposable & { path: string }> {
  await mkdir(cacheDir, { recursive: true });
  await removeAbandoned(cacheDir);
  const path = await mkdtemp(join(cacheDir, temporaryPrefix));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Moves a finished directory to its place in one step. When another process was faster its result stands:
 * both were made from the same package version.
 */
export async function publishDirectory(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if (!isErrorWithCode(error, 'ENOTEMPTY') && !isErrorWithCode(error, 'EEXIST')) throw error;
  }
}

/** Whether `error` is a Node system error with this code, such as `ENOENT`. */
export function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function removeAbandoned(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const path = join(cacheDir, name);
    const changed = await stat(path).catch(() => undefined);
    if (changed !== undefined && Date.now() - changed.mtimeMs > abandonedAfterMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
