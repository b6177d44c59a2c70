import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { expectedHook, parseLines, root, shared, startTracee, type JsonFinding } from './harness.js';
import { Stage } from './stage.js';

const attack = (name: string): string => `${root}dist/attacks/${name}`;
const isX86 = process.arch === 'x64';

/** One session of detection in which everything happens that the tests below ask about. */
const session = shared(async () => {
  const { child, ended } = await startTracee(['--output', 'json', '--', '/bin/sh']);
  const stage = new Stage(child);
  const shell = await stage.pid();
  const plain = await stage.run(`exec ${attack('ad-traceme')}`);
  const compat = isX86 ? await stage.run(`exec ${attack('ad-traceme-int80')}`) : undefined;
  const benign = await stage.run('true; ls /; cat /proc/self/status');
  const outside = spawnSync(attack('ad-traceme'));
  child.kill('SIGINT');
  const outcome = await ended;
  const findings = parseLines<JsonFinding>(outcome.stdout);
  return { traceePid: child.pid, shell, plain, compat, benign, outside, outcome, findings };
});

function findingsOf(pid: number | undefined, findings: readonly JsonFinding[]): JsonFinding[] {
  return findings.filter((finding) => finding.event.processId === pid);
}

test('a program that asks to be traced causes exactly one TRC-2 finding with its pid, name and ancestry', async () => {
  const { traceePid, shell, plain, findings } = await session();
  assert.equal(plain.status, 0);
  const [finding, ...more] = findingsOf(plain.pid, findings);
  assert.ok(finding, JSON.stringify(findings));
  assert.deepEqual(more, []);
  assert.equal(finding.rule.id, 'TRC-2');
  assert.equal(finding.event.processName, 'ad-traceme');
  assert.equal(finding.event.executable, attack('ad-traceme'));
  assert.equal(finding.event.returnValue, 0);
  assert.equal(finding.lostEvents, 0);
  if (expectedHook !== undefined) assert.equal(finding.event.hook, expectedHook);
  /* The attack's parent is the shell on the stage, whose parent is tracee, whose parent is this test. */
  const [itself, ...parents] = finding.ancestors;
  const above = itself?.hostPid === plain.pid ? parents : finding.ancestors;
  assert.deepEqual(
    above.slice(0, 3).map(({ hostPid }) => hostPid),
    [shell, traceePid, process.pid],
  );
  assert.equal(above[1]?.comm, 'node');
});

if (isX86) {
  test('the same call through the 32-bit interface is found and named as such', async () => {
    const { compat, findings } = await session();
    assert.equal(compat?.status, 0, 'this kernel lets no program call its 32-bit interface');
    const [finding, ...more] = findingsOf(compat.pid, findings);
    assert.ok(finding, JSON.stringify(findings));
    assert.deepEqual(more, []);
    assert.equal(finding.event.abi, '32-bit');
  });
}

test('an ordinary program causes no finding, nor does anything else that is no attack', async () => {
  const { plain, compat, benign, outside, findings } = await session();
  assert.equal(benign.status, 0);
  const attackers = new Set([plain.pid, compat?.pid, outside.pid]);
  assert.deepEqual(
    findings.filter(({ event }) => !attackers.has(event.processId)),
    [],
  );
});

test('an attack outside the scope is not reported', async () => {
  const { outside, findings } = await session();
  assert.equal(outside.status, 0);
  assert.deepEqual(findingsOf(outside.pid, findings), []);
});

test('SIGINT ends detection with status 0 and exact counts', async () => {
  const { outcome, findings } = await session();
  assert.equal(outcome.status, 0, outcome.stderr);
  const count = findings.length;
  assert.ok(count > 0);
  /* Rules look at more than they tell of: reading one's own status is ordinary for cat. */
  const told = /\b(\d+) detections? \(([^)]+)\), (\d+) delivered, 0 lost/.exec(outcome.stderr);
  assert.ok(told, outcome.stderr);
  const [, all, list = '', delivered] = told;
  const byEvent = new Map(list.split(', ').map((one) => one.split(' ') as [string, string]));
  assert.equal(byEvent.get('ptrace'), String(count), outcome.stderr);
  assert.equal(
    [...byEvent.values()].reduce((sum, one) => sum + Number(one), 0),
    Number(all),
  );
  assert.equal(delivered, all);
});
