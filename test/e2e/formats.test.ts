import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { run, runTracee, tracee, traceeEbpf, traceeRules, type JsonEvent, type Outcome } from './harness.js';

function scratch(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-formats-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

const script = 'exec /bin/cat /etc/hostname /nonexistent >/dev/null 2>&1';

/** A program that opens a file that is there and one that is not, traced as `output` says. */
function traced(output: readonly string[], wanted = 'event=execve,openat'): Outcome {
  const options = output.flatMap((one) => ['--output', one]);
  return runTracee(['trace', '--trace', wanted, ...options, '--', '/bin/sh', '-c', script]);
}

function events(text: string): (JsonEvent & Record<string, unknown>)[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonEvent & Record<string, unknown>);
}

const valueOf = (event: JsonEvent | undefined, name: string): unknown =>
  event?.args.find((argument) => argument.name === name)?.value;

test('the verbose table has its columns, and an error its name', () => {
  const { stdout, stderr } = traced(['table-verbose']);
  assert.match(
    stdout,
    /^TIME\(s\) +UTS_NAME +CONTAINER_ID +MNT_NS +PID_NS +UID +COMM +PID\/host +TID\/host +PPID\/host +RET +EVENT +ARGS\n/,
    stderr,
  );
  assert.match(stdout, / \d+\/\d+ +\d+\/\d+ +\d+\/\d+ +0 +execve +pathname: \/bin\/cat/);
  assert.match(
    stdout,
    / -2 \(ENOENT\) +openat +dirfd: AT_FDCWD, pathname: \/nonexistent, flags: O_RDONLY(?:\|O_LARGEFILE)?, mode: 0\n/,
  );
});

test('JSON has words, and with option:raw numbers, which mean the same', () => {
  const told = events(traced(['json']).stdout).find(
    (event) => valueOf(event, 'pathname') === '/etc/hostname',
  );
  const raw = events(traced(['json', 'option:raw']).stdout).find(
    (event) => valueOf(event, 'pathname') === '/etc/hostname',
  );
  assert.equal(valueOf(told, 'dirfd'), 'AT_FDCWD');
  assert.equal(valueOf(raw, 'dirfd'), -100);
  assert.match(String(valueOf(told, 'flags')), /^O_RDONLY/);
  assert.equal(typeof valueOf(raw, 'flags'), 'number');
});

test('an out-file gets the events, an err-file the messages, and stdout and stderr nothing', (context) => {
  const directory = scratch(context);
  const [out, err] = [join(directory, 'a/events.json'), join(directory, 'messages')];
  const outcome = traced(['json', `out-file:${out}`, `err-file:${err}`]);
  assert.deepEqual([outcome.status, outcome.stderr], [0, '']);
  assert.doesNotMatch(outcome.stdout, /timestamp/);
  assert.ok(events(readFileSync(out, 'utf8')).some(({ eventName }) => eventName === 'execve'));
  assert.match(readFileSync(err, 'utf8'), /delivered, 0 lost/);
  assert.equal(statSync(out).mode & 0o777, 0o640);
});

test('what cannot be written ends with a message and status 1', () => {
  const outcome = traced(['json', 'out-file:/dev/full']);
  assert.equal(outcome.status, 1);
  assert.match(outcome.stderr, /\/dev\/full cannot be written: ENOSPC/);
});

test('none prints counts alone', () => {
  const { stdout, stderr, status } = traced(['none']);
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stdout, /execve/);
  assert.match(stderr, /execve 2\b.*delivered/);
});

test('a template of the original prints each event with its arguments', (context) => {
  const template = join(scratch(context), 'template');
  writeFileSync(
    template,
    '{{if eq .EventName "execve"}}{{.ProcessName}} {{range .Args}}{{.Name}}:{{.Value}};{{end}}{{"\\n"}}{{end}}',
  );
  const { stdout, stderr } = traced([`gotemplate=${template}`]);
  assert.match(
    stdout,
    /^\S+ pathname:\/bin\/cat;argv:\[\/bin\/cat \/etc\/hostname \/nonexistent\];$/m,
    stderr,
  );
});

test('events that a template cannot print are counted, and the reason is told once', (context) => {
  const template = join(scratch(context), 'template');
  writeFileSync(template, '{{(index .Args 2).Name}} {{.EventName}}{{"\\n"}}');
  const { stdout, stderr, status } = traced([`gotemplate=${template}`]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^flags openat$/m);
  assert.doesNotMatch(stdout, /execve/);
  assert.equal(stderr.match(/template:1: index: 2 is out of range/g)?.length, 1, stderr);
  assert.match(stderr, /2 events are not printed: the template could not be filled with them/);
});

test('the environment is there with option:exec-env, and only then', () => {
  const execve = (output: string[]): JsonEvent | undefined =>
    events(traced(output, 'event=execve').stdout).find(({ eventName }) => eventName === 'execve');
  const environment = valueOf(execve(['json', 'option:exec-env']), 'envp');
  assert.ok(Array.isArray(environment) && environment.some((one) => String(one).startsWith('PATH=')));
  assert.equal(valueOf(execve(['json']), 'envp'), undefined);
});

test('relative and wall time stand beside the time since boot', () => {
  const [relative] = events(traced(['json', 'option:relative-time']).stdout);
  const [wall] = events(traced(['json', 'option:wall-time']).stdout);
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  assert.ok(Number(relative?.['relativeTime']) > 0 && Number(relative?.['relativeTime']) < uptime);
  assert.ok(Number(relative?.['timestamp']) > Number(relative?.['relativeTime']));
  assert.match(String(wall?.['wallTime']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
});

test('sorted events are in the order of their times', () => {
  const many = 'for i in 1 2 3 4 5 6 7 8; do cat /dev/null & done; wait';
  const { stdout, stderr } = runTracee([
    ...['trace', '--trace', 'event=execve,openat,close', '-o', 'json', '-o', 'option:sort-events'],
    ...['--', '/bin/sh', '-c', many],
  ]);
  const times = events(stdout).map((event) => Number(event['timestamp']));
  assert.ok(times.length > 50, stderr);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test('what --output wrote to a file is replayed, with words, with numbers and with all that may be added', (context) => {
  const file = join(scratch(context), 'events.json');
  for (const options of [[], ['option:raw'], ['option:wall-time', 'option:exec-env', 'option:sort-events']]) {
    const outcome = traced(['json', `out-file:${file}`, ...options], 'set=default');
    assert.equal(outcome.status, 0, outcome.stderr);
    const lines = events(readFileSync(file, 'utf8')).length;
    const replayed = run(traceeRules, ['--no-integrations', '--input-tracee', `file:${file}`]);
    assert.equal(replayed.status, 0, replayed.stderr);
    assert.match(replayed.stderr, new RegExp(`${lines} lines: ${lines} events`));
  }
});

test('help of --output and --trace is on stdout, of both programs, and needs no privileges', () => {
  for (const words of [[tracee, 'trace'], [traceeEbpf]] as const) {
    const [program, ...rest] = words;
    const output = run(program, [...rest, '--output', 'help']);
    assert.deepEqual([output.status, output.stderr], [0, '']);
    assert.match(output.stdout, /table-verbose[^]*option:NAME[^]*sort-events/);
    assert.match(run(program, [...rest, '--trace', 'help']).stdout, /^What to trace/);
  }
});
