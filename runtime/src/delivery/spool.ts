import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from '../host/file-lock.js';
import { maxEntryBytes, parseEntry, type Entry } from './entry.js';

/** A directory of one process below that of the queue: `20261130T115501234-9f3a2b1c`, the oldest first. */
const spoolName = /^\d{8}T\d{9}-[0-9a-f]{8}$/;

/** `000000000012-<uuid>`: in the order in which they were found. */
const entryName = /^\d{12}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const lockName = 'lock';
const privateName = 'private';
const brokenSuffix = '.broken';

/** A file of the queue. */
export interface Stored {
  readonly name: string;
  readonly sizeBytes: number;
  readonly entry: Entry;
}

/** What was met in the directory of the queue when it was opened. */
export interface Found {
  /** Findings of processes that have ended, the oldest first; they are this process's now. */
  readonly adopted: Stored[];
  /** Of findings that wait for others: for processes that run, or for destinations that nobody names now. */
  readonly others: { count: number; sizeBytes: number; readonly waitingFor: Set<string> };
  /** What does not belong there, in sentences. */
  readonly oddities: string[];
}

/**
 * Files of one process in the directory of the queue, which is trusted and private. The lock is held for as long
 * as the process lives; what a process without a lock left behind belongs to the next one that can deliver it.
 */
export class Spool {
  readonly #queue: string;
  readonly #path: string;
  #lock: number | undefined;
  #next = 0;

  /** Throws the system's errors: there may be no room, not even for a directory. */
  constructor(queue: string) {
    this.#queue = queue;
    const { path, lock } = createSpool(queue);
    this.#path = path;
    this.#lock = lock;
  }

