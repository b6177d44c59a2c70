import { EventEmitter, once } from 'node:events';
import { TraceeError } from '../errors.js';
import { entryToBytes, maxEntryBytes, type Entry } from './entry.js';
import { reasonOf, type Found, type Spool } from './spool.js';

export interface QueueOptions {
  /** None where findings wait in memory only. */
  readonly spool: Spool | undefined;
  /** What was there when it was opened. */
  readonly found?: Found | undefined;
  readonly limits?: Partial<QueueLimits>;
  readonly onWarning: (warning: TraceeError) => void;
}

export interface QueueLimits {
  readonly maxCount: number;
  readonly maxBytes: number;
  /** Of findings that could not be written, or were not yet. */
  readonly maxCountInMemory: number;
  readonly maxBytesInMemory: number;
}

const defaultLimits: QueueLimits = {
  maxCount: 10_000,
  maxBytes: 64 << 20,
  maxCountInMemory: 2000,
  maxBytesInMemory: 16 << 20,
};

/** A finding in the queue. */
export interface Waiting {
  readonly id: string;
  readonly sizeBytes: number;
  /** Keys of destinations. */
  readonly waitingFor: Set<string>;
  /** Its file; undefined until it is written, and where it cannot be. */
  name: string | undefined;
  /** Of what has no file. */
  entry: Entry | undefined;
}

/** Files written at one time: one wait for the disk serves them all. */
const writtenTogether = 16;

/** A full queue or disk is told this often at most. */
const tellEveryMs = 60_000;

/**
 * Findings between detection, which never waits, and destinations, which may be away for long. Each lies in a file
 * until every destination has it. When there is no more room the new one is dropped, and counted: the oldest
 * show how it began, and one that is being sent cannot be taken back.
 */
