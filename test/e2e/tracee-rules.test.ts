import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  parseLines,
  root,
  run,
  runTracee,
  shared,
  startTracee,
  traceeRules,
  type JsonEvent,
  type JsonFinding,
  type Outcome,
} from './harness.js';
import { Stage } from './stage.js';

const directory = mkdtempSync(join(tmpdir(), 'tracee-replay-e2e-'));
after(() => {
  rmSync(directory, { recursive: true });
});

/** What every rule here looks at, with a rule of the user's that needs the ancestors. */
const rules = join(directory, 'shell.yaml');
writeFileSync(
  rules,
  `
id: ACME-1
name: A child of the stage
description: A shell has a child that executes a program
severity: low
mitre: { tactic: Execution, technique: Unix Shell, id: T1059.004 }
events: [ptrace, sched_process_exec]
condition: event.ancestors.exists(a, a.comm == "sh") && event.executableFile.uid == 0
summary: "{event.name} of {event.executable}"
data: { executable: event.executable }
`,
);
const script = `${root}dist/attacks/ad-traceme; /bin/true`;
const events = 'event=ptrace,sched_process_exec';

/** The same act seen live and recorded at once, then replayed. */
const session = shared(async () => {
  const log = join(directory, 'log.json');
  const flags = ['--output', 'json', '--rules-dir', rules, '--record', log, '--trace', events];
  const { child, ended } = await startTracee([...flags, '--', '/bin/sh']);
  const stage = new Stage(child);
  await stage.run(script);
  child.kill('SIGINT');
  const live = await ended;
  const replayed = run(traceeRules, ['--input-tracee', `file:${log}`, '--rules-dir', rules, '--json']);
  return { log, live, replayed };
});

/**
 * In the order of time: live, findings come in the order of the buffers. When they were told, and how long had
 * been looked at by then, differs.
 */
function findingsOf({ stdout }: Outcome): JsonFinding[] {
  return parseLines<JsonFinding & { kind: string; event: { timestamp: number } }>(stdout)
    .filter(({ kind }) => kind === 'finding')
    .toSorted((a, b) => a.event.timestamp - b.event.timestamp)
    .map((finding) => ({ ...finding, time: '', lostInWindow: {} }));
}

test('replayed events give the findings that were given live, with ancestors and program files', async () => {
  const { live, replayed } = await session();
  assert.equal(live.status, 0, live.stderr);
  assert.equal(replayed.status, 0, replayed.stderr);
  const found = findingsOf(live);
  assert.ok(found.some(({ rule }) => rule.id === 'TRC-2'));
  assert.ok(found.some(({ rule }) => rule.id === 'ACME-1'));
  assert.deepEqual(findingsOf(replayed), found);
});

test('tracing of one command, piped, gives the findings of detection in that command', () => {
  const traced = runTracee([
    'trace',
    '--explain',
    '--output',
    'json',
    '--trace',
    'event=ptrace',
    '--',
    '/bin/sh',
    '-c',
    script,
  ]);
  assert.equal(traced.status, 0, traced.stderr);
  const replayed = run(traceeRules, [
    '--json',
    '--rules',
    'TRC-2',
    '--input-tracee',
    `file:${save(traced.stdout)}`,
  ]);
  const live = runTracee(['--json', '--rules', 'TRC-2', '--', '/bin/sh', '-c', script]);
  assert.deepEqual(replayed.status, 0, replayed.stderr);
  assert.deepEqual(findingsOf(replayed).map(essence), findingsOf(live).map(essence));
  assert.equal(findingsOf(replayed).length, 1);
});

/** Events of a few programs, of kinds that rules look at and of others. */
function trace(...flags: string[]): Outcome {
  const outcome = runTracee([
    ...['trace', '--json', '--trace', 'event=ptrace,sched_process_exec,sched_process_exit', ...flags],
    ...['--', '/bin/sh', '-c', script],
  ]);
  assert.equal(outcome.status, 0, outcome.stderr);
  return outcome;
}

const isExplained = (event: JsonEvent): boolean => 'executableFile' in event && 'ancestors' in event;

test('--explain records the program file and the ancestors of all events, and nothing else does', () => {
  const explained = parseLines<JsonEvent>(trace('--explain').stdout);
  assert.ok(explained.some(({ executable }) => executable?.endsWith('/true') === true));
  assert.ok(explained.every(isExplained));
  const plain = parseLines<JsonEvent>(trace().stdout);
  assert.ok(plain.some(({ eventName }) => eventName === 'ptrace'));
  assert.ok(!plain.some(isExplained));
});

test('a recording without program files is told of, with what records them', () => {
  const told = (...flags: string[]): string => {
    const replayed = run(traceeRules, ['--input-tracee', `file:${save(trace(...flags).stdout)}`]);
    assert.equal(replayed.status, 0, replayed.stderr);
    return replayed.stderr;
  };
  assert.match(told(), /: [1-9]\d* events tell no program file, .*; record with tracee trace --explain\n$/);
  assert.doesNotMatch(told('--explain'), /tell no program file/);
});

function save(text: string): string {
  const path = join(directory, 'traced.json');
  writeFileSync(path, text);
  return path;
}

/** What two runs of one program have in common. */
function essence({ rule, event, ancestors }: JsonFinding): object {
  return {
    rule,
    event: [event.eventName, event.processName, event.executable, event.args],
    ancestors: ancestors.slice(0, 1).map(({ comm }) => comm),
  };
}

test('a producer that is killed in the middle of a line is told, with what came before', async () => {
  const { log } = await session();
  const lines = readFileSync(log, 'utf8');
  const dying = `head -c ${lines.length - 10} ${log}; kill -9 $$`;
  const producer = spawn('/bin/sh', ['-c', dying]);
  const rulesProgram = spawn(process.execPath, [traceeRules, '--rules', 'TRC-2'], {
    stdio: [producer.stdout, 'pipe', 'pipe'],
  });
  let stderr = '';
  rulesProgram.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
  const [status] = (await once(rulesProgram, 'close')) as [number | null];
  assert.equal(status, 1);
  assert.match(stderr, /the input ends within it: its producer died/);
});

test('the programs find each other in a shell, as the manual has it', () => {
  const program = (path: string): string => `'${process.execPath}' '${path}'`;
  const tracee = `${root}runtime/dist/cli/main.js`;
  const extra = process.env['TRACEE_TEST_ARGS'] ?? '';
  const pipe = `${program(tracee)} trace ${extra} --explain --trace event=ptrace --output json -- ${root}dist/attacks/ad-traceme | ${program(traceeRules)} --rules TRC-2`;
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', pipe], {
    encoding: 'utf8',
    timeout: 300_000,
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^HIGH TRC-2 Anti-Debugging: ad-traceme\[\d+\] asked to be traced/);
});
