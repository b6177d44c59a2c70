import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from '../../src/user-rules/example.js';
import { rulesDirectory, yamlRule } from './directory-fixture.js';
import { load, moduleRule } from './load-fixture.js';

const examples = `
examples:
  - { title: fires, fires: true, events: [{ event: ptrace, args: { request: PTRACE_ATTACH } }] }
  - { title: stays silent, fires: false, events: [{ event: ptrace, args: { request: 0 } }] }
  - { title: claims too much, fires: true, events: [{ event: ptrace, args: { request: 0 } }] }
  - { title: claims too little, fires: false, events: [{ event: ptrace, args: { request: 16 } }] }
  - { title: is excused, fires: false, events: [{ event: ptrace, uid: 7, args: { request: 16 } }] }
exceptions:
  - { uid: 7 }
`;

test('the examples of a rule run over the rule itself, its exceptions included', async (context) => {
  const directory = rulesDirectory(context, { 'r.yaml': yamlRule() + examples });
  const { rules, exceptions: loaded, problems } = await load(directory);
  assert.deepEqual(problems, []);
  const [one] = rules;
  assert.ok(one);
  const results = await Promise.all(one.examples.map((example) => runExample(one.rule, loaded, example)));
  assert.deepEqual(
    results.map(({ isPassed, problem }) => [isPassed, problem]),
    [
      [true, undefined],
      [true, undefined],
      [false, 'it did not fire on ptrace'],
      [false, 'it fired: attached'],
      [true, undefined],
    ],
  );
});

test('an example fails with a rule that throws', async (context) => {
  const source = moduleRule('ACME-1').replace(
    "({ summary: 'attached', facts: [] })",
    '{ throw new Error("oh"); }',
  );
  const directory = rulesDirectory(context, {
    'r.mjs': `${source}
export const examples = [{ title: 'x', fires: true, events: [{ event: 'ptrace', args: { request: 'PTRACE_ATTACH' } }] }];`,
  });
  const { rules } = await load(directory);
  const [one] = rules;
  const [example] = one?.examples ?? [];
  assert.ok(one && example);
  const { problem } = await runExample(one.rule, [], example);
  assert.match(problem ?? '', /ACME-1 failed: oh/);
});
