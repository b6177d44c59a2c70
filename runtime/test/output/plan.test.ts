import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findEvent } from '../../src/events/catalogue/index.js';
import type { Kernel } from '../../src/host/kernel.js';
import { planToJson, planToText } from '../../src/output/plan.js';
import { makePlan, type Obstacle } from '../../src/tracing/plan.js';
import type { Proof } from '../../src/tracing/proof.js';

/** A kernel that has raw tracepoints and nothing else. */
const onlyRawTracepoints: Obstacle = ({ kind }) =>
  kind === 'raw_tracepoint' ? undefined : `there is no ${kind}`;

const events = ['ptrace', 'sched_process_exec', 'security_bprm_check'].flatMap(
  (name) => findEvent(name) ?? [],
);
const kernel: Kernel = { release: '6.1.0-56-amd64', arch: 'x86_64', hasBtf: false, hasKprobes: false };
const proofs: Readonly<Record<string, Proof>> = { ptrace: 'fired', sched_process_exec: 'silent' };
const plan = makePlan(events, kernel.arch, onlyRawTracepoints).map((planned) => {
  const proof = proofs[planned.event.name];
  return proof === undefined ? planned : { ...planned, proof };
});
const coverage = { plan, buffer: 'ring', filters: [] } as const;

test('the table names the kernel, and of each event the hook, its proof, where it attaches and what was passed over', () => {
  assert.equal(
    planToText({ ...coverage, kernel }),
    `kernel 6.1.0-56-amd64 (x86_64), ring buffer
EVENT                  HOOK            PROOF                 ATTACHED TO
ptrace                 raw_tracepoint  fires                 sys_exit
                       not trampoline: there is no trampoline
                       not kprobe: there is no kprobe
                       not tp_btf: there is no tp_btf
sched_process_exec     raw_tracepoint  attached, not firing  sched_process_exec
                       not tp_btf: there is no tp_btf
security_bprm_check    unavailable     -                     -
                       not trampoline: there is no trampoline
                       not kprobe: there is no kprobe
                       not lsm: there is no lsm`,
  );
});

test('the JSON is one line with the same facts', () => {
  const text = planToJson({ ...coverage, kernel });
  assert.ok(!text.includes('\n'));
  const parsed = JSON.parse(text) as { events: unknown[] };
  assert.deepEqual(
    { ...parsed, events: parsed.events.slice(1) },
    {
      kernel: { release: '6.1.0-56-amd64', arch: 'x86_64' },
      buffer: 'ring',
      filters: [],
      captures: [],
      events: [
        {
          event: 'sched_process_exec',
          hook: 'raw_tracepoint',
          proof: 'silent',
          attachments: [{ program: 'raw_tp__sched_process_exec', target: 'sched_process_exec' }],
          passedOver: [{ kind: 'tp_btf', reason: 'there is no tp_btf' }],
        },
        {
          event: 'security_bprm_check',
          hook: null,
          proof: null,
          attachments: [],
          passedOver: ['trampoline', 'kprobe', 'lsm'].map((kind) => ({
            kind,
            reason: `there is no ${kind}`,
          })),
        },
      ],
    },
  );
});

test('an event on several functions names them all, and an act that nobody knows is said', () => {
  const [ptrace] = makePlan(events.slice(0, 1), 'x86_64', () => undefined);
  assert.ok(ptrace !== undefined);
  const text = planToText({ kernel, plan: [{ ...ptrace, proof: 'untried' }], buffer: 'perf', filters: [] });
  assert.match(text, /^kernel .*, perf buffer$/m);
  assert.match(text, /^ptrace +trampoline +not tried +__x64_sys_ptrace, __ia32_compat_sys_ptrace$/m);
});

test('filters stand below, each with where it is evaluated', () => {
  const filters = [
    { filter: 'uid=0', where: 'kernel' },
    { filter: 'container=we\u001bb', where: 'both' },
    { filter: 'close.retval<0', where: 'runtime' },
  ] as const;
  const text = planToText({ ...coverage, plan: [], kernel, filters });
  assert.deepEqual(text.split('\n').slice(2), [
    '',
    'FILTER                                 EVALUATED IN',
    'uid=0                                  kernel',
    String.raw`container=we\x1bb                      kernel, and runtime until a container is known`,
    'close.retval<0                         runtime',
  ]);
  const parsed = JSON.parse(planToJson({ ...coverage, kernel, filters })) as { filters: unknown };
  assert.deepEqual(parsed.filters, filters);
});
