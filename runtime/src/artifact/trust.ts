import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';

import { TraceeError } from '../errors.js';

export interface TrustOptions {
  /** What the file is to the reader of an error, such as `BPF object`. */
  readonly what: string;
  /** Owners that are trusted beside root and the running user. */
  readonly trustedUids?: readonly number[];
  /** Larger files are refused. Default: 16 MiB. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 16 * 1024 * 1024;
/** The kernel's own limit (MAXSYMLINKS). */
const symlinkLimit = 40;
const writableByOthers = 0o022;
const stickyBit = 0o1000;

/**
 * Reads a file once, after making sure that nobody but root, the running user or a trusted user could have
 * written it or put another in its place.
 *
 * The directories are checked first: once all of them are trusted, nobody else can change what the path
 * leads to. The file is then opened by its resolved path and checked again on the descriptor that is read.
 *
 * @throws TraceeError `OBJECT_UNTRUSTED` naming the file or directory and the reason, `OBJECT_UNREADABLE`
 * where it is absent or cannot be read (the system's error is the cause), `OBJECT_INVALID` where it is too big.
 */
export function readTrustedFile(path: string, options: TrustOptions): Uint8Array {
  const subject: Subject = {
    label: `${options.what} ${path}`,
    trustedUids: new Set([0, process.geteuid?.() ?? 0, ...(options.trustedUids ?? [])]),
  };
  try {
    const resolved = resolveThroughTrusted(path, subject);
    // Before opening as well: opening a device can have effects, and a socket cannot be opened at all.
    checkFile(lstatSync(resolved), resolved, subject);
    const descriptor = openSync(resolved, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor);
      checkFile(status, resolved, subject);
      return readWhole(descriptor, status.size, options.maxBytes ?? defaultMaxBytes, subject);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof TraceeError) throw error;
    throw new TraceeError('OBJECT_UNREADABLE', `${subject.label} cannot be read: ${describeCause(error)}`, {
      hint: `Look at it: ls -ld ${quote(path)}`,
      cause: error,
    });
  }
}

/**
 * The path of a directory without links, after the same checks of it and of all above it.
 *
 * @throws TraceeError `OBJECT_UNTRUSTED`; the system's error where the directory is not there.
 */
export function resolveTrustedDirectory(path: string, options: Omit<TrustOptions, 'maxBytes'>): string {
  const resolved = resolveThroughTrusted(`${path}/entry`, {
    label: `${options.what} ${path}`,
    trustedUids: new Set([0, process.geteuid?.() ?? 0, ...(options.trustedUids ?? [])]),
  });
  return parentOf(resolved);
}

interface Subject {
  readonly label: string;
  readonly trustedUids: ReadonlySet<number>;
}

/**
 * Follows a path as the kernel would, through symbolic links and `..`, and checks each directory and link
 * on the way. The last component is not followed.
 */
function resolveThroughTrusted(path: string, subject: Subject): string {
  const absolute = path.startsWith('/') ? path : `${process.cwd()}/${path}`;
  const pending = componentsOf(absolute);
  const last = pending.pop() ?? '.';
  let directory = '/';
  let links = 0;
  checkDirectory(lstatSync('/'), '/', subject);
  for (let component = pending.shift(); component !== undefined; component = pending.shift()) {
    const next = component === '..' ? parentOf(directory) : join(directory, component);
    const status = lstatSync(next);
    if (status.isSymbolicLink()) {
      links += 1;
      if (links > symlinkLimit) throw new Error('too many symbolic links');
      checkOwner(status, `symbolic link ${next} on the way to ${subject.label}`, next, subject, '-h ');
      const target = readlinkSync(next);
      if (target.startsWith('/')) directory = '/';
      pending.unshift(...componentsOf(target));
    } else {
      checkDirectory(status, next, subject);
      directory = next;
    }
  }
  return last === '..' ? parentOf(directory) : join(directory, last);
}

function componentsOf(path: string): string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.');
}

function parentOf(directory: string): string {
  return directory.slice(0, directory.lastIndexOf('/')) || '/';
}

function join(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

function checkDirectory(status: Stats, path: string, subject: Subject): void {
  if (!status.isDirectory()) throw new Error(`${path} is not a directory`);
  const label = `directory ${path} on the way to ${subject.label}`;
  checkOwner(status, label, path, subject);
  // In a sticky directory others can add names, but cannot rename or remove what is not theirs.
  if ((status.mode & stickyBit) === 0) checkMode(status, label, path);
}

function checkFile(status: Stats, path: string, subject: Subject): void {
  if (!status.isFile()) {
    throw untrusted(
      `${subject.label} is ${describeKind(status)}`,
      `Name a regular file instead: ls -l ${quote(path)}`,
    );
  }
  checkOwner(status, subject.label, path, subject);
  checkMode(status, subject.label, path);
}

function checkOwner(status: Stats, label: string, path: string, subject: Subject, chownFlags = ''): void {
  if (subject.trustedUids.has(status.uid)) return;
  const name = nameOfUser(status.uid);
  throw untrusted(
    `${label} is owned by uid ${status.uid}${name === undefined ? '' : ` (${name})`}`,
    `If its contents are what you expect: chown ${chownFlags}root: ${quote(path)}, or trust that user: TRACEE_TRUST_UID=${status.uid}`,
  );
}

function checkMode(status: Stats, label: string, path: string): void {
  if ((status.mode & writableByOthers) === 0) return;
  const mode = (status.mode & 0o7777).toString(8).padStart(4, '0');
  throw untrusted(
    `${label} has mode ${mode}, so that others can change it`,
    `If its contents are what you expect: chmod go-w ${quote(path)}`,
  );
}

function describeKind(status: Stats): string {
  if (status.isSymbolicLink()) return 'a symbolic link';
  if (status.isDirectory()) return 'a directory';
  if (status.isFIFO()) return 'a FIFO';
  if (status.isSocket()) return 'a socket';
  return 'a device';
}

function readWhole(descriptor: number, size: number, maxBytes: number, subject: Subject): Uint8Array {
  if (size > maxBytes) {
    throw new TraceeError('OBJECT_INVALID', `${subject.label} has ${size} bytes, the limit is ${maxBytes}`);
  }
  // One byte more than expected, so that a file that grew meanwhile is noticed.
  const bytes = new Uint8Array(size + 1);
  let filled = 0;
  for (let count = -1; count !== 0 && filled < bytes.length; filled += count) {
    count = readSync(descriptor, bytes, filled, bytes.length - filled, null);
  }
  if (filled !== size) throw new Error('its size changed while it was read');
  return bytes.subarray(0, size);
}

function nameOfUser(uid: number): string | undefined {
  try {
    const users = readFileSync('/etc/passwd', 'utf8').split('\n');
    return users.map((line) => line.split(':')).find((fields) => fields[2] === String(uid))?.[0];
  } catch {
    // The name only decorates the message; a slim image may have no such file.
    return undefined;
  }
}

function untrusted(message: string, hint: string): TraceeError {
  return new TraceeError('OBJECT_UNTRUSTED', message, { hint });
}

function describeCause(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For a command that the reader may paste into a shell. */
function quote(path: string): string {
  return /^[\w./+:@-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
