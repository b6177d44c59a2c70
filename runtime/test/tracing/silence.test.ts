import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findEvent } from '../../src/events/catalogue/index.js';
import type { EventDefinition } from '../../src/events/types.js';
import { programs } from '../../src/events/programs.js';
import { runningKernel, type Kernel } from '../../src/host/kernel.js';
import { standingsIn } from '../../src/tracing/choice.js';
import { Obstacles } from '../../src/tracing/obstacles.js';
import { makePlan, type PlannedEvent } from '../../src/tracing/plan.js';
import { avoidSilence } from '../../src/tracing/silence.js';

const kernel: Kernel = { ...runningKernel(), arch: 'x86_64', hasBtf: false, hasKprobes: true };

function eventsOf(...names: string[]): EventDefinition[] {
  return names.map((name) => {
    const event = findEvent(name);
    assert.ok(event !== undefined, name);
    return event;
  });
}

/** What is planned for these events on a kernel with kprobes and raw tracepoints, and what stands in the way. */
function planOf(...names: string[]): { obstacles: Obstacles; plan: () => readonly PlannedEvent[] } {
  const obstacles = new Obstacles(kernel, new Set(programs.map(({ name }) => name)));
  return { obstacles, plan: () => makePlan(eventsOf(...names), kernel.arch, obstacles.find) };
}

test('an event with another hook moves there', () => {
  const { obstacles, plan } = planOf('ptrace');
  assert.equal(plan()[0]?.kind, 'kprobe');
  assert.deepEqual(avoidSilence(plan(), kernel.arch, obstacles), []);
  assert.equal(plan()[0]?.kind, 'raw_tracepoint');
  assert.match(
    plan()[0]?.passedOver.find(({ kind }) => kind === 'kprobe')?.reason ?? '',
    /attached to \S+, but not firing/,
  );
});

test('an event without another hook keeps the one that is silent', () => {
  const { obstacles, plan } = planOf('security_ptrace_traceme');
  assert.deepEqual(avoidSilence(plan(), kernel.arch, obstacles), eventsOf('security_ptrace_traceme'));
  assert.equal(plan()[0]?.kind, 'kprobe');
});

test('an event that falls back to system calls does not blame their hooks', () => {
  const { obstacles, plan } = planOf('security_kernel_load_data');
  avoidSilence(plan(), kernel.arch, obstacles);
  const [carried] = plan();
  assert.ok(carried?.carriers !== undefined);
  assert.deepEqual(avoidSilence([carried], kernel.arch, obstacles), eventsOf('security_kernel_load_data'));
  assert.deepEqual(plan(), [carried]);
});

test('standings tell served, silent and unserved events apart, with the reasons', () => {
  const { plan } = planOf('security_ptrace_traceme', 'ptrace');
  const [memWrite, ptrace, other] = eventsOf('security_ptrace_traceme', 'ptrace', 'execve');
  assert.ok(memWrite !== undefined && ptrace !== undefined && other !== undefined);
  const standingOf = standingsIn(plan(), new Set([memWrite]));
  assert.deepEqual(standingOf(memWrite), {
    is: 'silent',
    reason: 'its kprobe hook is attached, but not firing',
  });
  assert.deepEqual(standingOf(ptrace), { is: 'served' });
  assert.equal(standingOf(other).is, 'unserved');
  using nothing = new Obstacles(kernel, new Set());
  const bare = standingsIn(makePlan([memWrite], kernel.arch, nothing.find), new Set());
  assert.deepEqual(bare(memWrite), {
    is: 'unserved',
    reason:
      'trampoline: the object has no program fentry__security_ptrace_traceme; kprobe: the object has no program kprobe__security_ptrace_traceme; lsm: the object has no program lsm__ptrace_traceme',
  });
});
