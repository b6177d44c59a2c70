import { constants, type Stats } from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const writableByOthers = 0o022;
const stickyBit = 0o1000;

/**
 * Reads a file that nobody but root can have written or put there; undefined where it is not there, is larger than
 * `maxBytes`, or is not root's. Unlike the readers of objects and rules it says nothing: what an engine keeps only
 * adds names, and it never waits on the thread that reads events.
 */
export async function readRootFile(path: string, maxBytes: number): Promise<string | undefined> {
  try {
    for (let above = dirname(path); ; above = dirname(above)) {
      if (!(await isRootsDirectory(above))) return undefined;
      if (above === dirname(above)) break;
    }
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile() || !isRoots(status, false) || status.size > maxBytes) return undefined;
    const bytes = Buffer.alloc(status.size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, bytesRead);
  } catch {
    return undefined;
  }
}

/** A link is followed where root has made it, to wherever root wants it to lead. */
async function isRootsDirectory(path: string): Promise<boolean> {
  const [link, directory] = await Promise.all([lstat(path), stat(path)]);
  return link.uid === 0 && isRoots(directory, true);
}

/** Whether only root decides what stands there. A name in a sticky directory is its owner's. */
function isRoots({ uid, mode }: Stats, isDirectory: boolean): boolean {
  if (uid !== 0) return false;
  return (mode & writableByOthers) === 0 || (isDirectory && (mode & stickyBit) !== 0);
}
