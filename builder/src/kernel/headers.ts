import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TraceeError } from 'tracee/errors';
import { findPackagedBtf } from './btf-source.js';
import { openCapsule, type CapsuleIdentity } from './capsule.js';
import { checkHeaders } from './checks.js';
import { kernelHeadersArchive, unpackKernelHeaders } from './kheaders.js';
import { fetchedPlace } from './packages/place.js';
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
  | { types: 'headers'; where: string; tree: HeaderTree; capsule?: CapsuleIdentity }
  | { types: 'btf'; where: string; path: string }
  | { types: 'core'; where: string };

export interface HeaderSearch {
  kernel: TargetKernel;
  /**
   * What was named by the user: a directory, build and source, a header capsule, or a copy of
   * `kheaders.tar.xz`. What is named must work.
   */
  directories: string[];
  allowMismatch: boolean;
  /** Root of the file system to search; empty for the host's own. */
  root?: string;
  /** Where fetched packages are kept, see `fetchHeaders`. */
  cache?: string;
  /** Private and empty; archives are unpacked below it. Without it none is looked into. */
  scratch?: string;
  /** False where headers are to be had, so that BTF would be the second best. */
  takesBtf?: boolean;
  /** Told once for each place that was passed over, and why. */
  onMiss: (place: string, reason: string) => void;
}

/** The running kernel's own description of its types. */
export const kernelBtf = '/sys/kernel/btf/vmlinux';

/**
 * Finds the headers of a kernel, or else its BTF.
 * Throws `HEADERS_NOT_FOUND` with a reason for each place, and what `checkHeaders` throws for named ones.
 */
export function findHeaders(search: HeaderSearch): TypeOrigin {
  if (search.directories.length > 0) return namedHeaders(search);
  const { kernel } = search;
  const misses: string[] = [];
  const miss = (place: string, reason: string): void => {
    misses.push(`${place}: ${reason}`);
    search.onMiss(place, reason);
  };
  for (const [place, read] of places(search)) {
    try {
      return { types: 'headers', where: place, tree: read() };
    } catch (error) {
      // A randomised layout is in the kernel's BTF as well: going on would make a wrong object.
      if (!(error instanceof TraceeError) || error.code === 'KERNEL_UNSUPPORTED') throw error;
      miss(place, error.message);
    }
  }
  const btf = search.takesBtf === false ? undefined : findBtf(search, miss);
  if (btf !== undefined) return btf;
  throw new TraceeError(
    'HEADERS_NOT_FOUND',
    [`no headers for kernel ${kernel.release}:`, ...misses.map((line) => `  ${line}`)].join('\n'),
    {
      hint: `apt-get install linux-headers-${kernel.release}, get them with --fetch, or name the directory with KERN_HEADERS or --headers`,
    },
  );
}

/** In the order in which they are tried. */
function places(search: HeaderSearch): [place: string, read: () => HeaderTree][] {
  const { kernel, root = '', cache } = search;
  const archive = join(root, kernelHeadersArchive);
  const standard = standardPlaces(root, kernel.release);
  const fetched = cache === undefined ? [] : [fetchedPlace(cache, kernel)];
  return [
    ...standard.map((place): [string, () => HeaderTree] => [place, () => readTree([place], search)]),
    [archive, () => readOwnArchive(archive, search)],
    ...fetched.map((place): [string, () => HeaderTree] => [place, () => readFetched(place, search)]),
  ];
}

function readOwnArchive(archive: string, search: HeaderSearch): HeaderTree {
  const { kernel, scratch } = search;
  if (!kernel.isRunning)
    throw passedOver(`describes the running kernel, not ${kernel.release} on ${kernel.arch}`);
  if (!isFile(archive))
    throw passedOver('is not there; where the kernel has the module kheaders, modprobe kheaders brings it');
  if (scratch === undefined) throw passedOver('is there, but is unpacked only for building');
  return readTree([unpackKernelHeaders(archive, join(scratch, 'kheaders'))], search);
}

function readFetched(place: string, search: HeaderSearch): HeaderTree {
  if (!isDirectory(place)) throw passedOver('nothing was fetched; --fetch does');
  return readTree([fetchedTree(place, search.kernel)], search);
}

function fetchedTree(place: string, { release }: TargetKernel): string {
  return join(place, 'usr/src', `linux-headers-${release}`);
}

function passedOver(reason: string): TraceeError {
  return new TraceeError('HEADERS_NOT_FOUND', reason);
}

function namedHeaders(search: HeaderSearch): TypeOrigin {
  const { kernel, directories } = search;
  const [first, second] = directories;
  if (first !== undefined && second === undefined && isFile(first)) return archivedHeaders(first, search);
  if (first !== undefined && second === undefined && isDirectory(first) && !isAnyHalf(first)) {
    const place = standardPlaces(resolve(first), kernel.release).find((path) =>
      existsSync(followLinks(path, first)),
    );
    if (place !== undefined) return { types: 'headers', where: place, tree: readTree([place], search) };
  }
  return { types: 'headers', where: directories.join(':'), tree: readTree(directories, search) };
}

/** A header capsule, or a copy of the target's `kheaders.tar.xz`. */
function archivedHeaders(path: string, search: HeaderSearch): TypeOrigin {
  const { scratch } = search;
  const kind = archiveKind(path);
  if (kind === undefined || scratch === undefined) {
    const what =
      kind === undefined
        ? 'no header capsule (.tar.gz) or kheaders.tar.xz'
        : 'an archive, which only building unpacks';
    throw new TraceeError('HEADERS_NOT_FOUND', `${path} is a file, and ${what}`, {
      hint: 'name a directory with headers, or a capsule made with tracee-builder capsule create',
    });
  }
  const directory = join(scratch, kind);
  if (kind === 'kheaders') {
    return { types: 'headers', where: path, tree: readTree([unpackKernelHeaders(path, directory)], search) };
  }
  const capsule = openCapsule(path, directory);
  const halves = ['build', 'source'].map((half) => join(directory, half)).filter(existsSync);
  return { types: 'headers', where: path, tree: readTree(halves, search), capsule };
}

/** By the first bytes of gzip and xz. */
function archiveKind(path: string): 'capsule' | 'kheaders' | undefined {
  const start = Buffer.alloc(6);
  const file = openSync(path, 'r');
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  if (start.readUInt16BE() === 0x1f8b) return 'capsule';
  return start.toString('latin1') === '\xfd7zXZ\0' ? 'kheaders' : undefined;
}

function findBtf(search: HeaderSearch, miss: HeaderSearch['onMiss']): TypeOrigin | undefined {
  const { kernel, root = '', cache } = search;
  const btf = join(root, kernelBtf);
  if (!kernel.isRunning) miss(btf, `describes the running kernel, not ${kernel.release} on ${kernel.arch}`);
  else if (existsSync(btf)) return { types: 'btf', where: btf, path: btf };
  else miss(btf, 'is not there');
  const fetched = cache === undefined ? [] : [fetchedTree(fetchedPlace(cache, kernel), kernel)];
  const path = findPackagedBtf([...standardPlaces(root, kernel.release), ...fetched], kernel, miss);
  return path === undefined ? undefined : { types: 'btf', where: path, path };
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
