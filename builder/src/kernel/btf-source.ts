import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isElf, readElfSection } from 'tracee/artifact';
import type { TargetKernel } from './release.js';
import { followLinks, imageRoot } from './symlinks.js';

/** Machine numbers of ELF files (e_machine). */
const machines = { x86_64: 62, aarch64: 183 } as const;
const machineOffset = 18;

/**
 * The `vmlinux` with nothing but BTF that newer header packages carry (Debian since 6.12): it serves where the
 * rest of the package is of no use. `places` are directories of header packages. Tells of each one that was
 * passed over.
 */
export function findPackagedBtf(
  places: readonly string[],
  kernel: TargetKernel,
  miss: (place: string, reason: string) => void,
): string | undefined {
  const candidates = places.map((place) => followLinks(place, imageRoot(place))).filter(existsSync);
  for (const directory of new Set(candidates)) {
    const path = join(directory, 'vmlinux');
    const problem = findProblem(path, directory, kernel);
    if (problem === undefined) return path;
    miss(path, problem);
  }
  if (candidates.length === 0) miss('vmlinux of a header package', 'no such package is there');
  return undefined;
}

function findProblem(path: string, directory: string, kernel: TargetKernel): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return 'is not there';
  const release = join(directory, 'include/generated/utsrelease.h');
  const found = existsSync(release)
    ? /UTS_RELEASE\s+"([^"]*)"/.exec(readFileSync(release, 'latin1'))?.[1]
    : undefined;
  if (found !== undefined && found !== kernel.release)
    return `belongs to kernel ${found}, not to ${kernel.release}`;
  const bytes = readFileSync(path);
  if (!isElf(bytes) || bytes.length < machineOffset + 2) return 'is no ELF file';
  if (bytes.readUInt16LE(machineOffset) !== machines[kernel.arch]) return `is not of ${kernel.arch}`;
  return readElfSection(bytes, path, '.BTF') === undefined ? 'has no BTF' : undefined;
}