export class Queue {
  readonly #options: QueueOptions;
  readonly #limits: QueueLimits;
  /** In the order in which they are delivered. */
  readonly #waiting = new Set<Waiting>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #unwritten = new Set<Waiting>();
  readonly #stored = { count: 0, bytes: 0 };
  readonly #inMemory = { count: 0, bytes: 0 };
  readonly #toldAt = new Map<string, number>();
  #writing: Promise<void> | undefined;
  #files: Promise<void> = Promise.resolve();
  #dropped = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    const { adopted = [], others } = options.found ?? {};
    this.#stored.count = others?.count ?? 0;
    this.#stored.bytes = others?.sizeBytes ?? 0;
    for (const { name, sizeBytes, entry } of adopted) {
      const { id } = entry;
      this.#waiting.add({ id, sizeBytes, name, entry: undefined, waitingFor: new Set(entry.waitingFor) });
      this.#count(this.#stored, sizeBytes, 1);
    }
  }

  /** Findings that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Findings that wait for one of these destinations. */
  count(keys: readonly string[]): number {
    return [...this.#waiting].filter(({ waitingFor }) => keys.some((key) => waitingFor.has(key))).length;
  }

  /** Findings that have no file: they end with the process. */
  get countInMemory(): number {
    return this.#inMemory.count;
  }

  /** Takes a finding, or drops it; neither waits nor throws. */
  add(entry: Entry): void {
    const sizeBytes = entryToBytes(entry).length;
    if (sizeBytes > maxEntryBytes || !this.#hasRoom(sizeBytes)) {
      this.#drop();
      return;
    }
    const { id } = entry;
    const one: Waiting = { id, sizeBytes, name: undefined, entry, waitingFor: new Set(entry.waitingFor) };
    this.#waiting.add(one);
    this.#count(this.#inMemory, sizeBytes, 1);
    if (this.#options.spool === undefined) this.#changes.emit('change');
    else {
      this.#unwritten.add(one);
      this.#writing ??= this.#writeAll(this.#options.spool);
    }
  }

  /** The oldest ones that wait for a destination and are ready to be sent. */
  head(key: string, count: number): Waiting[] {
    const head: Waiting[] = [];
    for (const one of this.#waiting) {
      if (head.length === count) break;
      if (one.waitingFor.has(key) && !this.#unwritten.has(one)) head.push(one);
    }
    return head;
  }

  /** Waits until something was added or settled, or until it is told to stop. */
  async change(signal: AbortSignal): Promise<void> {
    await once(this.#changes, 'change', { signal }).catch(() => undefined);
  }

  /** Waits while many are still to be written. */
  async catchUp(): Promise<void> {
    while (this.#unwritten.size > this.#limits.maxCountInMemory / 4) await once(this.#changes, 'change');
  }

  /** What is to be sent. A file of which nothing can be made any more is put aside, and leaves the queue. */
  read(one: Waiting): Entry | undefined {
    if (one.entry !== undefined) return one.entry;
    if (one.name === undefined || this.#options.spool === undefined) return undefined;
    try {
      return this.#options.spool.read(one.name);
    } catch (error) {
      this.#tell('unreadable', `the finding ${one.id} was lost in the queue: ${reasonOf(error)}`);
      try {
        this.#options.spool.setAside(one.name);
      } catch {
        // It is not there any more, which is why it could not be read.
      }
      this.#forget(one);
      return undefined;
    }
  }

  /** A destination has it, or will never have it. */
  async settle(one: Waiting, key: string): Promise<void> {
    if (!one.waitingFor.delete(key)) return;
    const isDone = one.waitingFor.size === 0;
    if (isDone) this.#forget(one);
    // One after the other: a file that is written again must not come back after it was removed.
    this.#files = this.#files.then(() => (isDone ? this.#remove(one) : this.#rewrite(one)));
    await this.#files;
    this.#changes.emit('change');
  }

  /** Writes what has no file yet, as far as there is room. */
  async flush(): Promise<void> {
    await this.#writing;
    const { spool } = this.#options;
    if (spool === undefined) return;
    await this.#writeLeft(spool);
    await this.#files;
    await spool.sync().catch(() => undefined);
  }

  async #writeAll(spool: Spool): Promise<void> {
    while (this.#unwritten.size > 0) {
      const batch = [...this.#unwritten].slice(0, writtenTogether);
      const written = await Promise.all(batch.map((one) => this.#write(spool, one)));
      await spool.sync().catch(() => undefined);
      for (const one of batch) this.#unwritten.delete(one);
      this.#changes.emit('change');
      if (written.every(Boolean)) await this.#writeLeft(spool);
    }
    this.#writing = undefined;
  }

  /** What found no room on the disk before. */
  async #writeLeft(spool: Spool): Promise<void> {
    const left = [...this.#waiting].filter((one) => one.name === undefined && !this.#unwritten.has(one));
    for (const one of left) if (!(await this.#write(spool, one))) break;
  }

  /** False where there was no room for it: then it stays in memory. */
  async #write(spool: Spool, one: Waiting): Promise<boolean> {
    if (one.entry === undefined) return true;
    const name = spool.nameOf(one.entry);
    try {
      await spool.write(name, entryToBytes({ ...one.entry, waitingFor: [...one.waitingFor] }));
    } catch (error) {
      const kept = `${this.#inMemory.count} are kept in memory`;
      this.#tell('write', `findings cannot be written to the queue: ${reasonOf(error)}; ${kept}`);
      return false;
    }
    one.name = name;
    one.entry = undefined;
    this.#count(this.#inMemory, one.sizeBytes, -1);
    this.#count(this.#stored, one.sizeBytes, 1);
    return true;
  }

  async #remove({ name }: Waiting): Promise<void> {
    if (name === undefined) return;
    await this.#options.spool?.remove(name).catch((error: unknown) => {
      this.#tell('remove', `a delivered finding stays in the queue: ${reasonOf(error)}`);
    });
  }

  /** The file says who has it already. Where that cannot be written, the next start sends it once more. */
  async #rewrite(one: Waiting): Promise<void> {
    const { spool } = this.#options;
    if (one.name === undefined || spool === undefined || one.waitingFor.size === 0) return;
    const entry = this.read(one);
    if (entry === undefined) return;
    const bytes = entryToBytes({ ...entry, waitingFor: [...one.waitingFor] });
    await spool.write(one.name, bytes).catch(() => undefined);
  }

  #hasRoom(sizeBytes: number): boolean {
    const { maxCount, maxBytes, maxCountInMemory, maxBytesInMemory } = this.#limits;
    return (
      this.#stored.count + this.#inMemory.count < maxCount &&
      this.#stored.bytes + this.#inMemory.bytes + sizeBytes <= maxBytes &&
      this.#inMemory.count < maxCountInMemory &&
      this.#inMemory.bytes + sizeBytes <= maxBytesInMemory
    );
  }

  #drop(): void {
    this.#dropped += 1;
    this.#tell('full', `the queue of findings is full: ${this.#dropped} dropped so far`);
  }

  #forget(one: Waiting): void {
    if (this.#waiting.delete(one))
      this.#count(one.name === undefined ? this.#inMemory : this.#stored, one.sizeBytes, -1);
  }

  #count(sum: { count: number; bytes: number }, sizeBytes: number, sign: 1 | -1): void {
    sum.count += sign;
    sum.bytes += sign * sizeBytes;
  }

  #tell(what: string, message: string): void {
    const now = Date.now();
    if (now - (this.#toldAt.get(what) ?? -Infinity) < tellEveryMs) return;
    this.#toldAt.set(what, now);
    this.#options.onWarning(new TraceeError('DELIVERY_FAILED', message));
  }
}
