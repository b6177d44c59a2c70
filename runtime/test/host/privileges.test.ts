import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskOf, type Capability } from '../../src/host/capabilities.js';
import type { Limits } from '../../src/host/limits.js';
import { needs } from '../../src/host/needs.js';
import {
  capabilitiesToKeep,
  describeUnmet,
  missingCapabilities,
  needsOf,
  requireCapabilities,
} from '../../src/host/privileges.js';

/** Limits that ask for nothing by themselves. */
const free: Limits = { memlockBytes: Infinity, perfEventParanoid: 2, isInUserNamespace: false };
const tight: Limits = { ...free, memlockBytes: 65_536 };

const having = (capabilities: readonly Capability[], limits: Limits = free) => ({
  effective: maskOf(capabilities),
  limits,
});

test('before 5.8 only CAP_SYS_ADMIN serves', () => {
  for (const kernel of ['4.18.0-80.el8', '5.4.0-150-generic', '5.7.19']) {
    assert.deepEqual(
      missingCapabilities(kernel, having(['CAP_BPF', 'CAP_PERFMON'])),
      ['CAP_SYS_ADMIN'],
      kernel,
    );
    assert.deepEqual(missingCapabilities(kernel, having(['CAP_SYS_ADMIN'])), [], kernel);
  }
});

test('from 5.8 on CAP_BPF and CAP_PERFMON are enough, and CAP_SYS_ADMIN stands for both', () => {
  for (const kernel of ['5.8', '5.11', '6.1.0-56-amd64', '6.18.44-fc-v669']) {
    assert.deepEqual(missingCapabilities(kernel, having(['CAP_BPF', 'CAP_PERFMON'])), [], kernel);
    assert.deepEqual(missingCapabilities(kernel, having(['CAP_BPF'])), ['CAP_PERFMON'], kernel);
    assert.deepEqual(missingCapabilities(kernel, having(['CAP_PERFMON'])), ['CAP_BPF'], kernel);
    assert.deepEqual(missingCapabilities(kernel, having(['CAP_SYS_ADMIN'])), [], kernel);
  }
});

test('before 5.11 a low limit of locked memory needs CAP_SYS_RESOURCE, for which CAP_SYS_ADMIN does not stand', () => {
  for (const [kernel, capabilities] of [
    ['5.10.0-28-amd64', ['CAP_BPF', 'CAP_PERFMON']],
    ['5.10.0-28-amd64', ['CAP_SYS_ADMIN']],
  ] as const) {
    assert.deepEqual(missingCapabilities(kernel, having(capabilities, tight)), ['CAP_SYS_RESOURCE']);
    assert.deepEqual(missingCapabilities(kernel, having([...capabilities, 'CAP_SYS_RESOURCE'], tight)), []);
    assert.deepEqual(missingCapabilities(kernel, having(capabilities)), []);
  }
  assert.deepEqual(missingCapabilities('5.11', having(['CAP_BPF', 'CAP_PERFMON'], tight)), []);
});

test('what is missing is refused by name, with how to give it', () => {
  assert.throws(() => requireCapabilities('6.1.0', having([])), {
    code: 'PRIVILEGES_MISSING',
    status: 4,
    message: 'tracing needs CAP_BPF and CAP_PERFMON, which this process lacks',
    hint: 'run as root (sudo tracee …), or in a container with --cap-add BPF --cap-add PERFMON',
  });
  assert.throws(() => requireCapabilities('5.10.0', having(['CAP_BPF'], tight)), {
    message: 'tracing needs CAP_PERFMON and CAP_SYS_RESOURCE, which this process lacks',
    hint: /--cap-add PERFMON --cap-add SYS_RESOURCE; or --ulimit memlock=-1 in place of --cap-add SYS_RESOURCE$/,
  });
  assert.doesNotThrow(() => requireCapabilities('6.1.0', having(['CAP_BPF', 'CAP_PERFMON'])));
});

test('in a user namespace of its own a process has nothing that counts, and is told so', () => {
  const all = having(['CAP_SYS_ADMIN', 'CAP_BPF', 'CAP_PERFMON'], { ...free, isInUserNamespace: true });
  assert.throws(() => requireCapabilities('6.1.0', all), {
    code: 'PRIVILEGES_MISSING',
    message: /CAP_BPF and CAP_PERFMON of the host, and this process is in a user namespace/,
    hint: /--userns=host/,
  });
});

test('what stays dark without an optional capability is said by name', () => {
  const lines = describeUnmet('6.1.0', having(['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_PTRACE']));
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0] ?? '', /^without CAP_DAC_READ_SEARCH .*--cap-add DAC_READ_SEARCH$/);
});

test('what a distribution asks for perf events beyond Linux is wanted only where its setting says so', () => {
  const wanted = (perfEventParanoid: number): Capability[] =>
    needsOf('6.1.0', { ...free, perfEventParanoid }).map(({ capability }) => capability);
  assert.ok(wanted(3).includes('CAP_SYS_ADMIN'));
  assert.ok(!wanted(2).includes('CAP_SYS_ADMIN'));
  assert.deepEqual(missingCapabilities('6.1.0', having(['CAP_BPF', 'CAP_PERFMON'])), []);
});

test('only what goes on to be needed is kept, and CAP_KILL for a command that has to be ended', () => {
  const reading: Capability[] = ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH'];
  const all = { effective: 0x1ff_ffff_ffffn, limits: tight };
  assert.equal(capabilitiesToKeep('6.1.0', all, false), maskOf(reading));
  assert.equal(capabilitiesToKeep('6.1.0', all, true), maskOf([...reading, 'CAP_KILL']));
  assert.equal(capabilitiesToKeep('5.18.0', all, false), maskOf([...reading, 'CAP_BPF']));
  assert.equal(capabilitiesToKeep('5.4.0', all, false), maskOf([...reading, 'CAP_SYS_ADMIN']));
});

test('beside a command that has as much nothing is given up where that would change what the command may do', () => {
  const few = having(['CAP_BPF', 'CAP_PERFMON']);
  assert.equal(capabilitiesToKeep('6.1.0', few, true), few.effective);
  assert.equal(capabilitiesToKeep('6.1.0', few, false) & few.effective, 0n);
});

test('every need names its source, and what it is for', () => {
  for (const { capability, use, source } of needs) {
    assert.ok(use !== '' && source !== '', capability);
  }
});
