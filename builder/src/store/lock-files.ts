import fs from 'node:fs';
import { mkdir, open, rmdir, stat } from 'node:fs/promises';
import { constants } from 'node:os';
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
 *
 * @param onTakeOver Told how long the holder of a lock that is removed was silent.
 */
export function lockFiles(
  offsetMs: number,
  onTakeOver: (silentMs: number) => void = () => undefined,
): typeof fs {
  let isOurs = false;
  const judge = (mtimeMs: number): Date => {
    // Rounded as Node does: a time that was set to a millisecond comes back as a little less.
    const ours = Math.round(mtimeMs) - offsetMs;
    // A clock was set back since: no clock tells how old it is, and its holder would have set it right.
    const isInFuture = ours > Date.now() + staleMs;
    return new Date(isInFuture && !isOurs ? 0 : ours);
  };
  const silenceOf = async (path: string): Promise<number> =>
    Date.now() - judge(await modifiedMs(path)).getTime();

  const files = {
    mkdir: (path: string, done: Done): void => {
      fs.mkdir(path, (error) => {
        isOurs ||= error === null;
        done(error);
      });
    },
    stat: (path: string, done: StatDone): void => {
      callbackify(modifiedMs)(path, (error, time) => {
        if (error === null) done(null, { mtime: judge(time) });
        else done(error);
      });
    },
    utimes: (path: string, access: Date, change: Date, done: Done): void => {
      fs.utimes(path, new Date(access.getTime() + offsetMs), new Date(change.getTime() + offsetMs), done);
    },
    rmdir: (path: string, done: Done): void => {
      if (isOurs) fs.rmdir(path, done);
      else callbackify(removeStale)(path, silenceOf, onTakeOver, done);
    },
  };
  return { ...fs, ...files } as unknown as typeof fs;
}

/**
 * When a directory was last changed. NFS clients believe for half a minute what they know of a directory, but
 * ask when it is opened; where that is not allowed, what is known must do.
 */
async function modifiedMs(path: string): Promise<number> {
  try {
    await using directory = await open(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
    return (await directory.stat()).mtimeMs;
  } catch (error) {
    if (codeIs(error, 'EACCES')) return (await stat(path)).mtimeMs;
    throw missingIfStale(error);
  }
}

/**
 * A directory that another NFS client removed while this one was about to open it is not missing (ENOENT), but its
 * handle is stale: an error that Node has no name for.
 */
export function missingIfStale(error: unknown): unknown {
  const isStale = error instanceof Error && 'errno' in error && error.errno === -constants.errno.ESTALE;
  return isStale ? Object.assign(new Error(error.message, { cause: error }), { code: 'ENOENT' }) : error;
}

/** Removes a dead holder's lock, unless another waiter is at it or was faster. */
async function removeStale(
  path: string,
  silenceOf: (path: string) => Promise<number>,
  onTakeOver: (silentMs: number) => void,
): Promise<void> {
  const guard = `${path}.removal`;
  try {
    await mkdir(guard);
  } catch (error) {
    if (!codeIs(error, 'EEXIST')) throw error;
    // Whoever made it may have been killed as well.
    if ((await silenceOf(guard).catch(() => 0)) > staleMs) await rmdir(guard);
    throw held();
  }
  try {
    const silentMs = await silenceOf(path);
    if (silentMs <= staleMs) throw held();
    await rmdir(path);
    onTakeOver(silentMs);
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
