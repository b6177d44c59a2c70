import fs from 'node:fs';
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { callbackify } from 'node:util';

/** A holder tells that it lives every `heartbeatMs`; one that was silent for `staleMs` is dead. */
export const heartbeatMs = 2000;
export const staleMs = 10_000;

type Done = (error: NodeJS.ErrnoException | null) => void;
type StatDone = (error: NodeJS.ErrnoException | null, status?: { mtime: Date }) => void;

/**
 * The file system as proper-lockfile sees it (its option `fs`). The library compares times of the lock with
 * the clock of the host that it runs on, and two waiters that find a lock stale can each remove it, the
 * second one that of the first. So times are translated from the file system's clock here, and a dead
 * holder's lock is removed by one waiter only.
 */
export function lockFiles(offsetMs: number): typeof fs {
  let isOurs = false;
  const judge = (mtimeMs: number): Date => {
    // Rounded as Node does: a time that was set to a millisecond comes back as a little less.
    const ours = Math.round(mtimeMs) - offsetMs;
    // A clock was set back since: no clock tells how old it is, and its holder would have set it right.
    const isInFuture = ours > Date.now() + staleMs;
    return new Date(isInFuture && !isOurs ? 0 : ours);
  };
  const isStale = async (path: string): Promise<boolean> =>
    judge((await stat(path)).mtimeMs).getTime() < Date.now() - staleMs;

  const files = {
    mkdir: (path: string, done: Done): void => {
      fs.mkdir(path, (error) => {
        isOurs ||= error === null;
        done(error);
      });
    },
    stat: (path: string, done: StatDone): void => {
      fs.stat(path, (error, status) => {
        if (error === null) done(null, { mtime: judge(status.mtimeMs) });
        else done(error);
      });
    },
    utimes: (path: string, access: Date, change: Date, done: Done): void => {
      fs.utimes(path, new Date(access.getTime() + offsetMs), new Date(change.getTime() + offsetMs), done);
    },
    rmdir: (path: string, done: Done): void => {
      if (isOurs) fs.rmdir(path, done);
      else callbackify(removeStale)(path, isStale, done);
    },
  };
  return { ...fs, ...files } as unknown as typeof fs;
}

/** Removes a dead holder's lock, unless another waiter is at it or was faster. */
async function removeStale(path: string, isStale: (path: string) => Promise<boolean>): Promise<void> {
  const guard = `${path}.removal`;
  try {
    await mkdir(guard);
  } catch (error) {
    // Whoever made it may have been killed as well.
    if (codeIs(error, 'EEXIST') && (await isStale(guard).catch(() => false))) await rmdir(guard);
    throw codeIs(error, 'EEXIST') ? held() : error;
  }
  try {
    if (!(await isStale(path))) throw held();
    await rmdir(path);
  } finally {
    await rmdir(guard);
  }
}

/** What the library takes for "somebody has it": to be tried again. */
function held(): Error {
  return Object.assign(new Error('the lock is held'), { code: 'ELOCKED' });
}

export function codeIs(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
