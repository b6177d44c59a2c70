import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TraceeError } from '../../src/errors.js';
import { rulesDirectory, yamlRule } from './directory-fixture.js';
import { load, moduleRule, problemsOf } from './load-fixture.js';

test('a directory gives the rules of its YAML and its modules, and leaves other files alone', async (context) => {
  const directory = rulesDirectory(context, {
    'one.yaml': yamlRule(),
    'two.yml': `${yamlRule(undefined, 'ACME-2')}---\n${yamlRule(undefined, 'ACME-3')}`,
    'three.mjs': moduleRule('ACME-4'),
    'four.js': moduleRule('ACME-5'),
    'README.md': 'not a rule',
    '.hidden.yaml': 'not: a rule',
    '_shared.mjs': 'export const shared = 1;',
    'empty.yaml': '# nothing yet\n',
  });
  const { rules, problems } = await load(directory);
  assert.deepEqual(problems, []);
  assert.deepEqual(rules.map(({ rule }) => rule.metadata.id).toSorted(), [
    ...['ACME-1', 'ACME-2', 'ACME-3', 'ACME-4', 'ACME-5'],
  ]);
  const [first] = rules;
  assert.deepEqual(rules.find(({ rule }) => rule.metadata.id === 'ACME-1')?.rule.sights[0]?.ways, [
    { events: [{ event: 'ptrace', where: { request: [16] } }] },
  ]);
  assert.equal(first?.rule.metadata.version, '1.0.0');
});

test('a single file gives its rules', async (context) => {
  const directory = rulesDirectory(context, { 'one.yaml': yamlRule(), 'bad.yaml': 'id: [' });
  const { rules, problems } = await load(join(directory, 'one.yaml'));
  assert.deepEqual([rules.length, problems], [1, []]);
});

test('a broken file is told and the others are there', async (context) => {
  const directory = rulesDirectory(context, {
    'one.yaml': yamlRule(),
    'bad.yaml': 'id: [',
    'bad.mjs': 'x y',
  });
  const { rules, problems } = await load(directory);
  assert.equal(rules.length, 1);
  assert.deepEqual(
    [...new Set(problems.map(({ file }) => file))],
    [join(directory, 'bad.mjs'), join(directory, 'bad.yaml')],
  );
});

test('a directory that is not there is an error', async () => {
  await assert.rejects(
    load('/nonexistent/rules'),
    (error) => error instanceof TraceeError && error.code === 'RULES_UNREADABLE' && error.status === 2,
  );
});

