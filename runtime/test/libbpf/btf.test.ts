import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Btf, kernelBtfPath } from '../../src/libbpf/index.js';
import { checkHeader } from '../compiler.js';

/* Reads the BTF of the running kernel, which has to have one. */

test('functions, structures and tracepoints of the kernel are found by name and kind', () => {
  using btf = Btf.kernel();
  assert.equal(btf.hasFunction('vfs_read'), true);
  assert.equal(btf.hasFunction('no_such_function'), false);
  assert.equal(btf.hasFunction('task_struct'), false);
  assert.equal(btf.hasStruct('task_struct'), true);
  assert.equal(btf.hasStruct('vfs_read'), false);
  assert.equal(btf.hasTracepoint('sched_process_exec'), true);
  assert.equal(btf.hasTracepoint('vfs_read'), false);
});

test('names of enumerations stand for their numbers', () => {
  using btf = Btf.kernel();
  assert.equal(btf.enumValue('pid_type', 'PIDTYPE_PID'), 0);
  assert.equal(btf.enumValue('pid_type', 'PIDTYPE_TGID'), 1);
  assert.equal(btf.enumValue('pid_type', 'PIDTYPE_NONE'), undefined);
  assert.equal(btf.enumValue('task_struct', 'pid'), undefined);
  assert.ok((btf.enumValue('cgroup_subsys_id', 'pids_cgrp_id') ?? -1) > 0);
});

test('the header of all types compiles, and its accesses are relocatable', () => {
  using btf = Btf.parseFile(kernelBtfPath);
  const header = btf.dumpHeader();
  const use = 'int pid_of(struct task_struct *task) { return task->pid + task->real_parent->tgid; }';
  const { isAccepted, stderr } = checkHeader(`${header}\n${use}`);
  assert.ok(isAccepted, stderr);
  assert.match(header, /preserve_access_index/);
});

test('a BTF that was closed refuses to be read, and closing twice is harmless', () => {
  const btf = Btf.kernel();
  btf[Symbol.dispose]();
  btf[Symbol.dispose]();
  const closed = { name: 'RangeError', message: 'this BTF is closed' };
  assert.throws(() => btf.hasFunction('vfs_read'), closed);
  assert.throws(() => btf.hasStruct('task_struct'), closed);
  assert.throws(() => btf.dumpHeader(), closed);
});

test('a file that is missing is refused with its name and number', () => {
  assert.throws(() => Btf.parseFile('/no/such/file'), {
    code: 'LIBBPF_FAILED',
    errnoName: 'ENOENT',
    message: /^btf__parse \(\/no\/such\/file\) failed: ENOENT/,
  });
});
