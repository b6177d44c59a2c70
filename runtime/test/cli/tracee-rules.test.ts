import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { builtinRules } from '../../src/signatures/index.js';
import { eventToJson } from '../../src/output/event-json.js';
import { recordedEvent, type RecordContent } from '../events/record-encoder.js';
import { rulesDirectory, yamlRule } from '../user-rules/directory-fixture.js';
import { runProgram, type Outcome } from './program.js';

const rules = (args: readonly string[], input?: string): Outcome => runProgram('tracee-rules', args, input);

const line = (request: number, more: Partial<RecordContent> = {}): string =>
  `${eventToJson(recordedEvent({ event: 'ptrace', fields: { comm: 'demo', host_pid: 7, ns_pid: 7 }, args: { request }, ...more }))}\n`;
const explained = { executable: { bytes: '/home/demo' } };
const traceMe = line(0, explained);
const attach = line(16, explained);

test('findings of recorded events are printed, and the status is 0 at the end of the input', () => {
  const outcome = rules(['--rules', 'TRC-2'], `${attach}${traceMe}${attach}`);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stdout, /^HIGH TRC-2 Anti-Debugging: demo\[7\] asked to be traced/);
  assert.match(outcome.stderr, /replaying \(TRC-2\) from stdin\n.*3 lines: 3 events; 1 findings\n$/);
});

/** No rule looks at it. */
const PTRACE_CONT = 7;

test('events without a program file are counted where rules look at them, with what records it', () => {
  const kernelThread = { ancestors: [{ hostPid: 2, pid: 2, startTime: 1n, comm: 'kthreadd' }] };
  const outcome = rules(
    ['--rules', 'TRC-2'],
    line(0) + line(PTRACE_CONT) + line(0, kernelThread) + traceMe + line(0),
  );
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(
    outcome.stderr,
    /5 lines: 5 events; .*\n.*: 2 events tell no program file, so that rules excuse no program of the system; record with tracee trace --explain\n$/,
  );
});

test('an input without events is read to its end too', () => {
  const outcome = rules(['--rules', 'TRC-2'], '\n');
  assert.deepEqual([outcome.status, outcome.stdout], [0, '']);
});

test('a file is read as stdin is, and findings are JSON where that is asked for', (context) => {
  const directory = rulesDirectory(context, { 'log:1.json': traceMe });
  const input = `file:${join(directory, 'log:1.json')}`;
  const outcome = rules([
    '--rules=TRC-2',
    '--input-tracee',
    input,
    '--input-tracee',
    'format:JSON',
    '--json',
  ]);
  assert.equal(outcome.status, 0, outcome.stderr);
  const finding = JSON.parse(outcome.stdout) as { rule: { id: string }; event: unknown };
  assert.equal(finding.rule.id, 'TRC-2');
  assert.deepEqual(finding.event, JSON.parse(traceMe));
});

test('a last line that is cut off tells that the producer died, with status 1', () => {
  const outcome = rules(['--rules', 'TRC-2'], traceMe + traceMe.slice(0, -20));
  assert.equal(outcome.status, 1);
  assert.match(outcome.stdout, /^HIGH TRC-2/);
  assert.match(outcome.stderr, /line 2 is no event: the input ends within it: its producer died/);
  assert.match(outcome.stderr, /2 lines: 1 events, 1 not understood; 1 findings/);
});

test('a last line that only lacks its end is an event', () => {
  const outcome = rules(['--rules', 'TRC-2'], traceMe.trimEnd());
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stderr, /1 lines: 1 events; 1 findings/);
});

test('lines that are no events are told by number and passed over, the first ten of them', () => {
  const outcome = rules(
    ['--rules', 'TRC-2'],
    `${'\u001b[31m\n'.repeat(30)}${'x'.repeat(2_000_000)}\n${traceMe}`,
  );
  assert.equal(outcome.status, 1);
  assert.match(outcome.stdout, /^HIGH TRC-2[\s\S]* lost +31 events in the last 0 s: others/);
  assert.equal(outcome.stderr.match(/is no event/g)?.length, 10);
  assert.match(outcome.stderr, /line 10 is no event/);
  assert.match(outcome.stderr, /32 lines: 1 events, 31 not understood; 1 findings/);
  assert.ok(!outcome.stderr.includes('\u001b'));
});

test('events that this version does not know are counted by name', () => {
  const other = traceMe.replace('"eventName":"ptrace"', '"eventName":"so\\u001b[31m"');
  const outcome = rules(['--rules', 'TRC-2'], other + other + traceMe);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stderr, /1 events, 2 not known here \(so\\x1b\[31m 2\); 1 findings/);
});

