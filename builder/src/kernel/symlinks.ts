import { existsSync, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TraceeError } from 'tracee/errors';

/** Header packages link into these directories of kernel build tools; no compilation of ours reads them. */
const unusedNames = new Set([
  'scripts',
  'tools',
  'source',
  'build',
  '.git',
  'Documentation',
  'certs',
  'rust',
]);

/** A link whose target was found only after re-basing it on the tree's own root. */
export interface RebasedLink {
  link: string;
  target: string;
}

/**
 * Root of the file system image that a header tree was unpacked into; empty on a host.
 * `/tmp/hdr/root/usr/src/linux-headers-6.1` -> `/tmp/hdr/root`.
 */
export function imageRoot(directory: string): string {
  return /^(.*?)\/(?:usr\/src|usr\/lib\/modules|lib\/modules)(?:\/|$)/.exec(directory)?.[1] ?? '';
}

/**
 * Follows the links of a path. Absolute targets are re-based on `root`, so that a package unpacked
 * elsewhere stays within itself; what is not there is looked up as written. The last path is returned
 * whether or not it exists.
 */
export function followLinks(path: string, root: string): string {
  let current = path;
  // 40 is the kernel's own limit (MAXSYMLINKS).
  for (let followed = 0; followed < 40; followed++) {
    if (!isLink(current)) return current;
    const target = readlinkSync(current);
    current = target.startsWith('/') ? rebase(target, root) : resolve(dirname(current), target);
  }
  return current;
}

/** An absolute path as seen from inside the image at `root`. */
export function rebase(path: string, root: string): string {
  const inside = join(root, path);
  return root !== '' && (existsSync(inside) || isLink(inside)) ? inside : path;
}

/**
 * Checks the links of the parts of a header tree that are compiled: its root, `include` and the
 * `arch/<arch>/include` of the target. Throws `HEADERS_DANGLING` when one leads nowhere.
 */
export function checkLinks(directory: string, archDirectory: string, root: string): RebasedLink[] {
  const rebased: RebasedLink[] = [];
  const visit = (path: string): void => {
    const target = followLinks(path, root);
    if (!existsSync(target)) throw danglingError(path, target);
    if (target !== path && !isSameFile(target, path)) rebased.push({ link: path, target });
  };
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isSymbolicLink() && !unusedNames.has(entry.name)) visit(join(directory, entry.name));
  }
  for (const part of ['include', join('arch', archDirectory, 'include')]) {
    const path = join(directory, part);
    if (!existsSync(path) || isLink(path)) continue;
    for (const link of linksBelow(path)) visit(link);
  }
  return rebased;
}

/**
 * Gives the compiler a view of `directory` in which re-based links lead where they should: a tree of
 * links at `view`, made only as deep as the re-based links stand.
 */
export async function linkView(directory: string, view: string, rebased: RebasedLink[]): Promise<void> {
  await mkdir(view, { recursive: true });
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const own = rebased.find(({ link }) => link === path);
    if (own === undefined && rebased.some(({ link }) => link.startsWith(`${path}/`))) {
      await linkView(path, join(view, name), rebased);
    } else {
      await symlink(own?.target ?? path, join(view, name));
    }
  }
}

function linksBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isSymbolicLink()) return [path];
    return entry.isDirectory() ? linksBelow(path) : [];
  });
}

function danglingError(link: string, target: string): TraceeError {
  const missing = missingMount(target);
  return new TraceeError(
    'HEADERS_DANGLING',
    `${link} points to ${target}, which is not here: also mount ${missing}`,
    {
      hint: `in a container: -v ${missing}:${missing}:ro`,
    },
  );
}

/**
 * The directory to bring along for a missing file: the header package it belongs to.
 * `/usr/src/linux-headers-6.8.0-51/include/linux` -> `/usr/src/linux-headers-6.8.0-51`.
 */
function missingMount(target: string): string {
  let missing = target;
  while (!existsSync(dirname(missing))) missing = dirname(missing);
  const belongsToPackage = /^(.*\/usr\/src\/(?:kernels\/)?[^/]+)/.exec(target)?.[1];
  return belongsToPackage !== undefined && !existsSync(belongsToPackage)
    ? belongsToPackage
    : parentOfFile(missing);
}

function parentOfFile(path: string): string {
  return basename(path).includes('.h') ? dirname(path) : path;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function isSameFile(a: string, b: string): boolean {
  const left = statSync(a, { throwIfNoEntry: false });
  const right = statSync(b, { throwIfNoEntry: false });
  return left !== undefined && left.ino === right?.ino && left.dev === right.dev;
}
