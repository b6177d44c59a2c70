import { createHash } from 'node:crypto';
import { close, closeSync, constants, fstatSync, openSync, read, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';
import type { FileHash } from '../events/added.js';
import { kernelDevice } from './device.js';

/** What the kernel says of a program that was started. */
export interface StartedProgram {
  readonly hostPid: number;
  readonly path: string;
  readonly inode: bigint;
  /** As the kernel writes it. */
  readonly dev: number;
}

interface OpenFile {
  readonly fd: number;
  readonly status: BigIntStats;
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
  readonly #onSettled: () => void;
  #open = 0;

  constructor(onSettled: () => void) {
    this.#onSettled = onSettled;
  }

  /**
   * Of a program that was started, if it still is this file: what is known of it, at any moment. It is opened as the
   * process has it, or where that has ended by its path.
   */
  look(program: StartedProgram): (() => FileHash) | undefined {
    const opened = openProgram(program);
    if (opened === undefined) return undefined;
    const { fd, status } = opened;
    const key = `${status.dev} ${status.ino} ${status.ctimeNs} ${status.size}`;
    const before = this.#kept.get(key);
    const kept: Kept = before ?? { hash: { sha256: undefined, ctime: status.ctimeNs, isSettled: false } };
    if (before !== undefined) {
      close(fd);
    } else {
      this.#kept.set(key, kept);
      for (const oldest of this.#kept.size > maxKept ? [...this.#kept.keys()].slice(0, 1) : [])
        this.#kept.delete(oldest);
      void this.#make(key, kept, fd, status.size).finally(() => close(fd));
    }
    return () => kept.hash;
  }

  async #make(key: string, kept: Kept, fd: number, size: bigint): Promise<void> {
    const hasRoom = this.#open < maxOpen;
    this.#open += 1;
    const sha256 = hasRoom && size <= maxBytes ? await hashOf(fd, Number(size)) : undefined;
    this.#open -= 1;
    if (!hasRoom) this.#kept.delete(key);
    kept.hash = { ...kept.hash, sha256, isSettled: true };
    this.#onSettled();
  }
}

function openProgram({ hostPid, path, inode, dev }: StartedProgram): OpenFile | undefined {
  return (
    openFile(`/proc/${hostPid}/exe`, (status) => status.ino === inode) ??
    openFile(path, (status) => status.ino === inode && kernelDevice(status.dev) === dev)
  );
}

function openFile(path: string, isMeant: (status: BigIntStats) => boolean): OpenFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  const status = fstatSync(fd, { bigint: true });
  if (status.isFile() && isMeant(status)) return { fd, status };
  closeSync(fd);
  return undefined;
}

/** No more than the file had when it was opened: one that grows is not read for ever. */
async function hashOf(fd: number, size: number): Promise<string | undefined> {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(chunkBytes);
  try {
    for (let at = 0; at < size;) {
      const { bytesRead } = await readChunk(fd, chunk, 0, chunkBytes, at);
      if (bytesRead === 0) return undefined;
      hash.update(chunk.subarray(0, bytesRead));
      at += bytesRead;
    }
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
