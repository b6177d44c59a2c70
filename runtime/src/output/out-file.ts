import {
  closeSync,
  constants,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { TraceeError } from '../errors.js';

/** Owner and group read it: it holds what processes of all users do. */
const mode = 0o640;

/** A file that output goes to instead of stdout or stderr. What cannot be written is an error. */
export class OutFile implements Disposable {
  readonly path: string;
  readonly #fd: number;

  /**
   * Makes the directories above it. A file that is there is replaced by a new one, so that nobody who has it open or
   * linked gets what is written; a symbolic link is refused, and pipes and devices are written to. Throws RUN_FAILED.
   */
  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      this.#fd = openNew(path);
    } catch (cause) {
      throw failed(path, cause, 'name a file in a directory that is yours, and no symbolic link');
    }
  }

  /** Writes all of it before it returns. Throws RUN_FAILED. */
  write(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#fd, bytes, written);
    } catch (cause) {
      throw failed(this.path, cause, 'free some room there, or name another file');
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

function openNew(path: string): number {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isFIFO() === true || there?.isCharacterDevice() === true) {
    return openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NOFOLLOW);
  }
  if (there?.isFile() === true) unlinkSync(path);
  // Whatever else is there, or comes in between, is not opened.
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  fchmodSync(fd, mode);
  return fd;
}

function failed(path: string, cause: unknown, hint: string): TraceeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TraceeError('RUN_FAILED', `${path} cannot be written: ${reason}`, { hint, cause });
}
