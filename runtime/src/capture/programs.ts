import { createHash } from 'node:crypto';
import { closeSync, read, write } from 'node:fs';
import { promisify } from 'node:util';
import type { CaptureRecord } from '../events/capture-record.js';
import type { Artifact, Artifacts } from './artifacts.js';
import { refusalWords, type Budget } from './budget.js';
import { nameOfCopy } from './names.js';
import { openRecorded, openScript, type OpenedFile } from './opening.js';
import type { Shortfall } from './shortfall.js';

const readAsync = promisify(read);
const writeAsync = promisify(write);

/** Files that are open and wait to be copied. */
const maxWaiting = 256;
/** Copied at once, between which events have their turn. */
const pieceBytes = 256 * 1024;
/** Processes of a mount namespace that lead to its files when others have ended. */
const maxRemembered = 5;
/** Mount namespaces whose processes are remembered, and files that are known. */
const maxKnown = 65_536;

/** A file that was copied. */
export interface CopiedFile {
  readonly mountNamespace: number;
  readonly basename: string;
  /** Nanoseconds: when it was changed last. */
  readonly changed: bigint;
  /** How often it was started. */
  times: number;
  /** SHA-256 of the copy, hex; missing where there is none. */
  hash?: string;
  /** There is a copy, or there will be. */
  isCopied: boolean;
}

/** Copies of files that the runtime opens: programs that were started, and modules where the kernel tells only the file. */
export class Programs {
  readonly #artifacts: Artifacts;
  readonly #budget: Budget;
  readonly #shortfall: Shortfall;
  readonly #known = new Map<string, CopiedFile>();
  readonly #pids = new Map<number, number[]>();
  #copying: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isOver = false;

  constructor(artifacts: Artifacts, budget: Budget, shortfall: Shortfall) {
    this.#artifacts = artifacts;
    this.#budget = budget;
    this.#shortfall = shortfall;
  }

  /** Opens the file now and copies it soon. */
  take(record: CaptureRecord): void {
    const others = this.#pids.get(record.mountNamespace) ?? [];
    const opened = record.part === 'script' ? openScript(record, others) : openRecorded(record, others);
    this.#remember(record);
    if (opened === undefined) {
      this.#shortfall.count(
        'a program or module was gone before its file could be opened',
        Number(record.total),
      );
      return;
    }
    const file = this.#know(record, opened);
    file.times += 1;
    if (file.isCopied || !this.#mayWait(opened)) {
      closeSync(opened.fd);
      return;
    }
    file.isCopied = true;
    this.#waiting += 1;
    this.#copying = this.#copyAfter(this.#copying, record, opened, file);
  }

  /** All that was copied. */
  files(): IterableIterator<CopiedFile> {
    return this.#known.values();
  }

  /** Copies what waits, for as long as there is time. */
  async end(limitMs: number): Promise<void> {
    const timer = setTimeout(() => (this.#isOver = true), limitMs);
    await this.#copying;
    clearTimeout(timer);
  }

  #remember({ mountNamespace, hostPid }: CaptureRecord): void {
    const known = (this.#pids.get(mountNamespace) ?? []).filter((pid) => pid !== hostPid);
    this.#pids.delete(mountNamespace);
    this.#pids.set(mountNamespace, [hostPid, ...known].slice(0, maxRemembered));
    forgetOldest(this.#pids);
  }

  /** A file that has changed since is another one. */
  #know(record: CaptureRecord, { status }: OpenedFile): CopiedFile {
    const key = [record.kind, record.mountNamespace, status.dev, status.ino, status.ctimeNs].join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const file = {
      mountNamespace: record.mountNamespace,
      basename: record.text.slice(record.text.lastIndexOf('/') + 1),
      changed: status.ctimeNs,
      times: 0,
      isCopied: false,
    };
    this.#known.set(key, file);
    forgetOldest(this.#known);
    return file;
  }

  /** A program that is cut is none: it is copied whole, or not at all. */
  #mayWait({ status }: OpenedFile): boolean {
    const bytes = Number(status.size);
    if (this.#waiting >= maxWaiting) {
      this.#shortfall.count(`${maxWaiting} programs wait to be copied, which is the most that may`, bytes);
      return false;
    }
    const refusal = this.#budget.spend(bytes, 0);
    if (refusal === undefined) return true;
    this.#shortfall.count(refusalWords[refusal], bytes);
    return false;
  }

  async #copyAfter(
    others: Promise<void>,
    record: CaptureRecord,
    opened: OpenedFile,
    file: CopiedFile,
  ): Promise<void> {
    await others;
    await this.#copy(record, opened, file);
    this.#waiting -= 1;
  }

  async #copy(record: CaptureRecord, { fd, status }: OpenedFile, file: CopiedFile): Promise<void> {
    const size = Number(status.size);
    let copy: number | undefined;
    const kind = record.kind === 'exec' ? 'exec' : 'module';
    let artifact: Artifact | undefined;
    try {
      if (this.#isOver) throw new Error('there was no time left to copy it');
      artifact = this.#artifacts.create(record.mountNamespace, nameOfCopy(kind, record.time, record.text));
      if (artifact === undefined) throw new Error('there is no room for it');
      copy = this.#artifacts.detach(artifact);
      file.hash = await this.#copyInto(copy, fd, size);
      artifact.bytes = size;
    } catch (error) {
      file.isCopied = false;
      this.#budget.giveBack(size);
      this.#shortfall.countError(error, size);
      if (artifact !== undefined) this.#artifacts.remove(artifact);
    } finally {
      if (copy !== undefined) closeSync(copy);
      closeSync(fd);
    }
  }

  async #copyInto(copy: number, fd: number, size: number): Promise<string> {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(Math.min(pieceBytes, Math.max(size, 1)));
    for (let position = 0; position < size;) {
      if (this.#isOver) throw new Error('there was no time left to copy it');
      const { bytesRead } = await readAsync(
        fd,
        buffer,
        0,
        Math.min(buffer.length, size - position),
        position,
      );
      if (bytesRead === 0) throw new Error('it became shorter while it was copied');
      const bytes = buffer.subarray(0, bytesRead);
      hash.update(bytes);
      await writeAll(copy, bytes, position);
      position += bytesRead;
    }
    return hash.digest('hex');
  }
}

async function writeAll(fd: number, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await writeAsync(fd, bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

function forgetOldest<K, V>(map: Map<K, V>): void {
  const [oldest] = map.keys();
  if (map.size > maxKnown && oldest !== undefined) map.delete(oldest);
}
