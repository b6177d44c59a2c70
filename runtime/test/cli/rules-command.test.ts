import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { rulesDirectory, yamlRule } from '../user-rules/directory-fixture.js';
import { runProgram, type Outcome } from './program.js';

const rules = (...args: string[]): Outcome => runProgram('main', ['rules', ...args]);

const examples = (fires: boolean): string =>
  `examples:\n  - { title: attach, fires: ${fires}, events: [{ event: ptrace, args: { request: 16 } }] }\n`;

test('check of rules without a mistake names them with what the kernel is asked for, and ends with 0', (context) => {
  const directory = rulesDirectory(context, { 'r.yaml': yamlRule() });
  const outcome = rules('check', directory);
  assert.deepEqual([outcome.status, outcome.stderr], [0, '']);
  assert.equal(
    outcome.stdout,
    `ACME-1 The rule ACME-1 (low), ${directory}/r.yaml\n  match: ptrace where request is 16\n1 rule, 0 exceptions, 0 problems\n`,
  );
});

test('check of rules with a mistake tells file, line and column, and ends with 1', (context) => {
  const directory = rulesDirectory(context, { 'r.yaml': yamlRule('events: [ptrase]\nsummary: x') });
  const outcome = rules('check', directory);
  assert.equal(outcome.status, 1);
  assert.match(
    outcome.stdout,
    /r\.yaml:6:10: there is no event "ptrase"\n {2}did you mean ptrace\?\n0 rules/,
  );
  const json = rules('check', '--json', directory);
  assert.equal(json.status, 1);
  assert.deepEqual(JSON.parse(json.stdout), {
    rules: [],
    exceptions: 0,
    problems: [
      {
        ...{ file: join(directory, 'r.yaml'), line: 6, column: 10 },
        ...{ message: 'there is no event "ptrase"', hint: 'did you mean ptrace?' },
      },
    ],
  });
});

test('a warning alone leaves the status at 0', (context) => {
  const directory = rulesDirectory(context, { 'e.yaml': 'exceptions: [{ rule: TRC-2, parent: gdb }]' });
  const outcome = rules('check', directory);
  assert.equal(outcome.status, 0);
  assert.match(outcome.stdout, /e\.yaml:1:14: warning: any program can take these names/);
});

test('test runs the examples, tells each, and ends with 1 where one failed', (context) => {
  const directory = rulesDirectory(context, {
    'a.yaml': yamlRule() + examples(true),
    'b.yaml': yamlRule(undefined, 'ACME-2') + examples(false),
    'c.yaml': yamlRule(undefined, 'ACME-3'),
  });
  const outcome = rules('test', directory);
  assert.equal(outcome.status, 1);
  assert.equal(
    outcome.stdout,
    [
      'ok    ACME-1: attach',
      'FAIL  ACME-2: attach: it fired: attached',
      `none  ACME-3: it has no examples (${directory}/c.yaml)`,
      '2 examples, 1 failed, 0 problems\n',
    ].join('\n'),
  );
  const one = rules('test', '--json', join(directory, 'a.yaml'));
  assert.equal(one.status, 0, one.stdout);
  assert.deepEqual(JSON.parse(one.stdout), {
    rules: [
      {
        ...{ id: 'ACME-1', file: join(directory, 'a.yaml') },
        examples: [{ title: 'attach', fires: true, isPassed: true }],
      },
    ],
    problems: [],
  });
});

test('a name that would turn a terminal over is refused', (context) => {
  const rule = yamlRule().replace('name: The rule ACME-1', 'name: "red\\e[31m"');
  const outcome = rules('check', rulesDirectory(context, { 'r.yaml': rule }));
  assert.equal(outcome.status, 1);
  assert.match(outcome.stdout, /r\.yaml:2:7: name: must be one line of text that can be printed/);
});

test('no directory, and one that is not there, are bad usage', () => {
  assert.equal(rules('check').status, 2);
  const outcome = rules('test', '/nonexistent');
  assert.equal(outcome.status, 2);
  assert.match(outcome.stderr, /rules cannot be read from \/nonexistent: ENOENT/);
});
