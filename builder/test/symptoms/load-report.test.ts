import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadReport } from 'tracee/load-check';
import { describeLoads } from '../../src/symptoms/load-report.js';

const report: LoadReport = {
  kernel: '6.1.0-50-cloud-amd64',
  arch: 'x86_64',
  programs: [
    {
      name: 'a',
      section: 'raw_tp/x',
      instructions: 12,
      outcome: 'loaded',
      verifiedInstructions: 80,
      ms: 3.4,
    },
    ...['b', 'c'].map((name) => ({
      ...{ name, section: 'fentry', instructions: 5, outcome: 'impossible' as const, ms: 1 },
      reason: 'this kernel refuses trampolines (EPERM)',
    })),
    {
      ...{ name: 'd', section: 'kprobe', instructions: 7, outcome: 'refused', ms: 2 },
      reason: "R1 invalid mem access 'scalar'",
      refusal: {
        reason: "R1 invalid mem access 'scalar'",
        instruction: '1: (61) r0 = *(u32 *)(r1 +0)',
        registers: 'R1=scalar()',
      },
    },
    {
      ...{ name: 'e', section: 'kprobe', instructions: 7, outcome: 'refused', ms: 2 },
      reason: 'something new',
    },
  ],
};

test('a report has a row for each program, and tells reasons with what helps', () => {
  assert.deepEqual(describeLoads(report).split('\n'), [
    'program  instructions  verified      ms  verdict',
    'a                  12        80       3  loaded',
    'b                   5         -       1  not possible here',
    'c                   5         -       1  not possible here',
    'd                   7         -       2  refused',
    'e                   7         -       2  refused',
    '',
    'not possible here: b, c',
    '  this kernel refuses trampolines (EPERM)',
    '',
    "refused: d: R1 invalid mem access 'scalar'",
    '  at       1: (61) r0 = *(u32 *)(r1 +0)',
    '  knowing  R1=scalar()',
    '  cause    what is no pointer to the verifier is read through',
    "  mend     read the kernel's memory with bpf_probe_read_kernel() or BPF_CORE_READ()",
    '',
    'refused: e: something new',
    '',
    '1 of 5 programs loaded on 6.1.0-50-cloud-amd64 (x86_64), 2 not possible on it, 2 refused. Nothing was attached.',
  ]);
});
