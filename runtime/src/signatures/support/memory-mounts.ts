import { statSync } from 'node:fs';
import { Remembered } from './remembered.js';

/** The host's first process shows the mounts of the host; its own where Tracee is not let near it. */
const roots = ['/proc/1/root', ''];

const rememberedMs = 10_000;
const devices = new Remembered<number | undefined>(rememberedMs, 8);

/** A system that runs from memory as a whole: there, no program has a file on a disk. */
export function isHostRoot(dev: number): boolean {
  return deviceOf('/') === dev;
}

const temporaryDirectories = ['/tmp', '/var/tmp'];

/**
 * The host's directories for temporary files, which some systems keep in memory: builds, installers and
 * programs that unpack themselves start what they put there. Not what else is mounted by that name.
 */
export function isHostTemporary(dev: number): boolean {
  return temporaryDirectories.some((directory) => deviceOf(directory) === dev);
}

/** In the kernel's encoding: major << 20 | minor. */
function deviceOf(path: string): number | undefined {
  return devices.get(path, () => {
    for (const root of roots) {
      try {
        return kernelDevice(statSync(`${root}${path}`, { bigint: true }).dev);
      } catch {
        // hidden from us
      }
    }
    return undefined;
  });
}

/** From `stat`'s encoding: 8 low bits of minor, 12 of major, 12 more of minor. */
function kernelDevice(dev: bigint): number {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn & 0xffff_ffffn);
  return Number((major << 20n) | minor);
}