const yamlMistakes: [what: string, yaml: string, problem: string][] = [
  ['YAML that is none', 'id: "ACME', 'r.yaml:1:10: Missing closing "quote'],
  ['a key twice', `${yamlRule()}severity: low`, 'r.yaml:9:1: Map keys must be unique'],
  ['text instead of a rule', 'hello', 'r.yaml:1:1: the document: expected object, received string'],
  [
    'a key that there is not',
    `${yamlRule()}sumary: x`,
    'r.yaml:9:1: there is no key "sumary"\n  did you mean summary?',
  ],
  ['a missing key', yamlRule('events: [ptrace]'), 'r.yaml:1:1: "summary" is missing'],
  [
    'a severity that there is not',
    yamlRule().replace('severity: low', 'severity: lowest'),
    'r.yaml:4:11: severity: expected one of "info"|"low"|"medium"|"high"|"critical"',
  ],
  [
    'a version that is a number',
    `version: 1.0\n${yamlRule()}`,
    'r.yaml:1:10: version: expected string, received number\n  put it in quotes',
  ],
  [
    'an event that there is not',
    yamlRule('events:\n  - ptrase\nsummary: x'),
    'r.yaml:7:5: there is no event "ptrase"\n  did you mean ptrace?',
  ],
  [
    'an event twice',
    yamlRule('events: [ptrace, ptrace]\nsummary: x'),
    'r.yaml:6:18: the event "ptrace" is there twice',
  ],
  [
    'a mistake in a plain condition',
    yamlRule('events: [ptrace]\ncondition: args.pid == 1 && args.reqest == 1\nsummary: x'),
    'r.yaml:7:34: ptrace has no argument "reqest"\n  did you mean request?',
  ],
  [
    'a mistake in a condition of several lines',
    yamlRule('events: [ptrace]\ncondition: |\n    args.pid == 1 &&\n    args.reqest == 1\nsummary: x'),
    'r.yaml:9:10: ptrace has no argument "reqest"',
  ],
  [
    'a mistake in a folded condition',
    yamlRule('events: [ptrace]\ncondition: >-\n  args.pid == 1 &&\n  args.reqest == 1\nsummary: x'),
    'r.yaml:9:8: ptrace has no argument "reqest"',
  ],
  [
    'a mistake in a quoted condition',
    yamlRule('events: [ptrace]\ncondition: "event.comm == \\"x\\" && args.reqest == 1"\nsummary: x'),
    'r.yaml:7:41: ptrace has no argument "reqest"',
  ],
  [
    'a mistake in the condition of one event',
    yamlRule('events:\n  - event: ptrace\n    condition: args.reqest == 1\n  - execve\nsummary: x'),
    'r.yaml:8:21: ptrace has no argument "reqest"',
  ],
  [
    'an argument that one of the events does not have',
    yamlRule('events: [ptrace, execve]\ncondition: args.request == 1\nsummary: x'),
    'r.yaml:7:17: execve has no argument "request"',
  ],
  [
    'a mistake in a text',
    yamlRule('events: [ptrace]\nsummary: to {args.pd}'),
    'r.yaml:7:19: ptrace has no argument "pd"',
  ],
  [
    'a sight twice',
    yamlRule(
      'sights:\n' +
        ['a', 'a'].map((id) => `  - { id: ${id}, description: x, events: [ptrace], summary: x }\n`).join(''),
    ),
    'r.yaml:8:11: the sight "a" is there twice',
  ],
  [
    'an example with an argument that there is not',
    `${yamlRule()}examples:\n  - title: x\n    fires: true\n    events: [{ event: ptrace, args: { reqest: 1 } }]`,
    'r.yaml:12:47: ptrace has no argument "reqest"\n  did you mean request?',
  ],
  [
    'an example with a value that cannot be',
    `${yamlRule()}examples:\n  - title: x\n    fires: true\n    events: [{ event: ptrace, args: { request: PTRACE_X } }]`,
    'r.yaml:12:48: the argument request is "PTRACE_X", and must be a number',
  ],
  [
    'the id of a built-in rule',
    yamlRule(undefined, 'trc-2'),
    'r.yaml: "trc-2" is taken by the built-in rule TRC-2',
  ],
  [
    'an alias that unfolds without end',
    `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n` +
      'd: [*c, *c, *c, *c, *c, *c, *c, *c]\n',
    'r.yaml:1:1: Excessive alias count',
  ],
];
for (const [what, yaml, problem] of yamlMistakes) {
  test(`${what} is told with line and column`, async (context) => {
    const problems = await problemsOf(context, { 'r.yaml': yaml });
    assert.ok(
      problems.some((one) => one.startsWith(problem)),
      `${problems.join('\n')}\n${yaml}`,
    );
  });
}

test('two rules of one id are refused, the second with the place of the first', async (context) => {
  const problems = await problemsOf(context, { 'a.yaml': yamlRule(), 'b.yaml': yamlRule() });
  assert.deepEqual(problems, [
    'b.yaml: "ACME-1" is taken by ACME-1 in a.yaml\n  give this rule another id and name',
  ]);
});

