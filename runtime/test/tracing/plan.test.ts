import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HookKind } from '../../src/events/layout.js';
import { findEvent } from '../../src/events/catalogue/index.js';
import type { EventDefinition } from '../../src/events/types.js';
import { attachmentsOf, makePlan, type Obstacle, type PlannedEvent } from '../../src/tracing/plan.js';

function events(...names: string[]): EventDefinition[] {
  return names.map((name) => {
    const event = findEvent(name);
    assert.ok(event !== undefined, name);
    return event;
  });
}

/** A kernel that refuses these kinds of hooks. */
const without =
  (...kinds: HookKind[]): Obstacle =>
  ({ kind }) =>
    kinds.includes(kind) ? `no ${kind} here` : undefined;

const noObstacle: Obstacle = () => undefined;

function only(plan: readonly PlannedEvent[]): PlannedEvent {
  const [planned, ...others] = plan;
  assert.ok(planned !== undefined);
  assert.equal(others.length, 0);
  return planned;
}

test('where nothing stands in the way each event takes its best hook', () => {
  const plan = makePlan(events('ptrace', 'sched_process_exec', 'security_file_open'), 'x86_64', noObstacle);
  assert.deepEqual(
    plan.map(({ event, kind, passedOver }) => [event.name, kind, passedOver]),
    [
      ['ptrace', 'trampoline', []],
      ['sched_process_exec', 'tp_btf', []],
      ['security_file_open', 'trampoline', []],
    ],
  );
});

test('the ladder is climbed down one rung at a time, with the reason for each', () => {
  const ladder = ['trampoline', 'kprobe', 'tp_btf', 'raw_tracepoint'] as const;
  for (const [height, kind] of ladder.entries()) {
    const refused = ladder.slice(0, height);
    const planned = only(makePlan(events('ptrace'), 'x86_64', without(...refused)));
    assert.equal(planned.kind, kind);
    assert.deepEqual(
      planned.passedOver,
      refused.map((one) => ({ kind: one, reason: `no ${one} here` })),
    );
  }
});

test('a security event falls from the trampoline over the kprobe to the LSM program', () => {
  const kindOn = (...refused: HookKind[]): HookKind | undefined =>
    only(makePlan(events('security_bprm_check'), 'x86_64', without(...refused))).kind;
  assert.equal(kindOn(), 'trampoline');
  assert.equal(kindOn('trampoline'), 'kprobe');
  assert.equal(kindOn('trampoline', 'kprobe'), 'lsm');
});

test('an event that no hook can serve stays in the plan with every reason', () => {
  const planned = only(
    makePlan(events('security_bprm_check'), 'x86_64', without('trampoline', 'kprobe', 'lsm')),
  );
  assert.equal(planned.kind, undefined);
  assert.deepEqual(planned.attachments, []);
  assert.deepEqual(
    planned.passedOver.map(({ reason }) => reason),
    ['no trampoline here', 'no kprobe here', 'no lsm here'],
  );
});

test('one unavailable event does not take the others down', () => {
  const plan = makePlan(
    events('security_bprm_check', 'sched_process_exit'),
    'x86_64',
    without('trampoline', 'kprobe', 'lsm'),
  );
  assert.deepEqual(
    plan.map(({ kind }) => kind),
    [undefined, 'tp_btf'],
  );
});

test('an optional attachment that meets an obstacle is dropped and the rung stays', () => {
  const no32Bit: Obstacle = ({ target }) =>
    target.startsWith('__ia32_') ? `${target} is missing` : undefined;
  const planned = only(makePlan(events('ptrace'), 'x86_64', no32Bit));
  assert.equal(planned.kind, 'trampoline');
  assert.deepEqual(
    planned.attachments.map(({ target }) => target),
    ['__x64_sys_ptrace'],
  );
  assert.deepEqual(planned.passedOver, []);
});

test('an attachment that is needed takes the whole rung with it', () => {
  const noEntry: Obstacle = ({ target }) => (target === '__x64_sys_execve' ? 'inlined' : undefined);
  const plan = makePlan(events('ptrace', 'execve'), 'x86_64', noEntry);
  for (const planned of plan) {
    assert.equal(planned.kind, 'tp_btf');
    assert.deepEqual(planned.passedOver, [
      { kind: 'trampoline', reason: 'inlined' },
      { kind: 'kprobe', reason: 'inlined' },
    ]);
  }
});

