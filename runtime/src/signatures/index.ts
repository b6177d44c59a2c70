import { TraceeError } from '../errors.js';
import type { Rule } from '../detection/rule.js';
import { nearest } from '../text/nearest.js';
import antiDebugging from './trc-2-anti-debugging.js';
import moduleLoading from './trc-6/index.js';
import preload from './trc-7/index.js';

/** The rules that come with Tracee, by id. */
export const builtinRules: readonly Rule[] = [antiDebugging, moduleLoading, preload];

/** Rules by id or name, in any case; all of them where none is named. Throws UNKNOWN_RULE. */
export function selectRules(
  names: readonly string[],
  rules: readonly Rule[] = builtinRules,
): readonly Rule[] {
  if (names.length === 0) return rules;
  return [...new Set(names.map((name) => requireRule(name, rules)))];
}

function requireRule(name: string, rules: readonly Rule[]): Rule {
  const wanted = name.toLowerCase();
  const rule = rules.find(
    ({ metadata }) => metadata.id.toLowerCase() === wanted || metadata.name.toLowerCase() === wanted,
  );
  if (rule !== undefined) return rule;
  const near = nearest(
    name,
    rules.flatMap(({ metadata }) => [metadata.id, metadata.name]),
  );
  throw new TraceeError('UNKNOWN_RULE', `there is no rule "${name}"`, {
    hint: near === undefined ? 'tracee --list names all rules' : `did you mean ${near}?`,
  });
}
