import { lstat, unlink } from 'node:fs/promises';
import { TraceeError } from 'tracee/errors';
import { directoriesOf, namesIn, readStore, type StoreEntry } from './contents.js';
import { codeOf } from './failure.js';
import { tryLock } from './lock.js';
import { objectOfTemporary } from './names.js';
import { findAbandoned, removeAbandoned } from './sweep.js';

/** What is worth keeping. An object that one of these keeps is kept; at least one must be given. */
export interface KeepRules {
  /** Objects that were written in the last so many days. */
  days?: number | undefined;
  /** So many of the newest of each kernel and architecture. */
  newest?: number | undefined;
  /** All objects of these releases, and portable ones. */
  kernels?: ReadonlySet<string> | undefined;
  /** Never removed. */
  runningKernel: string;
}

export interface Collection {
  /** Objects, their signatures, and files that killed builders left. */
  removed: string[];
  kept: string[];
  /** What was not touched although no rule keeps it, and why. */
  left: { path: string; reason: string }[];
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes objects that no rule keeps. What is no object of this project is never removed, and no link is
 * followed. Throws `STORE_FAILED`.
 */
export async function collect(
  store: string,
  rules: KeepRules,
  options: { now: number; isDryRun: boolean },
): Promise<Collection> {
  const entries = readStore(store);
  const keeps = keeper(entries, rules, options.now);
  const collection: Collection = { removed: [], kept: [], left: [] };
  for (const entry of entries) {
    if (entry.manifest === undefined) {
      collection.left.push({ path: entry.path, reason: entry.refusal ?? 'it is no object of this project' });
    } else if (keeps(entry)) collection.kept.push(entry.path);
    else await removeObject(store, entry, options.isDryRun, collection);
  }
  const directories = directoriesOf(store).map(([directory]) => directory);
  for (const directory of directories) {
    await collectAbandoned(store, directory, options.isDryRun, collection);
  }
  return collection;
}

function keeper(
  entries: readonly StoreEntry[],
  { days, newest, kernels, runningKernel }: KeepRules,
  now: number,
): (entry: StoreEntry) => boolean {
  return (entry) => {
    const release = entry.manifest?.kernel.release ?? null;
    if (release === runningKernel) return true;
    if (days !== undefined && now - entry.modifiedMs <= days * dayMs) return true;
    if (kernels !== undefined && (release === null || kernels.has(release))) return true;
    return newest !== undefined && newerThan(entry, entries) < newest;
  };
}

/** How many objects of the same kernel and architecture are newer. */
function newerThan(entry: StoreEntry, entries: readonly StoreEntry[]): number {
  const kernel = entry.manifest?.kernel;
  return entries.filter(
    ({ manifest, modifiedMs, path }) =>
      manifest?.kernel.release === kernel?.release &&
      manifest?.kernel.arch === kernel?.arch &&
      (modifiedMs > entry.modifiedMs || (modifiedMs === entry.modifiedMs && path > entry.path)),
  ).length;
}

/** Under the object's lock, so that what a builder just put there is not taken for what was judged. */
async function removeObject(
  store: string,
  entry: StoreEntry,
  isDryRun: boolean,
  { removed, left }: Collection,
): Promise<void> {
  const { path, name, inode } = entry;
  const files = entry.hasSignature ? [path, `${path}.sig`] : [path];
  if (isDryRun) {
    removed.push(...files);
    return;
  }
  const release = await lockFor(store, name, path);
  if (release === undefined) {
    left.push({ path, reason: 'a builder is making it anew' });
    return;
  }
  try {
    const status = await lstat(path).catch(() => undefined);
    if (status?.ino !== inode || status.mtimeMs !== entry.modifiedMs) {
      left.push({ path, reason: 'it was replaced meanwhile' });
      return;
    }
    for (const file of files) {
      await remove(file);
      removed.push(file);
    }
  } finally {
    await release();
  }
}

async function collectAbandoned(
  store: string,
  directory: string,
  isDryRun: boolean,
  { removed }: Collection,
): Promise<void> {
  const objects = new Set(namesIn(directory).flatMap((name) => objectOfTemporary(name) ?? []));
  for (const object of objects) {
    const release = isDryRun ? undefined : await lockFor(store, object, directory);
    // A builder at work sweeps by itself.
    if (!isDryRun && release === undefined) continue;
    try {
      const abandoned = await findAbandoned(directory, object);
      removed.push(...abandoned);
      if (!isDryRun) await Promise.all(abandoned.map(removeAbandoned));
    } finally {
      await release?.();
    }
  }
}

async function lockFor(
  store: string,
  name: string,
  path: string,
): Promise<(() => Promise<void>) | undefined> {
  try {
    return await tryLock(store, name);
  } catch (error) {
    if (error instanceof TraceeError) throw removalFailure(path, error.cause);
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw removalFailure(path, cause);
  }
}

function removalFailure(path: string, cause: unknown): TraceeError {
  return new TraceeError('STORE_FAILED', `${path} cannot be removed: ${codeOf(cause)}`, {
    hint: 'run it as the user who owns the directory, or look with --dry-run',
    cause,
  });
}
