import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { sendNow } from '../host/socket.js';

/** A reader that takes nothing is asked again after so long. */
const retryMs = 2;

/**
 * Stdout, which never holds the process up: Node.js writes to pipes and terminals until they have taken everything,
 * and signals, rules and deliveries would wait for whoever reads. What is not taken waits here.
 */
export class StandardOutput {
  /** Writes some of a chunk and gives how much; throws EAGAIN where nothing is taken. */
  readonly #writeSome: (chunk: Uint8Array) => number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor() {
    this.#writeSome = openStdout();
  }

  /** Bytes that nobody has taken yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Writes what is taken at once. The caller may use the chunk again. */
  write(chunk: Uint8Array): void {
    const written = this.#waitingBytes > 0 ? 0 : this.#tryWrite(chunk);
    if (written === chunk.length) return;
    this.#waiting.push(Buffer.from(chunk.subarray(written)));
    this.#waitingBytes += chunk.length - written;
    this.#retry ??= setInterval(() => this.flush(), retryMs);
  }

  /** Writes of what waits as much as is taken. */
  flush(): void {
    while (this.#waitingBytes > 0) {
      const [first = Buffer.alloc(0)] = this.#waiting;
      const written = this.#tryWrite(first);
      this.#waitingBytes -= written;
      if (written < first.length) {
        this.#waiting[0] = first.subarray(written);
        return;
      }
      this.#waiting.shift();
    }
    clearInterval(this.#retry);
    this.#retry = undefined;
  }

  /** Drops what waits: nothing holds the process any more. */
  leave(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.flush();
  }

  #tryWrite(chunk: Uint8Array): number {
    let written = 0;
    try {
      while (written < chunk.length) written += this.#writeSome(chunk.subarray(written));
    } catch (cause) {
      const error = cause as NodeJS.ErrnoException;
      if (error.code === 'EAGAIN') return written;
      // Whoever watches stdout decides what its errors mean; nothing is written any more.
      process.stdout.emit('error', error);
      return chunk.length;
    }
    return written;
  }
}

/**
 * How stdout is written to without waiting. A pipe or terminal is opened again, since a flag such as O_NONBLOCK would
 * be that of every process that has it. A file takes everything, and its position is shared.
 */
function openStdout(): (chunk: Uint8Array) => number {
  const { fd } = process.stdout;
  const kind = fstatSync(fd);
  if (kind.isSocket()) return (chunk) => sendNow(fd, chunk);
  const own = kind.isFIFO() || kind.isCharacterDevice() ? reopened(fd) : fd;
  return (chunk) => writeSync(own, chunk);
}

/** The same one where it cannot be opened: somebody else's terminal, or no /proc. */
function reopened(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return fd;
  }
}
