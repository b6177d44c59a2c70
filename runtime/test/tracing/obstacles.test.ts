import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { test } from 'node:test';
import type { HookKind } from '../../src/events/layout.js';
import { runningKernel, type Kernel } from '../../src/host/kernel.js';
import { Btf, LibbpfError, tracingTypes, tryTracing } from '../../src/libbpf/index.js';
import { Obstacles } from '../../src/tracing/obstacles.js';
import type { Attachment } from '../../src/tracing/rungs.js';

/* Reads the BTF of the running kernel. */

const complete: Kernel = { ...runningKernel(), hasBtf: true, hasKprobes: true };

/** One that every kernel has. */
const targets: Readonly<Record<HookKind, string>> = {
  ...{ tp_btf: 'sched_process_exec', raw_tracepoint: 'sched_process_exec' },
  ...{ trampoline: 'vfs_read', kprobe: 'vfs_read', lsm: 'bpf_lsm_file_open' },
};

function attachment(kind: HookKind, program: string, target = targets[kind]): Attachment {
  return { kind, program, target, isReturn: false, isOptional: false };
}

function obstaclesOn(kernel: Kernel, allowed?: readonly HookKind[]): Obstacles {
  return new Obstacles(kernel, new Set(['one', 'two']), allowed);
}

/** What stands in the way of every trampoline on the running kernel: some refuse them all. */
function refusalOfTrampolines(): string | undefined {
  using btf = Btf.kernel();
  const errno = tryTracing(tracingTypes.functionEntry, btf.functionId('vfs_read'));
  assert.ok(errno === 0 || errno === constants.errno.EPERM, `error ${errno}`);
  assert.equal(tryTracing(tracingTypes.tracepoint, btf.tracepointId('sched_process_exit')), 0);
  return errno === 0 ? undefined : 'the kernel refuses trampolines (EPERM)';
}

const verifierLog = `libbpf: prog 'one': BPF program load failed: Permission denied
libbpf: prog 'one': -- BEGIN PROG LOAD LOG --
R1 invalid mem access
-- END PROG LOAD LOG --`;

test('what the kernel lacks is known before anything is tried', () => {
  using obstacles = obstaclesOn({ ...complete, hasBtf: false, hasKprobes: false });
  assert.equal(obstacles.find(attachment('kprobe', 'one')), 'this kernel has no kprobes');
  assert.equal(obstacles.find(attachment('tp_btf', 'one')), 'this kernel has no BTF');
  assert.equal(obstacles.find(attachment('trampoline', 'one')), 'this kernel has no BTF');
  assert.equal(obstacles.find(attachment('raw_tracepoint', 'one')), undefined);
});

test('what the kernel has is no obstacle', () => {
  using obstacles = obstaclesOn(complete);
  for (const kind of ['kprobe', 'tp_btf', 'raw_tracepoint'] as const) {
    assert.equal(obstacles.find(attachment(kind, 'one')), undefined, kind);
  }
  assert.equal(obstacles.find(attachment('trampoline', 'one')), refusalOfTrampolines());
});

test('a trampoline needs its function in the BTF of the kernel', () => {
  using obstacles = obstaclesOn(complete);
  assert.equal(
    obstacles.find(attachment('trampoline', 'one', 'no_such_function')),
    "no_such_function is not in this kernel's BTF",
  );
});

test('a tracepoint is looked for in the BTF of the kernel, and tried where it has none', () => {
  using obstacles = obstaclesOn(complete);
  using unsure = obstaclesOn({ ...complete, hasBtf: false });
  const target = 'no_such_tracepoint';
  const reason = `this kernel has no tracepoint ${target}`;
  assert.equal(obstacles.find(attachment('tp_btf', 'one', target)), reason);
  assert.equal(obstacles.find(attachment('raw_tracepoint', 'one', target)), reason);
  // A function of that name is none.
  assert.match(obstacles.find(attachment('tp_btf', 'one', 'vfs_read')) ?? '', /no tracepoint vfs_read/);
  assert.equal(unsure.find(attachment('raw_tracepoint', 'one', target)), undefined);
});

test('the BTF of the kernel is asked once for a name of a kind', (context) => {
  const lookup = context.mock.method(Btf.prototype, 'hasTracepoint');
  using obstacles = obstaclesOn(complete);
  for (const name of ['module_load', 'sched_process_exec', 'module_load'])
    obstacles.find(attachment('tp_btf', 'one', name));
  obstacles.find(attachment('raw_tracepoint', 'two', 'module_load'));
  assert.deepEqual(
    lookup.mock.calls.map((call) => call.arguments),
    [['sched_process_exit'], ['module_load'], ['sched_process_exec']],
  );
});

