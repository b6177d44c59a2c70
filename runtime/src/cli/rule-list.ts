import type { Rule } from '../detection/rule.js';

/** A table: id, name, version, description. */
export function listRules(rules: readonly Rule[]): string {
  const rows = rules.map(({ metadata }) => [
    metadata.id,
    metadata.name,
    metadata.version,
    metadata.description,
  ]);
  return [['ID', 'NAME', 'VERSION', 'DESCRIPTION'], ...rows]
    .map(
      ([id = '', name = '', version = '', text = '']) =>
        `${id.padEnd(10)} ${name.padEnd(35)} ${version.padEnd(7)} ${text}`,
    )
    .join('\n');
}