  /** Where a file that nobody else may see can be put; removed with the rest. */
  makePrivateDirectory(): string {
    const path = join(this.#path, privateName);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  /** Takes over what ended processes left and what waits for one of these destinations. */
  adopt(keys: ReadonlySet<string>): Found {
    const found: Found = {
      adopted: [],
      others: { count: 0, sizeBytes: 0, waitingFor: new Set() },
      oddities: [],
    };
    for (const name of readdirSync(this.#queue).toSorted()) {
      const path = join(this.#queue, name);
      if (path === this.#path) continue;
      if (!spoolName.test(name) || !isOwnDirectory(path)) found.oddities.push(`${path} is not of the queue`);
      else this.#adoptFrom(path, keys, found);
    }
    return found;
  }

  /** The name under which an entry is to be stored. */
  nameOf(entry: Entry): string {
    this.#next += 1;
    return `${String(this.#next).padStart(12, '0')}-${entry.id}`;
  }

  /** The file is there as a whole, and stays when the machine stops, or it is not there. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#path, name);
    const temporary = `${path}.new`;
    const file = await open(temporary, 'wx', 0o600);
    try {
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** Makes the names last that were written. */
  async sync(): Promise<void> {
    const directory = await open(this.#path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  /** Throws an Error that says in a clause why there is no entry to be had of it. */
  read(name: string): Entry {
    return readEntry(join(this.#path, name)).entry;
  }

  async remove(name: string): Promise<void> {
    await unlink(join(this.#path, name));
  }

  /** Puts a file out of the way of which nothing can be made. */
  setAside(name: string): void {
    setAside(join(this.#path, name));
  }

  /** Gives the lock back; an empty spool goes. */
  close(): void {
    if (this.#lock === undefined) return;
    try {
      rmSync(join(this.#path, privateName), { recursive: true, force: true });
      removeIfEmpty(this.#path);
    } catch (error) {
      // Somebody else has removed it.
      if (!isAbsent(error)) throw error;
    } finally {
      closeSync(this.#lock);
      this.#lock = undefined;
    }
  }

  #adoptFrom(path: string, keys: ReadonlySet<string>, found: Found): void {
    const lock = openLock(path);
    try {
      if (lock !== undefined) rmSync(join(path, privateName), { recursive: true, force: true });
      for (const name of readdirSync(path).toSorted())
        this.#look(path, name, lock !== undefined, keys, found);
      if (lock !== undefined) removeIfEmpty(path);
    } catch (error) {
      // Of another that has just ended it.
      if (!isAbsent(error)) throw error;
    } finally {
      if (lock !== undefined) closeSync(lock);
    }
  }

  #look(directory: string, name: string, isFree: boolean, keys: ReadonlySet<string>, found: Found): void {
    const path = join(directory, name);
    if (name === lockName || name === privateName || name.endsWith(brokenSuffix)) return;
    if (isFree && name.endsWith('.new') && entryName.test(name.slice(0, -4))) {
      unlinkSync(path);
      return;
    }
    if (!entryName.test(name)) {
      if (isFree) found.oddities.push(`${path} is not of the queue`);
      return;
    }
    try {
      const { entry, sizeBytes } = readEntry(path);
      if (isFree && entry.waitingFor.some((key) => keys.has(key))) {
        const own = this.nameOf(entry);
        renameSync(path, join(this.#path, own));
        found.adopted.push({ name: own, sizeBytes, entry });
        return;
      }
      found.others.count += 1;
      found.others.sizeBytes += sizeBytes;
      if (isFree) for (const key of entry.waitingFor) found.others.waitingFor.add(key);
    } catch (error) {
      if (!isFree || isAbsent(error)) return;
      found.oddities.push(`${path} is left out: ${reasonOf(error)}`);
      setAside(path);
    }
  }
}

function createSpool(queue: string): { path: string; lock: number } {
  // Between both steps it looks like one that a process left behind, and another may clear it away.
  for (let attempt = 0; attempt < 5; attempt++) {
    const time = new Date().toISOString().replaceAll(/[-:.Z]/g, '');
    const path = join(queue, `${time}-${randomBytes(4).toString('hex')}`);
    mkdirSync(path, { mode: 0o700 });
    try {
      const lock = openLock(path);
      if (lock !== undefined) return { path, lock };
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }
  throw new Error('a file in it cannot be locked');
}

function openLock(spool: string): number | undefined {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const lock = openSync(join(spool, lockName), flags, 0o600);
  // Whoever had it may have removed it between opening and locking.
  if (fstatSync(lock).isFile() && tryLock(lock) && fstatSync(lock).nlink > 0) return lock;
  closeSync(lock);
  return undefined;
}

function isOwnDirectory(path: string): boolean {
  const status = lstatSync(path);
  return status.isDirectory() && status.uid === process.geteuid?.() && (status.mode & 0o022) === 0;
}

function readEntry(path: string): { entry: Entry; sizeBytes: number } {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new Error('it is no regular file');
    if (status.uid !== process.geteuid?.()) throw new Error(`it is owned by uid ${status.uid}`);
    if ((status.mode & 0o022) !== 0) throw new Error('others can change it');
    if (status.size > maxEntryBytes) throw new Error(`it has ${status.size} bytes`);
    const bytes = Buffer.alloc(status.size);
    for (let filled = 0, count = -1; count !== 0 && filled < bytes.length; filled += count) {
      count = readSync(descriptor, bytes, filled, bytes.length - filled, null);
    }
    const entry = parseEntry(bytes);
    if (!path.endsWith(entry.id)) throw new Error('it holds another finding than its name says');
    return { entry, sizeBytes: status.size };
  } finally {
    closeSync(descriptor);
  }
}

/** Nobody looks at it again, and it stays for people. */
function setAside(path: string): void {
  renameSync(path, `${path}${brokenSuffix}`);
}

function removeIfEmpty(spool: string): void {
  if (readdirSync(spool).some((name) => name !== lockName)) return;
  unlinkSync(join(spool, lockName));
  try {
    rmdirSync(spool);
  } catch (error) {
    // Another has just made a lock of its own; it clears away after itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** What an error says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
