/** The fields of a Debian package that matter here. */
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
