import { lstatSync, readlinkSync, statfsSync, type Stats } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { storages } from '../../events/layout.js';
import { kernelDevice } from '../../host/device.js';
import { mountNamespaceOf, processIn } from './mount-namespace.js';
import { Remembered } from './remembered.js';

/** Where systems keep programs that their administrator installed; everything in them belongs to root. */
const systemDirectories = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/opt',
  '/snap',
  '/nix/store',
  '/gnu/store',
];

/** include/uapi/linux/magic.h. An ordinary user can mount FUSE, and his server says who owns a file. */
const FUSE_SUPER_MAGIC = 0x65735546;
/** File systems whose files have another device number in `stat` than in the kernel. */
const OVERLAYFS_SUPER_MAGIC = 0x794c7630;
const BTRFS_SUPER_MAGIC = 0x9123683e;

/** MAXSYMLINKS of the kernel. */
const maxLinks = 40;

const rememberedMs = 10_000;
const answers = new Remembered<boolean>(rememberedMs, 1024);

/**
 * Whether the program behind an event is one of the system's, so that what it does is what an administrator
 * installed it for: a file on disk in a system directory, that root owns and no one else can write, nor any
 * directory above it. Never asks what it is called. Looked up in the root of the process; that of another in the
 * same mount namespace serves where the process has ended. False where that cannot be told.
 *
 * In a container this means root of the container, which can install programs, as on a host.
 */
export function isSystemProgram(event: TracedEvent): boolean {
  return event.executable !== undefined && isInSystemDirectory(event.executable) && isRootsProgram(event);
}

/**
 * The same for a program anywhere: root put it where nobody else can change it, for whatever purpose. That is
 * less, and something else must tell what the program is for.
 */
export function isRootsProgram(event: TracedEvent): boolean {
  const { executable, executableFile: file } = event;
  if (executable === undefined || file === undefined) return false;
  if (file.storage !== storages.disk || file.links === 0 || file.uid !== 0) return false;
  if ((file.mode & 0o022) !== 0) return false;
  const key = `${event.mountNamespace}:${file.dev}:${file.inode}:${executable}`;
  const kept = answers.peek(key);
  if (kept !== undefined) return kept;
  const root = rootOf(event);
  // Not remembered: of the same program's next process it can be told, perhaps.
  return root !== undefined && answers.get(key, () => isRootsFile(root, executable, file));
}

/** What the kernel says of a file. */
export interface FileIdentity {
  readonly dev: number;
  readonly inode: bigint;
}

/**
 * Whether `path` below `root` (a directory, with no slash at its end) is a file in a system directory that only
 * root can change. Follows no symbolic link.
 */
export function isSystemFile(root: string, path: string, identity?: FileIdentity): boolean {
  return isInSystemDirectory(path) && isRootsFile(root, path, identity);
}

/** `identity` is what the kernel said of the file. */
function isRootsFile(root: string, path: string, identity?: FileIdentity): boolean {
  try {
    const names = path.split('/').slice(1);
    for (let depth = 0; depth < names.length; depth++) {
      const directory = lstatSync(join(root, ...names.slice(0, depth)) + '/');
      if (!directory.isDirectory() || !isRootsAlone(directory)) return false;
    }
    const file = join(root, path);
    const { type } = statfsSync(file);
    const found = lstatSync(file);
    if (type === FUSE_SUPER_MAGIC || !found.isFile() || !isRootsAlone(found)) return false;
    if (identity === undefined) return true;
    const hasOtherDevice = type === OVERLAYFS_SUPER_MAGIC || type === BTRFS_SUPER_MAGIC;
    return (
      BigInt(found.ino) === identity.inode &&
      (hasOtherDevice || kernelDevice(BigInt(found.dev)) === identity.dev)
    );
  } catch {
    return false; // it is gone, or the process is
  }
}

/** The host's first process shows the files of the host; this process's own where it is not let near that. */
export const hostRoots: readonly string[] = ['/proc/1/root', '/proc/self/root'];

/**
 * The directory that shows the files of an event's process as its mount namespace has them, with no slash at its
 * end. Of the processes in that namespace the one is taken that ends last: this one, or the first of a container;
 * any other where all of these have ended, as what a runtime starts in a container that runs.
 */
export function rootOf(event: TracedEvent): string | undefined {
  const ancestors = event.ancestors.map(({ hostPid }) => hostPid).toReversed();
  const wanted = `mnt:[${event.mountNamespace}]`;
  const related = [process.pid, ...ancestors, event.hostPid];
  const found = related.find((pid) => mountNamespaceOf(pid) === wanted) ?? processIn(wanted);
  return found === undefined ? undefined : `/proc/${found}/root`;
}

/**
 * Follows the symbolic links of a path as a process with this root would: `/lib/libz.so.1` ->
 * `/usr/lib/libz.so.1.2.13`. Undefined where there is no such file. (realpath() follows `/proc/PID/root` out of
 * the other mount namespace, into this one.)
 */
export function resolveInRoot(root: string, path: string): string | undefined {
  let names = normalize(path).split('/').slice(1);
  let links = 0;
  try {
    for (let depth = 1; depth <= names.length; depth++) {
      const here = `/${names.slice(0, depth).join('/')}`;
      if (!lstatSync(join(root, here)).isSymbolicLink()) continue;
      if (++links > maxLinks) return undefined;
      const target = readlinkSync(join(root, here));
      const start = target.startsWith('/') ? target : join(dirname(here), target);
      names = normalize(join(start, ...names.slice(depth)))
        .split('/')
        .slice(1);
      depth = 0;
    }
    return `/${names.join('/')}`;
  } catch {
    return undefined; // it is not there, or the process is gone
  }
}

function isInSystemDirectory(path: string): boolean {
  return systemDirectories.some((directory) => path.startsWith(`${directory}/`)) && !path.includes('/../');
}

/** Nobody but root can write it; members of root's group are root's. */
function isRootsAlone({ uid, gid, mode }: Stats): boolean {
  return uid === 0 && (mode & 0o002) === 0 && ((mode & 0o020) === 0 || gid === 0);
}
