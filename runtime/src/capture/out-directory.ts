import { lstatSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { resolveTrustedDirectory } from '../artifact/index.js';
import { TraceeError } from '../errors.js';
import { tryLock } from '../host/file-lock.js';
import { checkClearable } from './clear.js';
import { Directory } from './directory.js';

/** `out`, which only this run writes to. */
export interface OutDirectory {
  readonly directory: Directory;
  /** As users find it. */
  readonly path: string;
}

/**
 * Opens `out` below a directory, both made where they are missing. Nothing is removed from it.
 *
 * @throws TraceeError `CAPTURE_UNUSABLE` where somebody else owns or could change it or what leads to it, where
 * another run writes to it, or where it is to be cleared and has what no run of Tracee has left.
 */
export function openOutDirectory(base: string, clears: boolean): OutDirectory {
  const absolute = resolve(base);
  const path = `${absolute}/out`;
  let directory: Directory | undefined;
  try {
    using parent = Directory.open(makeTrusted(absolute));
    directory = parent.enter('out', 0o755);
    if (!tryLock(directory.fd)) throw new Error('another tracee captures to it');
    if (clears) checkClearable(directory);
    return { directory, path };
  } catch (cause) {
    directory?.[Symbol.dispose]();
    throw unusable(path, cause);
  }
}

/** An error that names what stands in the way. */
export function unusable(path: string, cause: unknown): TraceeError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = message.replaceAll(/\/proc\/self\/fd\/\d+\//g, '');
  return new TraceeError('CAPTURE_UNUSABLE', `captures cannot be kept in ${path}: ${reason}`, {
    hint: 'give them a directory of their own: --capture dir:/path',
    cause,
  });
}

/** The path without links, each step of which was checked before the next was made. */
function makeTrusted(absolute: string): string {
  const names = absolute.split('/').slice(1);
  for (const [index] of names.entries()) {
    const path = `/${names.slice(0, index + 1).join('/')}`;
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    resolveTrustedDirectory(resolve(path, '..'), { what: 'captures', trustedUids: [] });
    mkdirSync(path, { mode: 0o755 });
  }
  return resolveTrustedDirectory(absolute, { what: 'captures', trustedUids: [] });
}