const moduleMistakes: [what: string, source: string, problem: RegExp][] = [
  [
    'a mistake in the syntax',
    'const x = 1;\nexport default { metadata: ;',
    /^r\.mjs:2:28: SyntaxError: Unexpected token/,
  ],
  ['what it throws', '\n\nthrow new Error("no\\u001b[31m")', /^r\.mjs:3:7: Error: no/],
  ['a module without a rule', 'export const x = 1;', /^r\.mjs: it exports no rule/],
  [
    'a missing property',
    moduleRule('A-1').replace("version: '1.0.0',", ''),
    /^r\.mjs: rule\.metadata\.version: /,
  ],
  ['a detect that is none', moduleRule('A-1').replace('() =>', '0 &&'), /^r\.mjs: rule\.sights\.0\.detect: /],
  [
    'an event that there is not',
    moduleRule('A-1').replace("'ptrace'", "'ptrase'"),
    /"ptrase", which does not exist\n {2}did you mean ptrace/,
  ],
  [
    'an argument that there is not',
    moduleRule('A-1').replace('{ request:', '{ reqest:'),
    /ptrace\.reqest, which does not exist\n {2}did you mean request/,
  ],
  [
    'an example that is none',
    moduleRule('A-1', 'export const examples = [{}]'),
    /^r\.mjs: examples\.0\.title: /,
  ],
  ['a module that is not there', 'import "./gone.mjs";', /^r\.mjs.*Cannot find module/],
];
for (const [what, source, problem] of moduleMistakes) {
  test(`${what} in a module is told`, async (context) => {
    const problems = await problemsOf(context, { 'r.mjs': source });
    assert.ok(
      problems.some((one) => problem.test(one)),
      problems.join('\n'),
    );
  });
}

test('a module and what it imports from beside it are new after each change', async (context) => {
  const directory = rulesDirectory(context, {
    'r.mjs': `import { id } from './_id.mjs';\n${moduleRule('NAME').replace("'NAME'", 'id')}`,
    '_id.mjs': "export const id = 'ACME-1';",
  });
  const ids = async (): Promise<string[]> =>
    (await load(directory)).rules.map(({ rule }) => rule.metadata.id);
  assert.deepEqual(await ids(), ['ACME-1']);
  writeFileSync(join(directory, '_id.mjs'), "export const id = 'ACME-2';");
  assert.deepEqual(await ids(), ['ACME-2']);
});

test(
  'files that others can write, own or lead elsewhere are refused, and never run',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async (context) => {
    const directory = rulesDirectory(context, {
      'writable.mjs': 'globalThis.wasRun = true;',
      'foreign.mjs': 'globalThis.wasRun = true;',
      '_shared.mjs': 'globalThis.wasRun = true;',
      'good.yaml': yamlRule(),
    });
    const outside = rulesDirectory(context, { 'outside.yaml': yamlRule(undefined, 'ACME-2') });
    chmodSync(join(directory, 'writable.mjs'), 0o666);
    chmodSync(join(directory, '_shared.mjs'), 0o666);
    chownSync(join(directory, 'foreign.mjs'), 65_534, 65_534);
    symlinkSync(join(outside, 'outside.yaml'), join(directory, 'link.yaml'));
    mkdirSync(join(directory, 'directory.yaml'));
    const { rules, problems } = await load(directory);
    assert.deepEqual(
      rules.map(({ rule }) => rule.metadata.id),
      ['ACME-1'],
    );
    assert.equal(Reflect.get(globalThis, 'wasRun'), undefined);
    const told = Object.fromEntries(
      problems.map(({ file, message }) => [file.slice(directory.length + 1), message]),
    );
    assert.match(told['writable.mjs'] ?? '', /mode 0666, so that others can change it/);
    assert.match(told['_shared.mjs'] ?? '', /mode 0666/);
    assert.match(told['foreign.mjs'] ?? '', /owned by uid 65534/);
    assert.match(told['link.yaml'] ?? '', /leads out of the directory/);
    assert.match(told['directory.yaml'] ?? '', /is a directory/);
  },
);

test('a directory that others can write gives no rules', async (context) => {
  const directory = rulesDirectory(context, { 'good.yaml': yamlRule() });
  chmodSync(directory, 0o777);
  const { rules, problems } = await load(directory);
  assert.deepEqual(rules, []);
  assert.match(problems[0]?.message ?? '', /mode 0777, so that others can change it/);
});

test('links within the directory are followed, as Kubernetes mounts its config maps', async (context) => {
  const directory = rulesDirectory(context, { 'rule.yaml': yamlRule() });
  mkdirSync(join(directory, '..data'));
  renameSync(join(directory, 'rule.yaml'), join(directory, '..data/rule.yaml'));
  symlinkSync('..data/rule.yaml', join(directory, 'rule.yaml'));
  const { rules, problems } = await load(directory);
  assert.deepEqual([rules.length, problems], [1, []]);
});
