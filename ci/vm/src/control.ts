/** The fields of a Debian package that the harness reads. */
export interface PackageStanza {
  readonly name: string;
  readonly version: string;
  /** Names of `Depends`, the first of each group of alternatives, without versions. */
  readonly dependencies: readonly string[];
}

/**
 * Parses Debian control text (`apt-cache show`): stanzas apart by empty lines, fields as `Name: value`,
 * continued by lines that begin with a blank. Stanzas without a package name or version are left out.
 */
export function parseControl(text: string): PackageStanza[] {
  return text
    .split(/\n\s*\n/)
    .map(parseFields)
    .flatMap((fields) => {
      const name = fields.get('Package');
      const version = fields.get('Version');
      if (name === undefined || version === undefined) return [];
      return [{ name, version, dependencies: parseDependencies(fields.get('Depends') ?? '') }];
    });
}

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

function parseFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of stanza.replaceAll(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

function parseDependencies(value: string): string[] {
  return value
    .split(',')
    .map(
      (group) =>
        group
          .split('|')[0]
          ?.trim()
          .split(/[\s(:]/)[0] ?? '',
    )
    .filter((name) => name !== '');
}
