import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrowestException } from '../../src/detection/exception.js';
import type { Finding } from '../../src/detection/rule.js';
import { exceptionLine } from '../../src/output/exception-line.js';
import { builtinRules } from '../../src/signatures/index.js';
import { isExcusedBy } from '../../src/user-rules/exception.js';
import { recordedEvent } from '../events/record-encoder.js';
import { rulesDirectory } from './directory-fixture.js';
import { load, problemsOf } from './load-fixture.js';

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
