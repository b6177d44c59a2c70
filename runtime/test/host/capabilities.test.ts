import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  effectiveCapabilities,
  missingCapabilities,
  requireCapabilities,
} from '../../src/host/capabilities.js';

const sysAdmin = 1n << 21n;
const sysResource = 1n << 24n;
const perfmon = 1n << 38n;
const bpf = 1n << 39n;

test('the effective capabilities are read, and not the permitted or inherited ones', () => {
  const status = [
    'Name:\tnode',
    'CapInh:\t0000000000000001',
    'CapPrm:\t000001ffffffffff',
    'CapEff:\t000000c000000000',
    'CapBnd:\t000001ffffffffff',
  ].join('\n');
  assert.equal(effectiveCapabilities(status), perfmon | bpf);
});

test('a status without the line gives none', () => {
  assert.equal(effectiveCapabilities('Name:\tnode\n'), 0n);
  assert.equal(effectiveCapabilities('Name:\tx CapEff:\tffff\n'), 0n);
});

test('of this process they are what the kernel says', () => {
  assert.equal(typeof effectiveCapabilities(), 'bigint');
  if (process.getuid?.() === 0) assert.notEqual(effectiveCapabilities(), 0n);
});

test('before 5.8 only CAP_SYS_ADMIN serves', () => {
  for (const kernel of ['4.18.0-80.el8', '5.4.0-150-generic', '5.7.19']) {
    assert.deepEqual(missingCapabilities(kernel, bpf | perfmon | sysResource), ['CAP_SYS_ADMIN'], kernel);
    assert.deepEqual(missingCapabilities(kernel, sysAdmin), [], kernel);
  }
});

test('from 5.8 to 5.10 memory for maps needs CAP_SYS_RESOURCE', () => {
  for (const kernel of ['5.8', '5.10.0-28-amd64']) {
    assert.deepEqual(missingCapabilities(kernel, bpf | perfmon), ['CAP_SYS_RESOURCE'], kernel);
    assert.deepEqual(missingCapabilities(kernel, bpf | perfmon | sysResource), [], kernel);
    assert.deepEqual(missingCapabilities(kernel, 0n), ['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_RESOURCE'], kernel);
  }
});

test('from 5.11 CAP_BPF and CAP_PERFMON are enough, and CAP_SYS_ADMIN stands for both', () => {
  for (const kernel of ['5.11', '6.1.0-56-amd64', '6.18.44-fc-v669']) {
    assert.deepEqual(missingCapabilities(kernel, bpf | perfmon), [], kernel);
    assert.deepEqual(missingCapabilities(kernel, bpf), ['CAP_PERFMON'], kernel);
    assert.deepEqual(missingCapabilities(kernel, perfmon), ['CAP_BPF'], kernel);
    assert.deepEqual(missingCapabilities(kernel, sysAdmin), [], kernel);
  }
});

test('what is missing is refused by name, with how to give it', () => {
  assert.throws(() => requireCapabilities('6.1.0', 0n), {
    code: 'PRIVILEGES_MISSING',
    status: 4,
    message: 'tracing needs CAP_BPF and CAP_PERFMON, which this process lacks',
    hint: 'run as root (sudo tracee …), or in a container with --cap-add BPF --cap-add PERFMON',
  });
  assert.throws(() => requireCapabilities('5.4.0', bpf), {
    message: 'tracing needs CAP_SYS_ADMIN, which this process lacks',
    hint: /--cap-add SYS_ADMIN$/,
  });
  assert.doesNotThrow(() => requireCapabilities('6.1.0', bpf | perfmon));
});
