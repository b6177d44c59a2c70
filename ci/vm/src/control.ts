import type { PackageStanza } from '../../../builder/dist/kernel/packages/control.js';

/**
 * The package of an image or headers that a metapackage stands for:
 * `linux-image-cloud-amd64` -> `linux-image-6.1.0-50-cloud-amd64`.
 *
 * @param kind `linux-image` or `linux-headers`
 */
export function findConcretePackage(meta: PackageStanza, kind: string, flavour: string): string | undefined {
  return meta.dependencies.find((name) => name.startsWith(`${kind}-`) && name.endsWith(`-${flavour}`));
}

/**
 * Whether a dependency holds a part of the same kernel build. Debian up to 6.12 has one image package and two
 * for headers; later ones split the image into `linux-binary`, `linux-modules` and `linux-base`.
 * `linux-kbuild` (host programs for module builds) is not needed to compile BPF.
 *
 * @param release as `uname -r` says, `6.1.0-50-cloud-amd64`
 */
export function isKernelPart(packageName: string, release: string, flavour: string): boolean {
  const build = release.slice(0, -flavour.length - 1);
  return ['linux-binary', 'linux-modules', 'linux-base', 'linux-headers'].some((kind) =>
    [`${kind}-${release}`, `${kind}-${build}-common`].includes(packageName),
  );
}

/**
 * Picks the Debian archive from lines of `origin|label|uri` (`apt-get indextargets`). Security and backports
 * archives have another label or do not have every suite.
 */
export function parseIndexTargets(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.split('|'))
    .find(([origin, label]) => origin === 'Debian' && label === 'Debian')?.[2];
}
