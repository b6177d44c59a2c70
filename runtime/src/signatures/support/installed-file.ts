import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { Remembered } from './remembered.js';
import { isSystemFile, resolveInRoot } from './system-program.js';

/** A file that changed within this time may be part of what happens now. */
const settledMs = 10 * 60_000;

/** Larger files are not compared with a package's digest. */
const maxFileBytes = 64 * 1024 * 1024;

const packaged = new Remembered<boolean>(settledMs, 256);

/**
 * Whether a path below `root` leads to a file that its administrator installed: only root can change it, and it
 * has been there for ten minutes, or since before this machine was started (an image), or is what a package
 * brought, byte by byte. (No program can set the time at which an inode changed, but by setting the clock.)
 * Packages of dpkg and apk are known. `identity` is what the kernel said of the file.
 */
export function isInstalledFile(
  root: string,
  path: string,
  identity?: { readonly dev: number; readonly inode: bigint },
): boolean {
  const resolved = resolveInRoot(root, path);
  if (resolved === undefined || !isSystemFile(root, resolved, identity)) return false;
  try {
    const { ctimeMs, ino, size } = lstatSync(join(root, resolved));
    if (Date.now() - ctimeMs > Math.min(settledMs, uptime() * 1000)) return true;
    if (size > maxFileBytes) return false;
    return packaged.get(`${root}:${resolved}:${ino}:${ctimeMs}`, () => isPackaged(root, resolved));
  } catch {
    return false; // it is gone, or the process is
  }
}

function isPackaged(root: string, path: string): boolean {
  const bytes = readFileSync(join(root, path));
  // Lists of packages older than the merge of /lib with /usr/lib have the short name.
  const names = [path, path.replace(/^\/usr\/(?=lib|bin|sbin)/, '/')].map((name) => name.slice(1));
  const md5 = createHash('md5').update(bytes).digest('hex');
  if (readSums(root).some((sums) => names.some((name) => sums.includes(`${md5}  ${name}\n`)))) return true;
  const sha1 = createHash('sha1').update(bytes).digest('base64');
  const database = readOrNothing(join(root, '/lib/apk/db/installed'));
  return names.some((name) => isInApk(database, name, sha1));
}

/** `/var/lib/dpkg/info/NAME.md5sums`: lines of digest, two spaces, path without its first slash. */
function readSums(root: string): string[] {
  const directory = join(root, '/var/lib/dpkg/info');
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.md5sums'))
      .map((name) => readOrNothing(join(directory, name)));
  } catch {
    return [];
  }
}

/** `F:usr/lib`, then for each file of it `R:libc.so` and `Z:Q1` with its SHA-1 in base64. */
function isInApk(database: string, path: string, sha1: string): boolean {
  const slash = path.lastIndexOf('/');
  const start = database.indexOf(`\nF:${path.slice(0, slash)}\n`);
  if (start < 0) return false;
  const end = database.indexOf('\nF:', start + 1);
  const files = database.slice(start, end < 0 ? undefined : end);
  const file = files.indexOf(`\nR:${path.slice(slash + 1)}\n`);
  if (file < 0) return false;
  const next = files.indexOf('\nR:', file + 1);
  return files.slice(file, next < 0 ? undefined : next).includes(`\nZ:Q1${sha1}`);
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
