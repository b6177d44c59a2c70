import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { TraceeError } from '../errors.js';

/** Appends to a file. What cannot be written is an error, since nobody would miss it otherwise. */
export class Recorder implements Disposable {
  readonly #path: string;
  readonly #fd: number;

  /** Creates the file for its owner only; one that is there is gone on with. Throws RUN_FAILED. */
  constructor(path: string) {
    this.#path = path;
    try {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
      this.#fd = openSync(path, flags, 0o600);
    } catch (cause) {
      throw failed(path, cause, 'name a file in a directory that is there, and no symbolic link');
    }
  }

  /** Writes all of it before it returns. Throws RUN_FAILED. */
  write(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#fd, bytes, written);
    } catch (cause) {
      throw failed(this.#path, cause, 'free some room there, or record to another file');
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

function failed(path: string, cause: unknown, hint: string): TraceeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TraceeError('RUN_FAILED', `${path} cannot be written: ${reason}`, { hint, cause });
}
