import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  type Stats,
} from 'node:fs';

const writableByOthers = 0o022;

/**
 * An open directory that nobody but root and the running user can change. All that happens in it goes through its
 * descriptor: `/proc/self/fd/N/NAME` is what openat(N, NAME) is, and Node.js has no openat. Names are single ones,
 * and no link is followed.
 */
export class Directory implements Disposable {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** One whose path was checked, and has no links. Others may add to it where it is sticky, as /tmp is. */
  static open(path: string): Directory {
    return new Directory(openDirectory(path));
  }

  static #take(fd: number, name: string): Directory {
    try {
      checkOwner(fstatSync(fd), name);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return new Directory(fd);
  }

  /** One in this, made where it is missing. */
  enter(name: string, mode: number): Directory {
    const path = this.#at(name);
    try {
      mkdirSync(path, mode);
      const made = openDirectory(path);
      // The process's umask has no say.
      fchmodSync(made, mode);
      return Directory.#take(made, name);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    return this.find(name);
  }

  /** One in this that is there. */
  find(name: string): Directory {
    return Directory.#take(openDirectory(this.#at(name)), name);
  }

  /**
   * Opens a file for writing. It is made where it is missing, with `isNew` always; one that is there must be a regular
   * file of ours with no second name.
   */
  write(name: string, { mode = 0o600, isNew = false, appends = false } = {}): number {
    const flags =
      constants.O_WRONLY |
      constants.O_CREAT |
      constants.O_NOFOLLOW |
      constants.O_NONBLOCK |
      (isNew ? constants.O_EXCL : 0) |
      (appends ? constants.O_APPEND : 0);
    const fd = openSync(this.#at(name), flags, mode);
    try {
      const status = fstatSync(fd);
      checkOwner(status, name);
      if (!status.isFile() || status.nlink > 1) throw new Error(`${name} is no file of its own`);
      if (isNew) fchmodSync(fd, mode);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return fd;
  }

  names(): string[] {
    return readdirSync(`/proc/self/fd/${this.fd}`);
  }

  status(name: string): Stats {
    return lstatSync(this.#at(name));
  }

  /** Of itself. */
  ownStatus(): Stats {
    return fstatSync(this.fd);
  }

  rename(from: string, to: string): void {
    renameSync(this.#at(from), this.#at(to));
  }

  /** A name that is not there is none to remove. */
  remove(name: string): void {
    try {
      unlinkSync(this.#at(name));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  removeDirectory(name: string): void {
    rmdirSync(this.#at(name));
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }

  #at(name: string): string {
    if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) {
      throw new RangeError(`"${name}" is no single name`);
    }
    return `/proc/self/fd/${this.fd}/${name}`;
  }
}

/** Throws where somebody else owns it, or can change it. */
export function checkOwner(status: Stats, name: string): void {
  if (status.uid !== 0 && status.uid !== process.geteuid?.()) {
    throw new Error(`${name} is owned by uid ${status.uid}`);
  }
  if ((status.mode & writableByOthers) !== 0 && !status.isSymbolicLink()) {
    throw new Error(
      `${name} has mode ${(status.mode & 0o7777).toString(8).padStart(4, '0')}, so that others can change it`,
    );
  }
}

function openDirectory(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
