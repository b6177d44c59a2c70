import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue, findEvent } from '../../src/events/catalogue/index.js';
import { programs, syscallEntrySlots, syscallExitSlots } from '../../src/events/programs.js';
import type { EventDefinition, SyscallDefinition } from '../../src/events/types.js';
import type { HookKind } from '../../src/events/layout.js';
import type { Architecture } from '../../src/artifact/manifest.js';
import { rungsOfHook, rungsOfSyscalls, type Attachment } from '../../src/tracing/rungs.js';

const ptrace = requireEvent('ptrace');
const execve = requireEvent('execve');

function requireEvent(name: string): EventDefinition {
  const event = findEvent(name);
  assert.ok(event !== undefined, name);
  return event;
}

/** A syscall event that is not in the catalogue. */
function syscall(name: string, more: Partial<SyscallDefinition> = {}): EventDefinition {
  const entry = [[1, `sys_${name}`]] as const;
  const entries = { x86_64: entry, i386: entry, arm64: entry, arm: entry };
  return { id: 1, name, sets: [], source: 'user', arguments: [], syscall: { entries, ...more } };
}

function attachmentsOn(
  kind: HookKind,
  events: readonly EventDefinition[],
  arch: Architecture,
): readonly Attachment[] {
  const rung = rungsOfSyscalls(events, arch).find((one) => one.kind === kind);
  assert.ok(rung !== undefined && 'attachments' in rung, kind);
  return rung.attachments;
}

function reasonOf(events: readonly EventDefinition[]): string | undefined {
  const [rung] = rungsOfSyscalls(events, 'x86_64');
  assert.equal(rung?.kind, 'trampoline');
  return 'reason' in rung ? rung.reason : undefined;
}

test('on x86-64 a syscall is hooked in its 64-bit function and, where there is one, its 32-bit function', () => {
  assert.deepEqual(attachmentsOn('trampoline', [ptrace], 'x86_64'), [
    {
      kind: 'trampoline',
      program: 'fexit__syscall_0',
      target: '__x64_sys_ptrace',
      isReturn: false,
      isOptional: false,
    },
    {
      kind: 'trampoline',
      program: 'fexit__syscall_1',
      target: '__ia32_compat_sys_ptrace',
      isReturn: false,
      isOptional: true,
    },
  ]);
  assert.equal(attachmentsOn('trampoline', [syscall('getpid')], 'x86_64')[1]?.target, '__ia32_sys_getpid');
});

test('on arm64 the functions have their own names, and 32-bit calls share what has no entry of its own', () => {
  const targets = (event: EventDefinition): string[] =>
    attachmentsOn('trampoline', [event], 'aarch64').map(({ target }) => target);
  assert.deepEqual(targets(ptrace), ['__arm64_sys_ptrace', '__arm64_compat_sys_ptrace']);
  assert.deepEqual(targets(syscall('getpid')), ['__arm64_sys_getpid']);
});

test('a call whose arguments are gone when it returns is hooked at its entry too', () => {
  const pairs = (kind: HookKind): string[] =>
    attachmentsOn(kind, [execve], 'x86_64').map(
      (one) => `${one.program} ${one.target}${one.isReturn ? ' return' : ''}`,
    );
  assert.deepEqual(pairs('trampoline'), [
    'fentry__syscall_0 __x64_sys_execve',
    'fentry__syscall_1 __ia32_compat_sys_execve',
    'fexit__syscall_0 __x64_sys_execve',
    'fexit__syscall_1 __ia32_compat_sys_execve',
  ]);
  assert.deepEqual(pairs('kprobe'), [
    'kprobe__syscall __x64_sys_execve',
    'kprobe__syscall __ia32_compat_sys_execve',
    'kretprobe__syscall __x64_sys_execve return',
    'kretprobe__syscall __ia32_compat_sys_execve return',
  ]);
  assert.deepEqual(pairs('tp_btf'), ['tp_btf__sys_enter sys_enter', 'tp_btf__sys_exit sys_exit']);
});

