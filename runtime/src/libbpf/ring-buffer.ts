import koffi from 'koffi';
import { LibbpfError, lastErrno } from './error.js';
import type { BpfMap } from './map.js';
import { libc, type Pointer } from './native.js';

/** `_SC_PAGESIZE`, `PROT_*`, `MAP_SHARED`, `MAP_FAILED`. */
const scPageSize = 30;
const protRead = 1;
const protReadWrite = 3;
const mapShared = 1;
const mapFailed = 0xffff_ffff_ffff_ffffn;

/** `EPOLL_CTL_ADD`, `EPOLLIN`, `EFD_CLOEXEC` (and `EPOLL_CLOEXEC`); size of `struct epoll_event` on x86-64 and arm64. */
const epollAdd = 1;
const epollIn = 1;
const closeOnExec = 0o2000000;
const epollEventSize = process.arch === 'x64' ? 12 : 16;

/** Heads each record (include/uapi/linux/bpf.h): length with two flag bits, then a page offset. */
const headerSize = 8;
const busyBit = 0x8000_0000;
const discardBit = 0x4000_0000;

/** Records after which the reader's position is published, so that the kernel can reuse the room. */
const publishEvery = 256;

/**
 * Reads a ring buffer's pages as they lie in the kernel, with no native call per record. The data area is
 * mapped twice in a row, so that a record that wraps is still in one piece.
 */
export class RingBuffer implements Disposable {
  /** The data area, twice. Offsets given to readers point into it. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #size: number;
  readonly #consumerPosition: BigUint64Array;
  readonly #producerPosition: BigUint64Array;
  readonly #headers: Uint32Array;
  readonly #mappings: { pointer: Pointer; length: number }[] = [];
  readonly #epoll: number;
  readonly #wakeup: number;
  #position: number;
  #waiting: Promise<unknown> | undefined;
  #isClosed = false;

  constructor(map: BpfMap) {
    const pageSize = Number(libc('sysconf')(scPageSize));
    this.#size = map.maxEntries;
    const consumer = this.#map(pageSize, protReadWrite, map.fd, 0);
    const producer = this.#map(pageSize + 2 * this.#size, protRead, map.fd, pageSize);
    this.#consumerPosition = new BigUint64Array(consumer, 0, 1);
    this.#producerPosition = new BigUint64Array(producer, 0, 1);
    this.bytes = new Uint8Array(producer, pageSize, 2 * this.#size);
    this.view = new DataView(producer, pageSize, 2 * this.#size);
    this.#headers = new Uint32Array(producer, pageSize, this.#size / 2);
    this.#position = Number(Atomics.load(this.#consumerPosition, 0));
    this.#epoll = expectFd('epoll_create1', libc('epoll_create1')(closeOnExec));
    this.#wakeup = expectFd('eventfd', libc('eventfd')(0, closeOnExec));
    this.#watch(map.fd);
    this.#watch(this.#wakeup);
  }

  /**
   * Hands over the records that are there, at most `limit`, and returns how many. A record's bytes are valid
   * only until the callback returns.
   */
  consume(onRecord: (offset: number, length: number) => void, limit = Number.MAX_SAFE_INTEGER): number {
    const end = Number(Atomics.load(this.#producerPosition, 0));
    const mask = this.#size - 1;
    let position = this.#position;
    let count = 0;
    let unpublished = 0;
    try {
      while (position < end && count < limit) {
        const offset = position & mask;
        const header = Atomics.load(this.#headers, offset >>> 2);
        if ((header & busyBit) !== 0) break;
        const length = header & ~discardBit;
        position += (length + headerSize + 7) & ~7;
        if ((header & discardBit) === 0) {
          count += 1;
          onRecord(offset + headerSize, length);
        }
        unpublished += 1;
        if (unpublished === publishEvery) {
          Atomics.store(this.#consumerPosition, 0, BigInt(position));
          unpublished = 0;
        }
      }
    } finally {
      this.#position = position;
      Atomics.store(this.#consumerPosition, 0, BigInt(position));
    }
    return count;
  }

  unreadBytes(): number {
    return Number(Atomics.load(this.#producerPosition, 0)) - this.#position;
  }

  /** Waits in another thread until there is something to read, {@link wake} is called or time is up. */
  async waitReadable(timeoutMs: number): Promise<'readable' | 'woken' | 'timeout'> {
    if (this.#isClosed) return 'woken';
    const events = Buffer.alloc(2 * epollEventSize);
    const ready = new Promise<number>((resolve, reject) => {
      libc('epoll_wait').async(this.#epoll, events, 2, timeoutMs, (error: Error | null, count: number) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
    this.#waiting = ready;
    try {
      const count = await ready;
      for (let index = 0; index < count; index++) {
        if (events.readInt32LE(index * epollEventSize + epollEventSize - 8) !== this.#wakeup) continue;
        libc('eventfd_read')(this.#wakeup, Buffer.alloc(8));
        return 'woken';
      }
      return count > 0 ? 'readable' : 'timeout';
    } finally {
      this.#waiting = undefined;
    }
  }

  /** Ends a wait, now or the next one. */
  wake(): void {
    libc('eventfd_write')(this.#wakeup, 1n);
  }

  /**
   * Ends a wait and gives the descriptors back. The pages stay mapped until the process ends: views of them
   * may still be held, and reading an unmapped page would kill the process.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#waiting !== undefined) {
      this.wake();
      await this.#waiting;
    }
    libc('close')(this.#epoll);
    libc('close')(this.#wakeup);
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  #map(length: number, protection: number, fd: number, offset: number): ArrayBuffer {
    const pointer = libc('mmap')(null, length, protection, mapShared, fd, offset) as Pointer;
    if (pointer === mapFailed) throw new LibbpfError('mmap (ring buffer)', lastErrno());
    this.#mappings.push({ pointer, length });
    return koffi.view(pointer, length);
  }

  #watch(fd: number): void {
    const event = Buffer.alloc(epollEventSize);
    event.writeUInt32LE(epollIn, 0);
    event.writeInt32LE(fd, epollEventSize - 8);
    if (Number(libc('epoll_ctl')(this.#epoll, epollAdd, fd, event)) !== 0) {
      throw new LibbpfError('epoll_ctl', lastErrno());
    }
  }
}

function expectFd(call: string, fd: unknown): number {
  const number = Number(fd);
  if (number < 0) throw new LibbpfError(call, lastErrno());
  return number;
}
