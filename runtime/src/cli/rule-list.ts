import type { Rule } from '../detection/rule.js';
import { escapeJson, escapeText } from '../output/escape.js';
import { print } from './report.js';

/** `--list`: needs neither privileges nor an object. */
export function listRules(rules: readonly Rule[], isJson: boolean): void {
  print(isJson ? escapeJson(JSON.stringify(rules.map(({ metadata }) => metadata))) : ruleTable(rules));
}

function ruleTable(rules: readonly Rule[]): string {
  const rows = rules.map(({ metadata }) => [
    metadata.id,
    metadata.name,
    metadata.version,
    metadata.description,
  ]);
  return [['ID', 'NAME', 'VERSION', 'DESCRIPTION'], ...rows]
    .map(([id = '', name = '', version = '', text = '']) =>
      escapeText(`${id.padEnd(10)} ${name.padEnd(35)} ${version.padEnd(7)} ${text}`),
    )
    .join('\n');
}
