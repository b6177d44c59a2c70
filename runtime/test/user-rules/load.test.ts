import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { narrowestException } from '../../src/detection/exception.js';
import type { Finding } from '../../src/detection/rule.js';
import { TraceeError } from '../../src/errors.js';
import { exceptionLine } from '../../src/output/exception-line.js';
import { builtinRules } from '../../src/signatures/index.js';
import { runExample } from '../../src/user-rules/example.js';
import { isExcusedBy } from '../../src/user-rules/exception.js';
import { loadUserRules, type UserRules } from '../../src/user-rules/load.js';
import { problemToText } from '../../src/user-rules/problem.js';
import { recordedEvent } from '../events/record-encoder.js';
import { rulesDirectory, yamlRule } from './directory-fixture.js';

function load(...paths: string[]): Promise<UserRules> {
  return loadUserRules({ paths, builtin: builtinRules });
}

/** Problems of one file, without its directory. */
async function problemsOf(context: TestContext, files: Readonly<Record<string, string>>): Promise<string[]> {
  const directory = rulesDirectory(context, files);
  const { problems } = await load(directory);
  return problems.map((problem) => problemToText(problem).replaceAll(`${directory}/`, ''));
}

const moduleRule = (id: string, more = ''): string => `
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

const exceptions = (...entries: string[]): string =>
  `exceptions:\n${entries.map((one) => `  - ${one}\n`).join('')}`;

const badExceptions: [what: string, entry: string, problem: string][] = [
  [
    'a rule that there is not',
    '{ rule: TRC-99, uid: 1 }',
    ':2:13: there is no rule "TRC-99"\n  did you mean TRC-1?',
  ],
  [
    'a sight that there is not',
    '{ rule: TRC-2, sight: tracem, uid: 1 }',
    ':2:27: TRC-2 has no sight "tracem"\n  did you mean traceme?',
  ],
  ['no rule', '{ uid: 1 }', ':2:5: "rule" is missing'],
  [
    'nothing that narrows it',
    '{ rule: TRC-2, sight: traceme }',
    ':2:13: nothing narrows this exception of TRC-2',
  ],
  ['a condition that no event of the rule has', '{ rule: TRC-2, condition: args.pathnam == "x" }', ':2:36: '],
  ['a key that there is not', '{ rule: TRC-2, exe: /bin/x }', ':2:20: there is no key "exe"'],
  ['a path that is none', '{ rule: TRC-2, executable: bin/x }', ':2:32: executable: must be a path'],
  ['names alone', '{ rule: TRC-2, parent: gdb }', ':2:5: warning: any program can take these names'],
  ['a name of the program', '{ rule: TRC-2, comm: gdb }', ':2:20: there is no key "comm"'],
  [
    'a value that is none',
    '{ rule: TRC-2, data: { fd: { a: 1 } } }',
    ':2:32: fd: must be a text, a number, or a list',
  ],
];
for (const [what, entry, problem] of badExceptions) {
  test(`an exception with ${what} is told with line and column`, async (context) => {
    const problems = await problemsOf(context, { 'exceptions.yaml': exceptions(entry) });
    assert.ok(
      problems.some((one) => one.startsWith(`exceptions.yaml${problem}`)),
      problems.join('\n'),
    );
  });
}

test('an exception covers a finding in which all that it names holds, the line that findings suggest too, and no other', async (context) => {
  const rule = builtinRules.find(({ metadata }) => metadata.id === 'TRC-2');
  const sight = rule?.sights.find(({ id }) => id === 'traceme');
  assert.ok(rule && sight);
  const event = recordedEvent({
    event: 'ptrace',
    fields: { comm: 'gdb', uid: 7, host_pid: 9, executable_links: 1, executable_uid: 3 },
    executable: { bytes: '/usr/bin/gdb' },
    ancestors: [{ hostPid: 5, pid: 5, startTime: 1n, comm: 'make' }],
    args: { request: 0, pid: 3 },
  });
  const finding: Finding = { summary: '', facts: [], rule: rule.metadata, sight, event, data: { fd: 0 } };
  const covers = async (entry: string): Promise<boolean> => {
    const directory = rulesDirectory(context, { 'exceptions.yaml': exceptions(entry) });
    const { exceptions: loaded, problems } = await load(directory);
    assert.deepEqual(
      problems.filter(({ isWarning }) => isWarning !== true),
      [],
    );
    return loaded.some((one) => isExcusedBy(finding, one));
  };
  const id = `rule: ${rule.metadata.id}`;
  for (const entry of [
    `{ ${id}, executable: /usr/bin/gdb }`,
    `{ ${id}, sight: ${sight.id}, executable: /usr/bin/gdb, owner: 3, uid: 7, parent: make, reason: known }`,
    `{ ${id}, data: { fd: [0, 1] } }`,
    exceptionLine(narrowestException(finding) ?? assert.fail()),
    `{ ${id}, condition: "args.pid == 3 && event.uid == 7" }`,
  ]) {
    assert.ok(await covers(entry), entry);
  }
  for (const entry of [
    `{ ${id}, executable: /usr/bin/gdbx }`,
    `{ ${id}, executable: /usr/bin/gdb, uid: 8 }`,
    `{ ${id}, executable: /usr/bin/gdb, owner: 0 }`,
    `{ ${id}, data: { fd: 2 } }`,
    `{ ${id}, condition: 1 / args.pid == 0 && 1 / (args.pid - 3) == 0 }`,
    `{ ${id}, uid: 7, parent: sh }`,
    `{ ${id}, condition: args.pid == 4 }`,
    `{ ${id}, condition: args.addr == "0x0" }`,
  ]) {
    assert.ok(!(await covers(entry)), entry);
  }
});

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
