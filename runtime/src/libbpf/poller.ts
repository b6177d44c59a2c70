import { LibbpfError, lastErrno } from './error.js';
import { libc } from './native.js';

/** `EPOLL_CTL_ADD`, `EPOLLIN`, `EFD_CLOEXEC` (and `EPOLL_CLOEXEC`); size of `struct epoll_event` on x86-64 and arm64. */
const epollAdd = 1;
const epollIn = 1;
const closeOnExec = 0o2000000;
const epollEventSize = process.arch === 'x64' ? 12 : 16;

/** Waits for any of several descriptors in another thread: Node itself cannot wait on a map's descriptor. */
export class Poller {
  readonly #epoll: number;
  readonly #wakeup: number;
  #waiting: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(fds: readonly number[]) {
    this.#epoll = expectFd('epoll_create1', libc('epoll_create1')(closeOnExec));
    this.#wakeup = expectFd('eventfd', libc('eventfd')(0, closeOnExec));
    for (const fd of [...fds, this.#wakeup]) this.#watch(fd);
  }

  /** Resolves when there is something to read, {@link wake} is called or time is up. */
  async wait(timeoutMs: number): Promise<'readable' | 'woken' | 'timeout'> {
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
    if (!this.#isClosed) libc('eventfd_write')(this.#wakeup, 1n);
  }

  /** Ends a wait and gives the descriptors back. Harmless when repeated. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.wake();
    this.#isClosed = true;
    await this.#waiting;
    libc('close')(this.#epoll);
    libc('close')(this.#wakeup);
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
