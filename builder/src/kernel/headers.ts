import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TraceeError } from 'tracee/errors';
import { checkHeaders } from './checks.js';
import { type TargetKernel, kernelArchDirectory } from './release.js';
import { type Halves, isBuildHalf, isSourceHalf, pairHalves } from './split-tree.js';
import { type RebasedLink, checkLinks, followLinks, imageRoot } from './symlinks.js';

/** A header tree that was checked against its kernel. */
export interface HeaderTree extends Halves {
  /** Links of both halves that lead somewhere else than the file system says; see `linkView`. */
  rebased: RebasedLink[];
}

/** Where the kernel's types come from. `where` is for people. */
export type TypeOrigin =
  | { types: 'headers'; where: string; tree: HeaderTree }
  | { types: 'btf'; where: string; path: string }
  | { types: 'core'; where: string };

export interface HeaderSearch {
  kernel: TargetKernel;
  /** Directories that were named by the user: one, or build and source. What is named must work. */
  directories: string[];
  allowMismatch: boolean;
  /** Root of the file system to search; empty for the host's own. */
  root?: string;
  /** Told once for each place that was passed over, and why. */
  onMiss: (place: string, reason: string) => void;
}

/** The running kernel's own description of its types. */
export const kernelBtf = '/sys/kernel/btf/vmlinux';

/**
 * Finds the headers of a kernel, or else the BTF of the running one.
 * Throws `HEADERS_NOT_FOUND` with a reason for each place, and what `checkHeaders` throws for named ones.
 */
export function findHeaders(search: HeaderSearch): TypeOrigin {
  if (search.directories.length > 0) return namedHeaders(search);
  const { kernel, root = '' } = search;
  const misses: string[] = [];
  const miss = (place: string, reason: string): void => {
    misses.push(`${place}: ${reason}`);
    search.onMiss(place, reason);
  };
  for (const place of standardPlaces(root, kernel.release)) {
    try {
      return { types: 'headers', where: place, tree: readTree([place], search) };
    } catch (error) {
      // A randomised layout is in the kernel's BTF as well: going on would make a wrong object.
      if (!(error instanceof TraceeError) || error.code === 'KERNEL_UNSUPPORTED') throw error;
      miss(place, error.message);
    }
  }
  const btf = join(root, kernelBtf);
  if (!kernel.isRunning) miss(btf, `describes the running kernel, not ${kernel.release} on ${kernel.arch}`);
  else if (existsSync(btf)) return { types: 'btf', where: btf, path: btf };
  else miss(btf, 'is not there');
  throw new TraceeError(
    'HEADERS_NOT_FOUND',
    [`no headers for kernel ${kernel.release}:`, ...misses.map((line) => `  ${line}`)].join('\n'),
    {
      hint: `apt-get install linux-headers-${kernel.release}, or name the directory with KERN_HEADERS or --headers`,
    },
  );
}

function namedHeaders(search: HeaderSearch): TypeOrigin {
  const { kernel, directories } = search;
  const [first, second] = directories;
  if (first !== undefined && second === undefined && isDirectory(first) && !isAnyHalf(first)) {
    const place = standardPlaces(resolve(first), kernel.release).find((path) =>
      existsSync(followLinks(path, first)),
    );
    if (place !== undefined) return { types: 'headers', where: place, tree: readTree([place], search) };
  }
  return { types: 'headers', where: directories.join(':'), tree: readTree(directories, search) };
}

/** BTF that the user named. Throws `HEADERS_NOT_FOUND`. */
export function namedBtf(path: string): TypeOrigin {
  if (isFile(path)) return { types: 'btf', where: path, path };
  throw new TraceeError('HEADERS_NOT_FOUND', `${path} is not a file that is there`, {
    hint: 'name a file with the kernel’s BTF, such as a copy of /sys/kernel/btf/vmlinux',
  });
}

function standardPlaces(root: string, release: string): string[] {
  return [
    `/lib/modules/${release}/build`,
    `/usr/lib/modules/${release}/build`,
    `/usr/src/linux-headers-${release}`,
    `/usr/src/kernels/${release}`,
  ].map((place) => join(root, place));
}

function readTree(directories: string[], search: HeaderSearch): HeaderTree {
  const archDirectory = kernelArchDirectory(search.kernel.arch);
  const halves = directories.map((directory) => existingDirectory(resolve(directory)));
  // Links first: a missing mount explains more than the files that are then not found.
  for (const half of halves) checkLinks(half, archDirectory, imageRoot(half));
  const tree = halvesOf(halves, search);
  checkHeaders(tree, search.kernel, search.allowMismatch);
  const rebased = [...new Set([tree.build, tree.source])].flatMap((half) =>
    checkLinks(half, archDirectory, imageRoot(half)),
  );
  return { ...tree, rebased };
}

function halvesOf(directories: string[], { kernel }: HeaderSearch): Halves {
  const [first = '', second] = directories;
  if (second !== undefined) {
    if (!isBuildHalf(first) && isBuildHalf(second)) return { build: second, source: first };
    return { build: first, source: second };
  }
  const halves = pairHalves(first, kernel.release, imageRoot(first));
  if (halves !== undefined) return halves;
  const [has, lacks] = isBuildHalf(first)
    ? ['generated headers only', 'source half (with include/linux/kconfig.h)']
    : isSourceHalf(first)
      ? ['source headers only', 'build half (with include/generated/autoconf.h)']
      : ['no kernel headers', undefined];
  const missing = lacks === undefined ? '' : `, and its ${lacks} was not found`;
  throw new TraceeError('HEADERS_INCOMPLETE', `${first} has ${has}${missing}`, {
    hint: lacks === undefined ? namingHint(kernel) : 'name both halves: KERN_HEADERS=<build>:<source>',
  });
}

function existingDirectory(path: string): string {
  const target = followLinks(path, imageRoot(path));
  if (isDirectory(target)) return target;
  if (target === path) {
    throw new TraceeError('HEADERS_NOT_FOUND', `${path} is not a directory that is there`, {
      hint: 'name the directory of a linux-headers package',
    });
  }
  throw new TraceeError(
    'HEADERS_DANGLING',
    `${path} points to ${target}, which is not here: also mount ${target}`,
    {
      hint: `in a container: -v ${target}:${target}:ro`,
    },
  );
}

function namingHint(kernel: TargetKernel): string {
  return `name the directory that linux-headers-${kernel.release} was unpacked to, or its build half`;
}

function isAnyHalf(directory: string): boolean {
  return isBuildHalf(directory) || isSourceHalf(directory);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