test('a finding that the template cannot print is told on stderr, with the reason, and the others are printed', (context) => {
  const text =
    '{{range .Context.Args}}{{if eq .Value "PTRACE_ATTACH"}}{{index $.Facts 99}}{{end}}{{end}}<{{.Sight}}>\n';
  const directory = rulesDirectory(context, { 'my.tmpl': text, 'attach.yaml': yamlRule() });
  const args = ['--rules', 'TRC-2,ACME-1', '--rules-dir', directory];
  const outcome = rules([...args, '--output-template', join(directory, 'my.tmpl')], attach + traceMe);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stdout, /^<[\w-]+>\n$/);
  assert.match(
    outcome.stderr,
    /tracee: warning: \S+my\.tmpl:1: index: 99 is out of range \(.*\)\ntracee: LOW ACME-1 The rule ACME-1: demo\[7\] attached\n/,
  );
});

test('rules and exceptions of a directory apply', (context) => {
  const directory = rulesDirectory(context, {
    'attach.yaml': yamlRule(),
    'exceptions.yaml': 'exceptions:\n  - { rule: TRC-2, uid: 0 }\n',
  });
  const outcome = rules(['--rules', 'TRC-2,ACME-1', '--rules-dir', directory], traceMe + attach);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stdout, /^LOW ACME-1 The rule ACME-1: demo\[7\] attached\n/);
  assert.match(outcome.stderr, /2 events; 1 findings, 1 held back by exceptions/);
});

test('the rules are listed as the original listed them, and the events that they look at', () => {
  const list = rules(['--list']);
  assert.equal(list.status, 0);
  assert.match(list.stdout, /^ID +NAME +VERSION DESCRIPTION\n/);
  for (const { metadata } of builtinRules) assert.match(list.stdout, new RegExp(`^${metadata.id} `, 'm'));
  assert.match(rules(['--list-events', '--rules', 'TRC-2']).stdout, /^(?:\w+,)*ptrace(?:,\w+)*\n$/);
});

test("one dash is enough for the original's options, as it was there", () => {
  const outcome = rules(['-rules', 'TRC-2', '-input-tracee=file:stdin'], traceMe);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(outcome.stdout, /^HIGH TRC-2/);
});

const refusals: [args: string[], message: RegExp][] = [
  [['--input-tracee', 'format:gob'], /gob, Go's own format, cannot be read\n.*--output json/],
  [['--input-tracee', 'format:xml'], /"xml" is no format of events/],
  [['--input-tracee', 'shmoo:hallo'], /"shmoo" is nothing that an input has/],
  [['--input-tracee', 'file:'], /"file:" is no input/],
  [['--input-tracee', ':'], /":" is no input/],
  [['--input-tracee', 'A'.repeat(140)], /is no input\n.*file:PATH or file:stdin/],
  [['--input-tracee', 'file:a', '--input-tracee', 'file:b'], /there are two inputs: a and b/],
  [['--input-tracee', 'file:/nonexistent'], /\/nonexistent cannot be read: ENOENT/],
  [['--output-template', '/nonexistent'], /the template \/nonexistent cannot be read/],
  [['--rego-aio'], /there is no --rego-aio\n.*CEL/],
  [['--rules', 'TRC-99'], /there is no rule "TRC-99"/],
  [['--rules-dir', '/nonexistent'], /rules cannot be read from \/nonexistent/],
  [['--ruels', 'x'], /Did you mean --rules/],
];
for (const [args, message] of refusals) {
  test(`${args.join(' ').slice(0, 60)} is refused with what mends it`, () => {
    const outcome = rules(args);
    assert.deepEqual([outcome.status, outcome.stdout], [2, '']);
    assert.match(outcome.stderr, message);
  });
}

test('Ctrl-C does not end the reading of a pipe before its producer has, SIGTERM does', async (context) => {
  const script = fileURLToPath(new URL('../../dist/cli/tracee-rules.js', import.meta.url));
  const start = async () => {
    const child = spawn(process.execPath, [script, '--rules', 'TRC-2', '--json']);
    context.after(() => child.kill('SIGKILL'));
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = once(child, 'close');
    child.stdin.write(traceMe);
    await once(child.stdout, 'data');
    return { child, ended: ended.then(([status]) => ({ status: status as number, stderr })) };
  };
  const interrupted = await start();
  interrupted.child.kill('SIGINT');
  interrupted.child.stdin.end(traceMe);
  const { status, stderr } = await interrupted.ended;
  assert.equal(status, 0);
  assert.match(stderr, /2 lines: 2 events/);
  const terminated = await start();
  terminated.child.kill('SIGTERM');
  const outcome = await terminated.ended;
  assert.equal(outcome.status, 0);
  assert.match(outcome.stderr, /1 lines: 1 events/);
});
