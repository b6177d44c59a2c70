import { statSync } from 'node:fs';
import { kernelDevice } from '../../host/device.js';
import { Remembered } from './remembered.js';
import { hostRoots } from './system-program.js';

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
    for (const root of hostRoots) {
      try {
        return kernelDevice(statSync(`${root}${path}`, { bigint: true }).dev);
      } catch {
        // hidden from us
      }
    }
    return undefined;
  });
}