test('an LSM program needs bpf among the active security modules', () => {
  const path = '/sys/kernel/security/lsm';
  const isActive = existsSync(path) && readFileSync(path, 'utf8').trim().split(',').includes('bpf');
  using obstacles = obstaclesOn(complete);
  assert.equal(
    obstacles.find(attachment('lsm', 'one')),
    isActive ? undefined : 'bpf is not among the active security modules',
  );
});

test('a verdict of the verifier rules out that program on that function only', () => {
  using obstacles = obstaclesOn(complete);
  const failed = attachment('trampoline', 'one');
  obstacles.learnFromLoad(new LibbpfError('bpf_object__load', constants.errno.EACCES, verifierLog), failed);
  const reason = `loading one for ${failed.target} failed, the verifier says: R1 invalid mem access`;
  assert.equal(obstacles.find(failed), reason);
  // Another slot on the same function meets the same, the same slot on another function need not.
  assert.equal(obstacles.find({ ...failed, program: 'two' }), reason);
  assert.equal(obstacles.find(attachment('trampoline', 'one', 'vfs_write')), refusalOfTrampolines());
});

test('a verdict on a kprobe rules its program out on all functions', () => {
  using obstacles = obstaclesOn(complete);
  const failed = attachment('kprobe', 'one');
  obstacles.learnFromLoad(new LibbpfError('bpf_object__load', constants.errno.EACCES, verifierLog), failed);
  assert.match(obstacles.find(attachment('kprobe', 'one', 'vfs_write')) ?? '', /R1 invalid mem access/);
});

test('a refusal without a verdict rules out every program of the kind', () => {
  using obstacles = obstaclesOn(complete);
  obstacles.learnFromLoad(
    new LibbpfError('bpf_object__load', constants.errno.EPERM),
    attachment('trampoline', 'one'),
  );
  assert.equal(obstacles.find(attachment('trampoline', 'two')), 'the kernel refuses trampolines (EPERM)');
  assert.equal(obstacles.find(attachment('tp_btf', 'two')), undefined);
  obstacles.learnFromLoad(
    new LibbpfError('bpf_object__load', constants.errno.ENOTSUP),
    attachment('lsm', 'one'),
  );
  assert.match(obstacles.find(attachment('lsm', 'two')) ?? '', /^the kernel refuses LSM programs/);
});

test('a hook that the BTF of the kernel does not have rules out that one only', () => {
  using obstacles = obstaclesOn(complete, ['lsm']);
  const missing = attachment('lsm', 'one', 'bpf_lsm_path_truncate');
  obstacles.learnFromLoad(new LibbpfError('bpf_object__load', constants.errno.ESRCH), missing);
  assert.match(obstacles.find(missing) ?? '', /ESRCH/);
  assert.equal(obstacles.find(attachment('lsm', 'two')), undefined);
});

test('a failure to attach rules out that program on that target only', () => {
  using obstacles = obstaclesOn(complete);
  const failed = attachment('kprobe', 'one', 'vfs_read');
  obstacles.learnFromAttach(new LibbpfError('bpf_program__attach_kprobe', constants.errno.ENOENT), failed);
  assert.equal(obstacles.find(failed), 'attaching to vfs_read failed: ENOENT');
  assert.equal(obstacles.find(attachment('kprobe', 'one', 'vfs_write')), undefined);
});

test('a hook that attached and stays silent is ruled out, and only there', () => {
  using obstacles = obstaclesOn(complete);
  const silent = attachment('kprobe', 'one', 'vfs_read');
  obstacles.learnFromSilence(silent);
  assert.equal(obstacles.find(silent), 'attached to vfs_read, but not firing');
  assert.equal(obstacles.find(attachment('kprobe', 'one', 'vfs_write')), undefined);
});

test('a program that the object does not have cannot serve', () => {
  using obstacles = obstaclesOn(complete);
  assert.equal(obstacles.find(attachment('kprobe', 'three')), 'the object has no program three');
});

test('kinds that the user did not allow are not used, and LSM programs are tried where they are', () => {
  using obstacles = obstaclesOn(complete, ['raw_tracepoint', 'lsm']);
  assert.equal(obstacles.find(attachment('raw_tracepoint', 'one')), undefined);
  assert.equal(obstacles.find(attachment('lsm', 'one')), undefined);
  assert.equal(obstacles.find(attachment('kprobe', 'one')), 'not among the kinds that --hooks allows');
});
