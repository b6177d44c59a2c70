import { TraceeError } from '../errors.js';
import type { Rule } from '../detection/rule.js';
import { nearest } from '../text/nearest.js';
import stdioOverSocket from './trc-1-stdio-over-socket.js';
import antiDebugging from './trc-2-anti-debugging.js';
import codeInjection from './trc-3-code-injection.js';
import dynamicCodeLoading from './trc-4-dynamic-code-loading.js';
import filelessExecution from './trc-5-fileless-execution.js';
import moduleLoading from './trc-6-kernel-module-loading.js';
import preload from './trc-7-ld-preload.js';

/** The rules that come with Tracee, by id. */
export const builtinRules: readonly Rule[] = [
  stdioOverSocket,
  antiDebugging,
  codeInjection,
  dynamicCodeLoading,
  filelessExecution,
  moduleLoading,
  preload,
];

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
