import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import {
  argument,
  expectedHook,
  expectedHookOf,
  parseLines,
  root,
  runTracee,
  shared,
  startTracee,
  type JsonEvent,
} from './harness.js';
import { Stage } from './stage.js';

interface PlannedHook {
  event: string;
  hook: string | null;
  passedOver: { kind: string; reason: string }[];
}

/** Kernels differ in how they serve these two, and some cannot. */
const securityEvents = ['security_file_open', 'security_bprm_check'];
const events = [
  ...['execve', 'execveat', 'sched_process_fork', 'sched_process_exec', 'sched_process_exit'],
  ...securityEvents,
];

const plan = shared(async () => {
  const names = ['sched_process_exec', ...securityEvents];
  const outcome = runTracee(['trace', '--plan', '--output', 'json', '--trace', `event=${names.join(',')}`]);
  assert.equal(outcome.status, 0, outcome.stderr);
  return (JSON.parse(outcome.stdout) as { events: PlannedHook[] }).events;
});

/** Longer than what the kernel keeps of other names. */
const longDirectory = '/tmp/tracee-e2e-directory-with-a-name-of-more-than-fifty-bytes';
const longName = 'a-file-whose-name-is-longer-than-thirty-two-bytes';

/** One session of tracing in which everything happens that the tests below ask about. */
const session = shared(async () => {
  const shell = spawn('/bin/sh');
  const stage = new Stage(shell);
  const { child, ended } = await startTracee([
    ...['trace', '--output', 'json', '--trace', `event=${events.join(',')}`],
    ...['--trace', `tree=${await stage.pid()}`],
  ]);
  /* Whole paths, since busybox runs its own commands without looking for a file. */
  const listing = await stage.run('/bin/ls / "an argument" 2>/dev/null; exit 3');
  const failing = await stage.run('/no/such/program 2>/dev/null; true');
  const reading = await stage.run('read -r line < /etc/passwd; /bin/cat /proc/self/status');
  const long = await stage.run(`
    d=${longDirectory}-$$; /bin/mkdir $d && echo line > $d/${longName} && read -r line < $d/${longName}
    status=$?; /bin/rm -r $d; exit $status`);
  /* Three of them are more than a record holds, one is less. */
  const wordy = await stage.run(`
    word=$(printf '%03000d' 0)
    /no/such/wordy "$word" "$word" "$word" 2>/dev/null
    /bin/true "$word" "$word" "$word" && /bin/true "$word"`);
  const execveat = await stage.run(`exec ${root}dist/attacks/exec-execveat`);
  const untouched = await stage.run(`exec ${root}dist/attacks/exec-untouched`);
  child.kill('SIGTERM');
  const outcome = await ended;
  stage.leave();
  return {
    listing,
    failing,
    reading,
    long,
    wordy,
    execveat,
    untouched,
    outcome,
    seen: parseLines<JsonEvent>(outcome.stdout),
  };
});

const named = (seen: readonly JsonEvent[], name: string): JsonEvent[] =>
  seen.filter((event) => event.eventName === name);

const hasArgument = (event: JsonEvent): boolean =>
  (argument(event, 'argv') as string[] | null)?.includes('an argument') === true;

test('the plan names a hook for each event, or the reasons why there is none', async () => {
  for (const { event, hook, passedOver } of await plan()) {
    if (hook === null) assert.ok(passedOver.length > 0, `${event} is unavailable without a reason`);
  }
});

if (expectedHook !== undefined) {
  test(`the hooks that serve are ${expectedHook}s, and tp_btf for tracepoints`, async () => {
    for (const { event, hook } of await plan()) assert.equal(hook, expectedHookOf(event), event);
    const { seen } = await session();
    for (const { eventName, hook } of seen) assert.equal(hook, expectedHookOf(eventName), eventName);
    assert.deepEqual([...new Set(seen.map(({ eventName }) => eventName))].sort(), events.toSorted());
  });
}

test('a command is seen from execve to exit, with its arguments', async () => {
  const { listing, seen } = await session();
  assert.equal(listing.status, 3);
  const [exec, ...more] = named(seen, 'execve').filter(hasArgument);
  assert.ok(exec, JSON.stringify(seen));
  assert.deepEqual(more, []);
  assert.equal(exec.returnValue, 0);
  assert.equal(argument(exec, 'pathname'), '/bin/ls');
  assert.deepEqual(argument(exec, 'argv'), ['/bin/ls', '/', 'an argument']);
  const started = named(seen, 'sched_process_exec').find((event) => event.processId === exec.processId);
  assert.ok(started);
  assert.equal(argument(started, 'cmdpath'), '/bin/ls');
  assert.deepEqual(argument(started, 'argv'), ['/bin/ls', '/', 'an argument']);
  const born = named(seen, 'sched_process_fork').find(
    (event) => argument(event, 'child_pid') === exec.processId,
  );
  assert.equal(born?.processId, listing.pid);
  const exits = named(seen, 'sched_process_exit');
  assert.ok(exits.some((event) => event.processId === exec.processId));
  const exit = exits.find((event) => event.processId === listing.pid);
  assert.equal(argument(exit as JsonEvent, 'exit_code'), 3 << 8);
});

