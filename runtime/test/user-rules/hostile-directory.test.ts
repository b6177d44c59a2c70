import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { problemToText } from '../../src/user-rules/problem.js';
import { rulesDirectory } from './directory-fixture.js';
import { load } from './load-fixture.js';

/* What somebody could put among rules to hang, fill or mislead the one who reads them. */

async function problemsWith(context: TestContext, put: (directory: string) => void): Promise<string[]> {
  const directory = rulesDirectory(context, { 'good.yaml': 'exceptions: []\n' });
  put(directory);
  const { problems } = await load(directory);
  return problems.map((problem) => problemToText(problem).replaceAll(`${directory}/`, ''));
}

test('a FIFO among rules is refused without waiting for a writer', { timeout: 20_000 }, async (context) => {
  const [problem, ...more] = await problemsWith(context, (directory) => {
    execFileSync('mkfifo', [join(directory, 'pipe.yaml')]);
  });
  assert.match(problem ?? '', /^pipe\.yaml.*is a FIFO/);
  assert.deepEqual(more, []);
});

test('a FIFO in place of the directory is refused', { timeout: 20_000 }, async (context) => {
  const pipe = join(rulesDirectory(context, {}), 'pipe');
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(load(pipe), { code: 'RULES_UNREADABLE' });
});

test('a file that nobody wrote by hand is refused by its size', async (context) => {
  const [problem] = await problemsWith(context, (directory) => {
    writeFileSync(join(directory, 'huge.yaml'), '');
    truncateSync(join(directory, 'huge.yaml'), 8 * 1024 ** 3);
  });
  assert.match(problem ?? '', /^huge\.yaml.*8589934592 bytes, the limit is 1048576/);
});

test('a link that leads out of the directory, and a directory called like a rule, are refused', async (context) => {
  const problems = await problemsWith(context, (directory) => {
    symlinkSync('/etc/passwd', join(directory, 'out.yaml'));
    mkdirSync(join(directory, 'nested.yaml'));
  });
  assert.match(problems.join('\n'), /out\.yaml.*leads out of the directory/);
  assert.match(problems.join('\n'), /nested\.yaml.*is a directory/);
});

test('more files than a person writes are refused', async (context) => {
  const directory = rulesDirectory(
    context,
    Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`r${index}.yaml`, 'exceptions: []\n'])),
  );
  await assert.rejects(load(directory), {
    code: 'RULES_UNREADABLE',
    message: /1001 files, 1000 are the limit/,
  });
});

test('names of prototypes in a rule are names that it does not have, and change nothing', async (context) => {
  const directory = rulesDirectory(context, {
    'a.yaml': '__proto__: { polluted: yes }\nexceptions: []\n',
    'b.yaml': 'constructor: { prototype: { polluted: yes } }\nexceptions: []\n',
    'c.yaml': 'exceptions: [{ rule: TRC-2, __proto__: { polluted: yes }, executable: /bin/x }]\n',
  });
  const { problems } = await load(directory);
  assert.deepEqual(
    new Set(problems.map(({ file }) => file.slice(directory.length + 1))),
    new Set(['a.yaml', 'b.yaml', 'c.yaml']),
  );
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

for (const condition of [
  'event.constructor != null',
  'event.__proto__ != null',
  'args.constructor("return 1")() == 1',
  'event.comm.constructor == "x"',
  'constructor == 1',
]) {
  test(`the condition ${condition} is refused`, async (context) => {
    const { problems } = await load(
      rulesDirectory(context, {
        'rule.yaml': `
id: ACME-1
name: x
description: x
severity: low
mitre: { tactic: Execution, technique: Unix Shell, id: T1059.004 }
events: [ptrace]
condition: ${JSON.stringify(condition)}
summary: x
`,
      }),
    );
    assert.equal(problems.filter(({ isWarning }) => isWarning !== true).length, 1, JSON.stringify(problems));
  });
}
