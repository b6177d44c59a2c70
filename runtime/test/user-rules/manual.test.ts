import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { builtinRules } from '../../src/signatures/index.js';
import { runExample } from '../../src/user-rules/example.js';
import { loadUserRules } from '../../src/user-rules/load.js';
import { rulesDirectory } from './directory-fixture.js';

const manual = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8');

test('the rules of the manual are without mistakes, and their examples come out as they say', async (context) => {
  const blocks = [...manual.matchAll(/^```(?<language>yaml|js)\n(?<text>[\s\S]*?)^```/gm)];
  assert.ok(blocks.length >= 5);
  const files = Object.fromEntries(
    blocks.map(({ groups }, index) => [
      `${index}.${groups?.['language'] === 'js' ? 'mjs' : 'yaml'}`,
      groups?.['text'] ?? '',
    ]),
  );
  const paths = [rulesDirectory(context, files)];
  const { rules, exceptions, problems } = await loadUserRules({ paths, builtin: builtinRules });
  assert.deepEqual(problems, []);
  assert.ok(rules.length >= 4 && exceptions.length >= 2);
  for (const { rule, examples } of rules) {
    for (const example of examples) {
      const { problem } = await runExample(rule, exceptions, example);
      assert.equal(problem, undefined, example.title);
    }
  }
});
