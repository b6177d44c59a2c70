import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalledFile } from '../support/installed-file.js';
import { resolveInRoot } from '../support/system-program.js';

/** Where the loader of one program looks for libraries. */
export interface SearchPath {
  /** Directory that shows the program's files; undefined where it is gone. */
  readonly root: string | undefined;
  /** Those of LD_LIBRARY_PATH, in order. */
  readonly directories: readonly string[];
}

/** Directories that loaders search by themselves, with what `$LIB` stands for in them. */
const libraryNames = [
  'lib/x86_64-linux-gnu',
  'lib/aarch64-linux-gnu',
  'lib/i386-linux-gnu',
  'lib64',
  'lib32',
  'lib',
];
const ownDirectories = libraryNames.flatMap((name) => [`/${name}`, `/usr/${name}`]);

/** Where only an administrator installs; directories that are not there count, since he alone could make them. */
const systemDirectories = /^\/(?:usr|lib|lib32|lib64|opt|snap|nix\/store|gnu\/store)(?:\/|$)/;

/**
 * Whether all libraries of a list (`libA.so:/usr/lib/libB.so`, with spaces too) are installed files that only
 * root can change: fakeroot, stdbuf, jemalloc, and what else a distribution brings. Names without a directory
 * are looked for as the loader does, and must not be found in a directory that somebody else can write.
 */
export function areInstalledLibraries(list: string, { root, directories }: SearchPath): boolean {
  const libraries = list.split(/[\s:]+/).filter((name) => name !== '');
  if (libraries.length === 0) return true;
  if (root === undefined) return false;
  const searched = [...directories, ...ownDirectories];
  return libraries.every((name) => {
    const isPath = name.includes('/');
    if (!isPath && !directories.every((directory) => isSystemDirectory(root, directory))) return false;
    const paths = (isPath ? [name] : searched.map((directory) => join(directory, name))).flatMap(withLibrary);
    const found = paths.filter((path) => resolveInRoot(root, path) !== undefined);
    return found.length > 0 && found.every((path) => isInstalledFile(root, path));
  });
}

/** `/usr/$LIB/libA.so`: with each name that the loader may put in. Other tokens lead to no installed file. */
function withLibrary(path: string): string[] {
  return /\$(?:LIB\b|\{LIB\})/.test(path)
    ? libraryNames.map((name) => path.replace(/\$(?:LIB\b|\{LIB\})/g, name))
    : [path];
}

/** An empty name is the working directory. */
function isSystemDirectory(root: string, directory: string): boolean {
  if (!systemDirectories.test(directory)) return false;
  const resolved = resolveInRoot(root, directory);
  if (resolved === undefined) return !directory.split('/').includes('..');
  if (!systemDirectories.test(resolved)) return false;
  return resolved.split('/').every((_, depth, names) => {
    try {
      const { uid, mode } = lstatSync(`${join(root, ...names.slice(0, depth + 1))}/`);
      return uid === 0 && (mode & 0o022) === 0;
    } catch {
      return false;
    }
  });
}
