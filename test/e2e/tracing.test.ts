import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argument, parseLines, run, tracee, type JsonEvent } from './harness.js';

interface PlannedHook {
  event: string;
  hook: string | null;
  passedOver: { kind: string; reason: string }[];
}

const events = [
  'execve',
  'sched_process_fork',
  'sched_process_exec',
  'sched_process_exit',
  'security_file_open',
  'security_bprm_check',
].join(',');

function planOf(names: string): PlannedHook[] {
  const outcome = run(tracee, ['trace', '--plan', '--output', 'json', '--trace', `event=${names}`]);
  assert.equal(outcome.status, 0, outcome.stderr);
  return (JSON.parse(outcome.stdout) as { events: PlannedHook[] }).events;
}

function trace(command: readonly string[]): JsonEvent[] {
  const outcome = run(tracee, ['trace', '--output', 'json', '--trace', `event=${events}`, '--', ...command]);
  assert.equal(outcome.status, 0, outcome.stderr);
  return parseLines<JsonEvent>(outcome.stdout);
}

test('the plan names a hook for each event, or the reasons why there is none', () => {
  for (const { event, hook, passedOver } of planOf(events)) {
    if (hook === null) assert.ok(passedOver.length > 0, `${event} is unavailable without a reason`);
  }
});

test(
  'a wanted kind of hook is the one that serves the security events',
  {
    skip:
      process.env['EXPECT_HOOK'] === undefined &&
      'EXPECT_HOOK names no kind: nothing is promised of this kernel',
  },
  () => {
    const wanted = process.env['EXPECT_HOOK'];
    for (const { event, hook } of planOf('ptrace,execve,security_file_open,security_bprm_check')) {
      assert.equal(hook, wanted, event);
    }
  },
);

test('a command is seen from execve to exit, with its arguments', () => {
  const seen = trace(['/bin/sh', '-c', 'ls / "an argument" > /dev/null 2>&1; exit 3']);
  const named = (name: string): JsonEvent[] => seen.filter((event) => event.eventName === name);
  const exec = named('execve').find((event) => (argument(event, 'argv') as string[]).includes('an argument'));
  assert.equal(exec?.returnValue, 0);
  assert.deepEqual(argument(exec, 'argv'), ['ls', '/', 'an argument']);
  const started = named('sched_process_exec').find((event) =>
    (argument(event, 'argv') as string[]).includes('an argument'),
  );
  assert.equal(argument(started as JsonEvent, 'cmdpath'), argument(exec, 'pathname'));
  assert.ok(named('sched_process_fork').some((event) => argument(event, 'child_pid') === exec?.processId));
  const exits = named('sched_process_exit');
  assert.ok(exits.some((event) => event.processId === exec?.processId));
  assert.ok(
    exits.some((event) => argument(event, 'exit_code') === 3 << 8),
    JSON.stringify(exits),
  );
});

test('a program that is not there is an execve that fails', () => {
  const failed = trace(['/bin/sh', '-c', '/no/such/program; true']).find(
    (event) => event.eventName === 'execve' && argument(event, 'pathname') === '/no/such/program',
  );
  assert.equal(failed?.returnValue, -2);
});

test('opened files have their whole path, where this kernel has a hook for them', (context) => {
  const planned = planOf('execve,security_file_open').find(({ event }) => event === 'security_file_open');
  if (planned?.hook === null) {
    context.diagnostic(`not here: ${JSON.stringify(planned.passedOver)}`);
    assert.match(
      run(tracee, ['trace', '--trace', `event=${events}`, '--', '/bin/true']).stderr,
      /security_file_open is unavailable here/,
    );
    return;
  }
  const seen = trace(['/bin/sh', '-c', 'read -r line < /etc/passwd; cat /proc/self/status > /dev/null']);
  const opened = seen
    .filter((event) => event.eventName === 'security_file_open')
    .map((event) => String(argument(event, 'pathname')));
  assert.ok(opened.includes('/etc/passwd'), JSON.stringify(opened));
  assert.ok(
    opened.some((path) => /^\/proc\/\d+\/status$/.test(path)),
    JSON.stringify(opened),
  );
  const checked = seen.filter((event) => event.eventName === 'security_bprm_check');
  assert.ok(checked.length > 0);
  assert.ok(checked.every((event) => String(argument(event, 'pathname')).startsWith('/')));
});

test('the table has a head and one line per event', () => {
  const outcome = run(tracee, ['trace', '--trace', 'event=execve', '--', '/bin/true']);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.match(
    outcome.stdout,
    /^TIME\(s\) +UID +COMM +PID +TID +RET +EVENT +ARGS\n[\d.]+ +\d+ +\S+ +\d+ +\d+ +-?\d+ +execve +pathname: /,
  );
});
