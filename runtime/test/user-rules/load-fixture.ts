import type { TestContext } from 'node:test';
import { builtinRules } from '../../src/signatures/index.js';
import { loadUserRules, type UserRules } from '../../src/user-rules/load.js';
import { problemToText } from '../../src/user-rules/problem.js';
import { rulesDirectory } from './directory-fixture.js';

/** Loads rules beside the built-in ones. */
export function load(...paths: string[]): Promise<UserRules> {
  return loadUserRules({ paths, builtin: builtinRules });
}

/** Problems of a directory with these files, as text, without its path. */
export async function problemsOf(
  context: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const directory = rulesDirectory(context, files);
  const { problems } = await load(directory);
  return problems.map((problem) => problemToText(problem).replaceAll(`${directory}/`, ''));
}

/** A rule as a module; `more` stands behind it. */
export const moduleRule = (id: string, more = ''): string => `
import { defineRule } from 'tracee/rule';
export default defineRule({
  metadata: {
    id: '${id}', version: '1.0.0', name: 'The rule ${id}', description: 'x', tags: [], severity: 'low',
    mitre: { tactic: 'Defense Evasion', technique: 'Process Injection', id: 'T1055' },
  },
  sights: [{
    id: 'attach', description: 'x',
    ways: [{ events: [{ event: 'ptrace', where: { request: [16] } }] }],
    detect: () => ({ summary: 'attached', facts: [] }),
  }],
});
${more}`;
