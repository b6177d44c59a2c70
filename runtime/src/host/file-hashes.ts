import { createHash } from 'node:crypto';
import { close, constants, fstatSync, openSync, read, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';

/** What is known of a program file that was started. */
export interface FileHash {
  /** SHA-256, hexadecimal; undefined while it is being made, and where it cannot be had. */
  readonly sha256: string | undefined;
  /** When the file was changed last, its name and permissions included: nanoseconds since 1970. */
  readonly ctime: bigint;
  readonly isSettled: boolean;
}

interface Kept {
  hash: FileHash;
}

/** Files that are remembered, by what changes when they change. */
const maxKept = 1024;

/** Files that are read at one time; others have no hash. */
const maxOpen = 16;

/** Larger files have no hash: nobody would wait for it. */
const maxBytes = 256n * 1024n * 1024n;

const chunkBytes = 256 * 1024;

const readChunk = promisify(read);

/**
 * Makes hashes of programs that were started, each file once. The file is opened as the process has it, at once, and read
 * without anybody waiting.
 */
export class FileHashes {
  readonly #kept = new Map<string, Kept>();
  readonly #listeners = new Set<() => void>();
  #open = 0;

  /** Calls this whenever a hash is made. */
  onSettled(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Of the program that a process executes, if it still is the file with this inode; what is known at this moment. */
  look(hostPid: number, inode: bigint): (() => FileHash) | undefined {
    const opened = openProgram(hostPid);
    if (opened === undefined) return undefined;
    const { fd, status } = opened;
    if (status.ino !== inode || !status.isFile()) {
      close(fd);
      return undefined;
    }
    const key = `${status.dev} ${status.ino} ${status.ctimeNs} ${status.size}`;
    const before = this.#kept.get(key);
    const kept: Kept = before ?? { hash: { sha256: undefined, ctime: status.ctimeNs, isSettled: false } };
    if (before !== undefined) {
      close(fd);
    } else {
      this.#kept.set(key, kept);
      for (const oldest of this.#kept.size > maxKept ? [...this.#kept.keys()].slice(0, 1) : []) this.#kept.delete(oldest);
      void this.#make(kept, fd, status.size).finally(() => close(fd));
    }
    return () => kept.hash;
  }

  async #make(kept: Kept, fd: number, size: bigint): Promise<void> {
    const isRead = this.#open < maxOpen && size <= maxBytes;
    this.#open += 1;
    const sha256 = isRead ? await hashOf(fd, size) : undefined;
    this.#open -= 1;
    kept.hash = { ...kept.hash, sha256, isSettled: true };
    for (const listener of this.#listeners) listener();
  }
}

function openProgram(hostPid: number): { fd: number; status: BigIntStats } | undefined {
  try {
    const fd = openSync(`/proc/${hostPid}/exe`, constants.O_RDONLY | constants.O_NONBLOCK);
    return { fd, status: fstatSync(fd, { bigint: true }) };
  } catch {
    return undefined;
  }
}

/** No more than the file had when it was opened: one that grows is not read for ever. */
async function hashOf(fd: number, size: bigint): Promise<string | undefined> {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(chunkBytes);
  try {
    for (let at = 0n; at < size;) {
      const { bytesRead } = await readChunk(fd, chunk, 0, chunkBytes, at);
      if (bytesRead === 0) return undefined;
      hash.update(chunk.subarray(0, bytesRead));
      at += BigInt(bytesRead);
    }
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