test('a syscall that a trampoline cannot serve stands on a kprobe, and the others keep theirs', () => {
  const noExecveat: Obstacle = ({ target, kind }) =>
    kind === 'trampoline' && target === '__x64_sys_execveat' ? 'not here' : undefined;
  const plan = makePlan(events('execve', 'ptrace', 'execveat'), 'x86_64', noExecveat);
  assert.deepEqual(
    plan.map(({ kind }) => kind),
    ['trampoline', 'trampoline', 'kprobe'],
  );
  const programs = attachmentsOf(plan).map(({ program, target }) => `${program} ${target}`);
  assert.equal(new Set(programs).size, programs.length);
});

test('on tracepoints stand all syscalls or none, so that no call is reported twice', () => {
  const onlyPtraceHasFunctions: Obstacle = ({ target, kind }) =>
    (kind === 'trampoline' || kind === 'kprobe') && target.includes('execve') ? 'not here' : undefined;
  const plan = makePlan(events('execve', 'ptrace', 'execveat'), 'x86_64', onlyPtraceHasFunctions);
  assert.deepEqual([...new Set(plan.map(({ kind }) => kind))], ['tp_btf']);
});

test('an event names the hooks that serve it, out of those of all syscalls', () => {
  const targetsOf = (obstacle: Obstacle): string[][] =>
    makePlan(events('execve', 'ptrace', 'execveat'), 'x86_64', obstacle).map(({ attachments }) => [
      ...new Set(attachments.map(({ target }) => target)),
    ]);
  assert.deepEqual(targetsOf(noObstacle), [
    ['__x64_sys_execve', '__ia32_compat_sys_execve'],
    ['__x64_sys_ptrace', '__ia32_compat_sys_ptrace'],
    ['__x64_sys_execveat', '__ia32_compat_sys_execveat'],
  ]);
  assert.deepEqual(targetsOf(without('trampoline', 'kprobe')), [
    ['sys_enter', 'sys_exit'],
    ['sys_exit'],
    ['sys_enter', 'sys_exit'],
  ]);
});

test('attachments that events share are attached once', () => {
  const plan = makePlan(
    events('execve', 'ptrace', 'sched_process_exit'),
    'x86_64',
    without('trampoline', 'kprobe'),
  );
  assert.deepEqual(
    attachmentsOf(plan).map(({ program }) => program),
    ['tp_btf__sys_enter', 'tp_btf__sys_exit', 'tp_btf__sched_process_exit'],
  );
  assert.deepEqual(attachmentsOf([]), []);
});

test('without events there is nothing to plan', () => {
  assert.deepEqual(makePlan([], 'x86_64', noObstacle), []);
});

test('an event whose function cannot be hooked is carried by the system calls that lead to it', () => {
  const refused = without('trampoline', 'kprobe', 'lsm');
  const planned = only(makePlan(events('security_file_open'), 'x86_64', refused));
  assert.equal(planned.kind, 'tp_btf');
  assert.deepEqual(
    planned.attachments.map(({ target }) => target),
    ['sys_exit'],
  );
  assert.deepEqual(
    planned.carriers?.map(({ name }) => name),
    ['open', 'openat', 'openat2', 'creat', 'open_by_handle_at'],
  );
  assert.equal(only(makePlan(events('security_file_open'), 'x86_64', noObstacle)).carriers, undefined);
});

test('carriers beside a tracepoint are taken wherever they can be, on the best hook for system calls', () => {
  const planned = only(makePlan(events('stdio_socket'), 'x86_64', noObstacle));
  assert.equal(planned.kind, 'tp_btf');
  const targets = new Set(planned.attachments.map(({ target }) => target));
  assert.ok(targets.has('sched_process_exec'));
  assert.ok(targets.has('__x64_sys_dup2'));
  assert.ok(!targets.has('sys_exit'));
});

test('an architecture without a call is not carried by it', () => {
  const refused = without('trampoline', 'kprobe', 'lsm');
  const planned = only(makePlan(events('security_file_open'), 'aarch64', refused));
  assert.deepEqual(
    planned.carriers?.map(({ name }) => name),
    ['openat', 'openat2', 'open_by_handle_at'],
  );
});
