import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../src/detection/engine.js';
import { coverageToJson, coverageToText, type RuleCoverage } from '../../src/output/coverage.js';
import { findEvent } from '../../src/events/catalogue/index.js';
import { standingsIn } from '../../src/tracing/choice.js';
import { makePlan, type Obstacle } from '../../src/tracing/plan.js';
import { match, ruleOf } from '../detection/rule-fixture.js';

/** A kernel that has raw tracepoints and nothing else. */
const onlyRawTracepoints: Obstacle = ({ kind }) =>
  kind === 'raw_tracepoint' ? undefined : `there is no ${kind}`;

const rules = [
  ruleOf(
    'A',
    {
      id: 'open',
      description: 'a file is opened',
      ways: [
        { events: [{ event: 'security_bprm_check', bits: { inode: 16 } }] },
        { events: [{ event: 'ptrace', where: { request: [0, 1] } }], blindTo: 'opens by io_uring' },
      ],
      detect: () => match,
    },
    {
      id: 'weak',
      description: 'a weak sign',
      isSignal: true,
      ways: [{ events: [{ event: 'sched_process_exec' }] }],
      detect: () => match,
    },
  ),
  ruleOf('B', {
    id: 'gap',
    description: 'what cannot be seen',
    ways: [{ events: [{ event: 'security_ptrace_traceme' }] }],
    detect: () => match,
  }),
];

function coverageWith(silent: readonly string[] = []): RuleCoverage {
  const engine = new Engine({
    rules,
    withSignals: true,
    onFinding: () => assert.fail(),
    onRuleError: assert.fail,
  });
  const plan = makePlan(engine.candidates, 'x86_64', onlyRawTracepoints);
  engine.choose(standingsIn(plan, new Set(silent.flatMap((name) => findEvent(name) ?? []))));
  return {
    kernel: { release: '6.1.0', arch: 'x86_64' },
    sights: engine.coverage,
    plan: plan.map((one) => (one.event.name === 'ptrace' ? { ...one, proof: 'fired' } : one)),
    isTried: true,
  };
}

test('each sight says on what it runs, to what it is blind, and what it would need to see more', () => {
  assert.equal(
    coverageToText(coverageWith(['sched_process_exec'])),
    `kernel 6.1.0 (x86_64), attached and tried

A rule A (low)
  open: a file is opened
    runs on  ptrace (request 0 or 1) on raw_tracepoint: sys_exit, fires
    blind to opens by io_uring
    better   security_bprm_check, but security_bprm_check: trampoline: there is no trampoline; kprobe: there is no kprobe; lsm: there is no lsm
  weak: a weak sign (a signal: only with --signals)
    runs on  sched_process_exec on raw_tracepoint: sched_process_exec
    doubt    sched_process_exec: its raw_tracepoint hook is attached, but not firing

B rule B (low)
  gap: what cannot be seen
    sees     nothing on this kernel
    needs    security_ptrace_traceme, but security_ptrace_traceme: trampoline: there is no trampoline; kprobe: there is no kprobe; lsm: there is no lsm`,
  );
});

test('what was only foreseen is said to be so', () => {
  assert.match(
    coverageToText({ ...coverageWith(), isTried: false }),
    /^kernel 6\.1\.0 \(x86_64\), foreseen, not tried\n/,
  );
});

test('JSON has the same for programs', () => {
  const parsed = JSON.parse(coverageToJson(coverageWith())) as {
    tried: boolean;
    rules: { id: string; sights: Record<string, unknown>[] }[];
  };
  assert.equal(parsed.tried, true);
  assert.deepEqual(
    parsed.rules.map(({ id, sights }) => [id, sights.map(({ id: sight, sees }) => [sight, sees])]),
    [
      [
        'A',
        [
          ['open', 'yes'],
          ['weak', 'yes'],
        ],
      ],
      ['B', [['gap', 'nothing']]],
    ],
  );
  const [open] = parsed.rules[0]?.sights ?? [];
  assert.deepEqual(open?.['events'], [
    { event: 'ptrace', hook: 'raw_tracepoint', proof: 'fired', targets: ['sys_exit'], calls: [] },
  ]);
  assert.equal(open['blindTo'], 'opens by io_uring');
  assert.deepEqual(
    (open['passedOver'] as { events: string[] }[]).map(({ events }) => events),
    [['security_bprm_check']],
  );
});
