import { lstatSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { resolveInRoot, rootOf } from '../support/system-program.js';

const preloadName = 'ld.so.preload';
const preloadPath = '/etc/ld.so.preload';

/** A path as an event has it, and the numbers of the inodes behind it where the kernel told them. */
export interface NamedPath {
  readonly path: string;
  /** Of the directory that holds the name. */
  readonly directory?: bigint | undefined;
  /** Of the file itself. */
  readonly file?: bigint | undefined;
}

/**
 * Whether a path is that of /etc/ld.so.preload, in the root of the process or in any other, under whatever
 * name: facts that say why, empty where the path says it itself; undefined where it is another file.
 */
export function asPreloadFile(
  event: TracedEvent,
  { path, directory, file }: NamedPath,
): string[] | undefined {
  const written = normalize(path);
  if (written.endsWith(preloadPath)) return [];
  const root = rootOf(event);
  if (root === undefined) {
    // No other file is called so, but what an unpacked root directory has in its own /etc.
    return basename(written) === preloadName
      ? ['its mounts are gone with the process, so that it cannot be told whether this was /etc']
      : undefined;
  }
  if (isInode(join(root, preloadPath), file) || resolveInRoot(root, written) === preloadPath)
    return [`${written} is ${preloadPath} by another name`];
  if (basename(written) !== preloadName) return undefined;
  if (isInode(join(root, '/etc'), directory) || resolveInRoot(root, dirname(written)) === '/etc')
    return [`${dirname(written)} is /etc by another name`];
  const isLayer = layersOfEtc(event).some((layer) => written === join(layer, preloadName));
  return isLayer ? [`${dirname(written)} is a layer of the file system on /etc`] : undefined;
}

/** Whether a path leads to /etc itself, written in whatever way. */
export function isEtc(event: TracedEvent, path: string): boolean {
  const root = rootOf(event);
  const written = join(path, '.');
  return written === '/etc' || (root !== undefined && resolveInRoot(root, written) === '/etc');
}

/** Numbers alone: the device of overlays and of btrfs is another one in `stat` than in the kernel. */
function isInode(path: string, inode: bigint | undefined): boolean {
  if (inode === undefined) return false;
  try {
    return lstatSync(path, { bigint: true }).ino === inode;
  } catch {
    return false;
  }
}

/**
 * Directories that an overlay shows as /etc: `… / /etc rw - overlay overlay rw,lowerdir=/a,upperdir=/b` of
 * `/proc/PID/mountinfo`. Of one on the root it is their `etc`.
 */
function layersOfEtc(event: TracedEvent): string[] {
  const root = rootOf(event);
  if (root === undefined) return [];
  let mounts: string[];
  try {
    mounts = readFileSync(join(dirname(root), 'mountinfo'), 'utf8').split('\n');
  } catch {
    return [];
  }
  return mounts.flatMap((line) => {
    const [place = '', source = ''] = line.split(' - ');
    const point = place.split(' ')[4];
    if (!source.startsWith('overlay ') || (point !== '/etc' && point !== '/')) return [];
    const options = source.split(' ').at(-1) ?? '';
    return options
      .split(',')
      .flatMap((option) => /^(?:upperdir|lowerdir)=(.*)$/.exec(option)?.[1]?.split(':') ?? [])
      .map((layer) => (point === '/' ? join(layer, 'etc') : layer));
  });
}
