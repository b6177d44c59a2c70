import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { followLinks, rebase } from './symlinks.js';

/**
 * The two halves of a kernel's headers: `build` has what the configuration generated, `source` the rest.
 * They are one directory unless the distribution splits them (Debian's `-common`, SUSE, `make O=`).
 */
export interface Halves {
  build: string;
  source: string;
}

/** Whether a directory holds generated headers, the marks of a configured kernel. */
export function isBuildHalf(directory: string): boolean {
  return (
    existsSync(join(directory, 'include/generated/utsrelease.h')) ||
    existsSync(join(directory, 'include/generated/autoconf.h'))
  );
}

/** Whether a directory holds the headers that do not depend on the configuration. */
export function isSourceHalf(directory: string): boolean {
  return existsSync(join(directory, 'include/linux/kconfig.h'));
}

/**
 * Finds the other half of a directory that is one half. `undefined` when the directory is neither, or when
 * the other half is nowhere it could be.
 */
export function pairHalves(directory: string, release: string, root: string): Halves | undefined {
  const isBuild = isBuildHalf(directory);
  const isSource = isSourceHalf(directory);
  if (isBuild && isSource) return { build: directory, source: directory };
  if (isBuild) {
    const source = [
      ...linkedHalves(directory, 'source', root),
      ...namedInMakefiles(directory, root),
      ...debianCommon(directory),
    ].find(isSourceHalf);
    return source === undefined ? undefined : { build: directory, source };
  }
  if (isSource) {
    const build = [
      ...linkedHalves(directory, 'build', root),
      ...namedInMakefiles(directory, root),
      join(dirname(directory), `linux-headers-${release}`),
    ].find(isBuildHalf);
    return build === undefined ? undefined : { build, source: directory };
  }
  return undefined;
}

/** `source` or `build` inside the directory, and what `/lib/modules/R` of the same root says. */
function linkedHalves(directory: string, name: 'source' | 'build', root: string): string[] {
  const release = /^linux-headers-(.+)$/.exec(basename(directory))?.[1];
  const places = [join(directory, name)];
  if (release !== undefined) {
    places.push(join(root, '/lib/modules', release, name), join(root, '/usr/lib/modules', release, name));
  }
  return places.map((place) => followLinks(place, root));
}

/**
 * Directories that a generated Makefile names: `include /usr/src/linux-headers-6.1-common/Makefile`
 * (Debian), `export KBUILD_OUTPUT = …`, `MAKEARGS := -C /src O=/build` (kernels before 5.4).
 */
function namedInMakefiles(directory: string, root: string): string[] {
  const patterns = [
    /^\s*include\s+(\S+)\/Makefile\s*$/gm,
    /\b(?:KBUILD_OUTPUT|KBUILD_SRC|srctree)\s*[:?]?=\s*(\S+)/g,
    /^MAKEARGS\s*[:+]?=.*?-C\s+(\S+)/gm,
    /^MAKEARGS\s*[:+]?=.*?\bO=(\S+)/gm,
  ];
  return ['Makefile', '.kernelvariables']
    .map((name) => join(directory, name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'latin1'))
    .flatMap((text) => patterns.flatMap((pattern) => [...text.matchAll(pattern)]))
    .map((match) => match[1] ?? '')
    .filter((path) => path !== '' && !path.includes('$'))
    .map((path) => followLinks(path.startsWith('/') ? rebase(path, root) : resolve(directory, path), root));
}

/** `linux-headers-6.1.0-56-cloud-amd64` -> `linux-headers-6.1.0-56-cloud-common`, `…-6.1.0-56-common`, … */
function debianCommon(directory: string): string[] {
  const parts = basename(directory).split('-');
  return parts
    .map((_, index) => parts.slice(0, parts.length - 1 - index))
    .filter((kept) => kept.length > 2)
    .map((kept) => join(dirname(directory), `${kept.join('-')}-common`));
}
