import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { resolveTrustedDirectory } from '../artifact/index.js';
import { TraceeError } from '../errors.js';

/**
 * Makes sure that a directory is there which nobody but its owner can look into, and that nobody else could put
 * another in its place. Gives its path without links. Throws QUEUE_UNUSABLE.
 */
export function openPrivateDirectory(path: string): string {
  const absolute = resolve(path);
  try {
    // Each step after it was checked that nobody else decides what its name leads to.
    const parents = [...ancestorsOf(absolute), absolute];
    for (const parent of parents) createDirectory(parent, parent === absolute ? 0o700 : 0o755);
    const resolved = resolveTrustedDirectory(absolute, { what: 'queue', trustedUids: [] });
    const status = lstatSync(resolved);
    if (status.uid !== process.geteuid?.()) {
      throw new Error(`it is owned by uid ${status.uid}, and the running user is ${process.geteuid?.()}`);
    }
    if ((status.mode & 0o077) !== 0) chmodSync(resolved, 0o700);
    return resolved;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TraceeError('QUEUE_UNUSABLE', `findings cannot wait in ${path}: ${reason}`, {
      hint: `give them a directory of their own: --queue-dir DIRECTORY`,
      cause,
    });
  }
}

function ancestorsOf(path: string): string[] {
  const names = path.split('/').slice(1, -1);
  return names.map((_name, index) => `/${names.slice(0, index + 1).join('/')}`);
}

function createDirectory(path: string, mode: number): void {
  try {
    lstatSync(path);
  } catch {
    resolveTrustedDirectory(resolve(path, '..'), { what: 'queue', trustedUids: [] });
    mkdirSync(path, { mode });
  }
}
