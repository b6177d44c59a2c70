import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseLines, root, run, startTracee, tracee, type JsonFinding } from './harness.js';

const attack = (name: string): string => `${root}dist/attacks/${name}`;

/** Runs an attack through a shell that tells its process id, and gives what was found. */
function attackAndDetect(name: string): { pid: number; findings: JsonFinding[]; status: number | null } {
  const script = `echo "pid $$"; exec ${attack(name)}`;
  const outcome = run(tracee, ['--output', 'json', '--', '/bin/sh', '-c', script]);
  const pid = Number(/^pid (\d+)$/m.exec(outcome.stdout)?.[1]);
  assert.equal(outcome.status, 0, outcome.stderr);
  return { pid, findings: parseLines<JsonFinding>(outcome.stdout), status: outcome.status };
}

test('a program that asks to be traced causes exactly one TRC-2 finding with its pid, name and ancestry', () => {
  const { pid, findings } = attackAndDetect('ad-traceme');
  assert.equal(findings.length, 1, JSON.stringify(findings));
  const [finding] = findings;
  assert.equal(finding?.rule.id, 'TRC-2');
  assert.equal(finding?.event.processId, pid);
  assert.equal(finding?.event.processName, 'ad-traceme');
  assert.equal(finding?.event.executable, attack('ad-traceme'));
  assert.equal(finding?.event.returnValue, 0);
  assert.equal(finding?.lostEvents, 0);
  /* The attack's parent is tracee itself, whose parent is this test. */
  const ancestors = finding?.ancestors ?? [];
  assert.equal(ancestors[0]?.comm, 'node');
  assert.equal(ancestors[1]?.hostPid, process.pid);
});

test(
  'the same call through the 32-bit interface is found and named as such',
  { skip: process.arch !== 'x64' && 'x86 only' },
  () => {
    const { pid, findings } = attackAndDetect('ad-traceme-int80');
    assert.equal(findings.length, 1, JSON.stringify(findings));
    assert.equal(findings[0]?.event.processId, pid);
    assert.equal(findings[0]?.event.abi, '32-bit');
  },
);

test('an ordinary program causes no finding', () => {
  const outcome = run(tracee, ['--output', 'json', '--', '/bin/sh', '-c', 'true; ls / > /dev/null']);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.deepEqual(parseLines(outcome.stdout), []);
});

test('an attack outside the scope is not reported', async () => {
  const running = await startTracee(['--output', 'json', '--scope', `pid=${process.ppid}`]);
  spawnSync(attack('ad-traceme'));
  running.signal('SIGINT');
  const { status, stdout } = await running.ended;
  assert.equal(status, 0);
  assert.equal(stdout, '');
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends detection with status 0 and exact counts`, async () => {
    const running = await startTracee(['--output', 'json', '--scope', `tree=${process.pid}`]);
    spawnSync(attack('ad-traceme'));
    running.signal(signal);
    const { status, stdout, stderr } = await running.ended;
    assert.equal(status, 0, stderr);
    assert.equal(parseLines<JsonFinding>(stdout).length, 1);
    assert.match(stderr, /1 detection \(ptrace 1\), 1 delivered, 0 lost/);
  });
}
