import { existsSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clockOffsetMs } from './clock.js';
import { storeFailure } from './failure.js';
import { codeIs, heartbeatMs, lockFiles, staleMs } from './lock-files.js';
import { lockName } from './names.js';
import { makeDirectory } from './publish.js';

/**
 * Between two tries of a waiter, in parts of what it has waited so far: a fleet of waiters must leave the volume and
 * the processors to the builder that they wait for, who is slow where each try is.
 */
const pause = { part: 0.1, leastMs: 100, mostMs: 2000 };

export interface Turn {
  /** Directory of the store. */
  directory: string;
  /** File name of the object that is to be built. */
  name: string;
  signal: AbortSignal;
  /** Told once when another builder is at it. */
  onWait: () => void;
  /** Told when a lock changed hands that was not given back: a builder died, or was taken for dead. */
  onLoss?: ((message: string) => void) | undefined;
}

/**
 * Does `work` while nobody else on any host builds an object of this name in this store. While others are at
 * it, and once it is its turn, `look` may find that the work was done.
 *
 * A holder that loses its lock (it was suspended, or could not reach the volume) goes on: publishing is
 * atomic, so that the worst is work done twice. Throws `PUBLISH_FAILED` where no lock can be made.
 */
export async function takeTurn<T>(
  turn: Turn,
  look: () => Promise<T | undefined>,
  work: () => Promise<T>,
): Promise<T> {
  const made = missingDirectories(turn.directory);
  try {
    return await waitForTurn(turn, look, work);
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
}

/** The directory and its parents that are not there, deepest first. */
function missingDirectories(directory: string): string[] {
  const missing: string[] = [];
  for (let path = directory; !existsSync(path) && dirname(path) !== path; path = dirname(path))
    missing.push(path);
  return missing;
}

/** A build that failed leaves no directory that it made for the lock; one that somebody uses stays. */
function removeEmpty(directories: readonly string[]): void {
  try {
    for (const directory of directories) rmdirSync(directory);
  } catch {
    // Not empty, or not made after all.
  }
}

async function waitForTurn<T>(
  turn: Turn,
  look: () => Promise<T | undefined>,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  for (let tries = 0; ; tries++) {
    const release = await tryLock(turn.directory, turn.name, turn.onLoss);
    if (release !== undefined) {
      try {
        turn.signal.throwIfAborted();
        return (await look()) ?? (await work());
      } finally {
        await release();
      }
    }
    if (tries === 0) turn.onWait();
    await sleep(pauseAfter(performance.now() - started), undefined, { signal: turn.signal });
    const found = await look();
    if (found !== undefined) return found;
  }
}

/** Spread to the double, so that a fleet that starts together does not knock together. In milliseconds. */
function pauseAfter(waitedMs: number): number {
  const { part, leastMs, mostMs } = pause;
  return Math.min(Math.max(waitedMs * part, leastMs), mostMs) * (1 + Math.random());
}

/** Gives what ends it, or `undefined` where somebody has it who lives. */
export async function tryLock(
  directory: string,
  name: string,
  onLoss: (message: string) => void = () => undefined,
): Promise<(() => Promise<void>) | undefined> {
  // By its default export: what packs the images knows no names of a module that is none of ECMAScript's.
  const { default: lockfile } = await import('proper-lockfile');
  let isThere = false;
  try {
    await makeDirectory(directory);
    isThere = true;
    const offsetMs = await clockOffsetMs(directory, name);
    const release = await lockfile.lock(join(directory, name), {
      lockfilePath: join(directory, lockName(name)),
      realpath: false,
      stale: staleMs,
      update: heartbeatMs,
      fs: lockFiles(offsetMs, (silentMs) => {
        const seconds = Math.round(silentMs / 1000);
        onLoss(`another builder of this object was silent for ${seconds} s: its lock was taken over`);
      }),
      onCompromised: () => {
        onLoss('this builder was silent for too long and lost its lock: another may make the same object');
      },
    });
    // Only fails where the lock is lost already; then it is another's.
    return () => release().catch(() => undefined);
  } catch (error) {
    // A builder that failed takes the directory along that it had made.
    if (codeIs(error, 'ELOCKED') || (isThere && codeIs(error, 'ENOENT'))) return undefined;
    throw storeFailure(join(directory, name), error);
  }
}
