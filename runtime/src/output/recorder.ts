import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { TraceeError } from '../errors.js';

/** Lines are gathered to this many characters before they are written. */
const flushAt = 256 * 1024;

/** Lines are not kept from a reader for longer than this. */
const flushAfterMs = 200;

/** Appends lines to a file. What cannot be written is an error, since nobody would miss it otherwise. */
export class Recorder implements Disposable {
  readonly #path: string;
  readonly #fd: number;
  readonly #timer: NodeJS.Timeout;
  #lines: string[] = [];
  #size = 0;

  /** Creates the file for its owner only; one that is there is gone on with. Throws RUN_FAILED. */
  constructor(path: string) {
    this.#path = path;
    try {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
      this.#fd = openSync(path, flags, 0o600);
    } catch (cause) {
      throw failed(path, cause, 'name a file in a directory that is there, and no symbolic link');
    }
    this.#timer = setInterval(() => this.#flush(), flushAfterMs).unref();
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#size += line.length + 1;
    if (this.#size >= flushAt) this.#flush();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#flush();
    closeSync(this.#fd);
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
    this.#size = 0;
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#fd, bytes, written);
    } catch (cause) {
      throw failed(this.#path, cause, 'free some room there, or record to another file');
    }
  }
}

function failed(path: string, cause: unknown, hint: string): TraceeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TraceeError('RUN_FAILED', `${path} cannot be written: ${reason}`, { hint, cause });
}
