import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  capAddWords,
  effectiveCapabilities,
  hasCapability,
  maskOf,
  parseCapabilities,
} from '../../src/host/capabilities.js';

test('each set of a status is read from its own line', () => {
  const status = [
    'Name:\tCapEff: ffff',
    'CapInh:\t0000000000000001',
    'CapPrm:\t000001ffffffffff',
    'CapEff:\t000000c000000000',
    'CapBnd:\t000001fffffffffe',
    'CapAmb:\t0000000000000002',
  ].join('\n');
  assert.deepEqual(parseCapabilities(status), {
    inheritable: 1n,
    permitted: 0x1ff_ffff_ffffn,
    effective: maskOf(['CAP_PERFMON', 'CAP_BPF']),
    bounding: 0x1ff_ffff_fffen,
    ambient: 2n,
  });
});

test('a status without the lines gives none', () => {
  assert.equal(parseCapabilities('Name:\tnode\n').effective, 0n);
});

test('of this process they are what the kernel says', () => {
  if (process.getuid?.() === 0) assert.notEqual(effectiveCapabilities(), 0n);
  else assert.ok(!hasCapability(effectiveCapabilities(), 'CAP_SYS_ADMIN'));
});

test('capabilities are named as engines of containers want them', () => {
  assert.equal(capAddWords(['CAP_BPF', 'CAP_SYS_PTRACE']), '--cap-add BPF --cap-add SYS_PTRACE');
});