test('other calls need no program at their entry', () => {
  for (const kind of ['tp_btf', 'raw_tracepoint'] as const) {
    assert.deepEqual(
      attachmentsOn(kind, [ptrace], 'x86_64').map(({ target }) => target),
      ['sys_exit'],
    );
  }
});

test('more syscalls than there are slots rule the trampoline out with the number', () => {
  const calls = Array.from({ length: syscallExitSlots / 2 + 1 }, (_, index) => syscall(`call_${index}`));
  assert.equal(reasonOf(calls.slice(1)), undefined);
  assert.match(
    reasonOf(calls) ?? '',
    /^42 functions to return from and 0 to enter are more than its 40 and 4 slots$/,
  );
});

test('more calls read on entry than there are entry slots rule the trampoline out', () => {
  const calls = Array.from({ length: syscallEntrySlots / 2 + 1 }, (_, index) =>
    syscall(`call_${index}`, { isReadOnEntry: true }),
  );
  assert.equal(reasonOf(calls.slice(1)), undefined);
  assert.notEqual(reasonOf(calls), undefined);
});

test('more syscalls than are hooked one by one have kprobes ruled out; tracepoints serve any number', () => {
  const calls = Array.from({ length: 61 }, (_, index) => syscall(`call_${index}`));
  assert.equal(attachmentsOn('kprobe', calls.slice(1), 'x86_64').length, 120);
  const kprobe = rungsOfSyscalls(calls, 'x86_64')[1];
  assert.ok(kprobe !== undefined && 'reason' in kprobe);
  assert.equal(
    kprobe.reason,
    '122 functions to return from are more than the 120 that are hooked one by one',
  );
  assert.equal(attachmentsOn('raw_tracepoint', calls, 'x86_64').length, 1);
});

test('a call that the kernel has no function for any more is seen by tracepoints alone', () => {
  const gone = requireEvent('sysctl');
  assert.equal(reasonOf([ptrace, gone]), 'no function serves sysctl');
  assert.equal(attachmentsOn('raw_tracepoint', [ptrace, gone], 'x86_64').length, 1);
});

test('every program that a rung asks for is in the object, and of the kind of the rung', () => {
  const kinds = new Map(programs.map((program) => [program.name, program.kind]));
  const rungs = (['x86_64', 'aarch64'] as const).flatMap((arch) => [
    ...rungsOfSyscalls(
      catalogue.filter((event) => event.syscall !== undefined),
      arch,
    ),
    ...catalogue.filter((event) => event.syscall === undefined).flatMap(rungsOfHook),
  ]);
  for (const rung of rungs) {
    if (!('attachments' in rung)) {
      assert.match(rung.reason, /^no function serves /);
      continue;
    }
    for (const { program, kind } of rung.attachments) {
      assert.equal(kinds.get(program), kind, program);
      assert.equal(rung.kind, kind);
    }
  }
});

test('a tracepoint event has two rungs and a security event three', () => {
  assert.deepEqual(
    rungsOfHook(requireEvent('sched_process_fork')).map(({ kind, attachments }) => [
      kind,
      attachments[0]?.target,
    ]),
    [
      ['tp_btf', 'sched_process_fork'],
      ['raw_tracepoint', 'sched_process_fork'],
    ],
  );
  assert.deepEqual(
    rungsOfHook(requireEvent('security_bprm_check')).map(({ kind, attachments }) => [
      kind,
      attachments[0]?.target,
    ]),
    [
      ['trampoline', 'security_bprm_check'],
      ['kprobe', 'security_bprm_check'],
      ['lsm', 'bpf_lsm_bprm_check_security'],
    ],
  );
});

test('a syscall has no hooks of its own', () => {
  assert.throws(() => rungsOfHook(ptrace), { name: 'RangeError', message: 'ptrace has no hooks' });
});