test('a program that is not there is an execve that fails', async () => {
  const { failing, seen } = await session();
  assert.equal(failing.status, 0);
  const failed = named(seen, 'execve').filter((event) => argument(event, 'pathname') === '/no/such/program');
  assert.deepEqual(
    failed.map(({ returnValue }) => returnValue),
    [-2],
  );
});

test('arguments of a program that a record has no room for are marked as cut, others are not', async () => {
  const { wordy, seen } = await session();
  assert.equal(wordy.status, 0);
  const vectors = named(seen, 'execve').flatMap((event) => {
    const { value, cut } = event.args.find(({ name }) => name === 'argv') ?? {};
    const words = Array.isArray(value) ? (value as string[]) : [];
    return words[1]?.startsWith('0000') === true ? [{ path: argument(event, 'pathname'), words, cut }] : [];
  });
  assert.deepEqual(
    vectors.map(({ path, words, cut }) => [path, words[1]?.length, cut !== undefined]),
    [
      ['/no/such/wordy', 3000, true],
      ['/bin/true', 3000, true],
      ['/bin/true', 3000, false],
    ],
  );
});

test('execveat is seen with its arguments, and the program that it starts', async () => {
  const { execveat, seen } = await session();
  assert.equal(execveat.status, 0);
  const own = seen.filter((event) => event.processId === execveat.pid);
  const [call, ...more] = named(own, 'execveat');
  assert.ok(call, JSON.stringify(own));
  assert.deepEqual(more, []);
  assert.equal(call.returnValue, 0);
  assert.equal(argument(call, 'dirfd'), -100);
  assert.equal(argument(call, 'pathname'), '/bin/true');
  assert.deepEqual(argument(call, 'argv'), ['true', 'an argument']);
  assert.ok(
    named(own, 'sched_process_exec').some((event) => argument(event, 'cmdpath') === '/bin/true'),
    JSON.stringify(own),
  );
});

test('arguments in memory that was never touched are those that the kernel gave the new program', async () => {
  const { untouched, seen } = await session();
  assert.equal(untouched.status, 0);
  const call = named(seen, 'execve').find(
    (event) => event.processId === untouched.pid && event.processName === 'exec-untouched',
  );
  assert.ok(call, JSON.stringify(seen.filter((event) => event.processId === untouched.pid)));
  assert.equal(argument(call, 'pathname'), '/bin/true');
  assert.deepEqual(argument(call, 'argv'), ['true', 'never touched']);
});

test('execveat alone is traced too, although a new program looks as if execve had started it', () => {
  const outcome = runTracee([
    ...['trace', '--output', 'json', '--trace', 'event=execveat'],
    ...['--', `${root}dist/attacks/exec-execveat`],
  ]);
  assert.equal(outcome.status, 0, outcome.stderr);
  const [call, ...more] = parseLines<JsonEvent>(outcome.stdout);
  assert.deepEqual(more, []);
  assert.equal(call?.eventName, 'execveat');
  assert.equal(argument(call, 'pathname'), '/bin/true');
  assert.match(outcome.stderr, /1 event \(execveat 1\), 1 delivered, 0 lost/);
});

test('opened files have their whole path, on every kind of hook', async () => {
  const { reading, long, seen } = await session();
  assert.deepEqual([reading.status, long.status], [0, 0]);
  const opened = named(seen, 'security_file_open').map((event) => String(argument(event, 'pathname')));
  assert.ok(opened.includes('/etc/passwd'), JSON.stringify(opened));
  assert.ok(
    opened.some((path) => /^\/proc\/\d+\/status$/.test(path)),
    JSON.stringify(opened),
  );
  const whole = new RegExp(`^${longDirectory}-\\d+/${longName}$`);
  assert.ok(
    opened.some((path) => whole.test(path)),
    JSON.stringify(opened),
  );
});

test('started programs are checked under their whole path, where this kernel has a hook for that', async (context) => {
  const planned = (await plan()).find(({ event }) => event === 'security_bprm_check');
  const { outcome, seen } = await session();
  if (planned?.hook === null) {
    context.diagnostic(`not here: ${JSON.stringify(planned.passedOver)}`);
    assert.match(outcome.stderr, /security_bprm_check is unavailable here/);
    return;
  }
  const checked = named(seen, 'security_bprm_check').map((event) => String(argument(event, 'pathname')));
  assert.ok(checked.length > 0);
  assert.ok(
    checked.every((path) => path.startsWith('/')),
    JSON.stringify(checked),
  );
});

test('SIGTERM ends tracing with status 0, and what was printed is what was counted', async () => {
  const { outcome, seen } = await session();
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.ok(
    outcome.stderr.includes(`${seen.length} delivered, 0 lost`),
    `${seen.length} printed: ${outcome.stderr}`,
  );
});
