import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `stat`'s number (minor's low 8 bits, 12 of major, the rest of minor) as the kernel writes it: major << 20 | minor. */
export function kernelDevice(dev: bigint): number {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn & 0xffff_ffffn);
  return Number((major << 20n) | minor);
}

/** Whether the file at `path` below `root` (`/proc/PID/root`) is on the device that the kernel named. */
export function isOnDevice(root: string, path: string, dev: number): boolean {
  return deviceOf(root, path) === dev;
}

/**
 * The device of the file at `path` below `root`, as the kernel writes it; undefined where it is gone, or hidden from
 * us. For files of overlays and of btrfs `stat` has another number than the kernel; the table of mounts has its own.
 */
export function deviceOf(root: string, path: string): number | undefined {
  try {
    const table = readFileSync(join(root, '../mountinfo'), 'latin1');
    const mount = mountOf(`${root}${path}`);
    // 36 35 98:0 /mnt1 /mnt2 rw,noatime …
    const row = table.split('\n').find((line) => line.startsWith(`${mount} `));
    const numbers = /^(?<major>\d+):(?<minor>\d+)$/.exec(row?.split(' ')[2] ?? '')?.groups;
    if (numbers === undefined) return undefined;
    return Number(numbers['major']) * 2 ** 20 + Number(numbers['minor']);
  } catch {
    return undefined;
  }
}

/** The number of the mount through which a file is reached. */
function mountOf(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return (
      /^mnt_id:\s*(?<id>\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.groups?.['id'] ?? ''
    );
  } finally {
    closeSync(fd);
  }
}
