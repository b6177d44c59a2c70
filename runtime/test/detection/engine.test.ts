import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../src/detection/engine.js';
import type { Finding } from '../../src/detection/rule.js';
import type { TracedEvent } from '../../src/events/record.js';
import type { Standing } from '../../src/events/standing.js';
import type { EventDefinition } from '../../src/events/types.js';
import { recordedEvent } from '../events/record-encoder.js';
import { engineWith, match, rule, ruleOf } from './rule-fixture.js';

const traceMe = recordedEvent({ event: 'ptrace', args: { request: 0, pid: 0 } });
const attach = recordedEvent({ event: 'ptrace', args: { request: 16, pid: 42 } });
const unread = recordedEvent({ event: 'ptrace' });
const exit = recordedEvent({ event: 'sched_process_exit', args: { exit_code: 1 } });

test('a rule gets the events that it selected and no others', () => {
  const seen: TracedEvent[] = [];
  const { engine } = engineWith(
    rule('A', [{ event: 'ptrace' }], (event) => {
      seen.push(event);
      return undefined;
    }),
  );
  for (const event of [traceMe, exit, attach]) engine.handle(event);
  assert.deepEqual(seen, [traceMe, attach]);
});

test('a match becomes a finding with its rule and its event', () => {
  const wanted = rule('A', [{ event: 'ptrace' }]);
  const { engine, findings, errors } = engineWith(wanted);
  engine.handle(traceMe);
  assert.deepEqual(findings, [{ ...match, rule: wanted.metadata, sight: wanted.sights[0], event: traceMe }]);
  assert.deepEqual(errors, []);
});

test('where narrows by value, and an argument that could not be read never matches', () => {
  const { engine, findings } = engineWith(rule('A', [{ event: 'ptrace', where: { request: [0, 0x4206] } }]));
  for (const event of [traceMe, attach, unread]) engine.handle(event);
  assert.deepEqual(
    findings.map((finding) => finding.event),
    [traceMe],
  );
});

test('all arguments of where must match', () => {
  const { engine, findings } = engineWith(
    rule('A', [{ event: 'ptrace', where: { request: [16], pid: [1, 42] } }]),
  );
  for (const event of [traceMe, attach]) engine.handle(event);
  engine.handle(recordedEvent({ event: 'ptrace', args: { request: 16, pid: 2 } }));
  assert.deepEqual(
    findings.map((finding) => finding.event),
    [attach],
  );
});

test('an event that a rule selected in two ways reaches it once', () => {
  const { engine, findings } = engineWith(
    rule('A', [
      { event: 'ptrace', where: { request: [16] } },
      { event: 'ptrace', where: { pid: [42, 0] } },
    ]),
  );
  engine.handle(attach);
  engine.handle(traceMe);
  assert.equal(findings.length, 2);
});

test('a rule that throws is reported once and the others go on', () => {
  const cause = new TypeError('undefined is not a pid');
  const { engine, findings, errors } = engineWith(
    rule('BROKEN', [{ event: 'ptrace' }], () => {
      throw cause;
    }),
    rule('GOOD', [{ event: 'ptrace' }]),
  );
  for (const event of [traceMe, attach, traceMe]) engine.handle(event);
  assert.equal(findings.length, 3);
  assert.equal(errors.length, 1);
  const [error] = errors;
  assert.equal(error?.code, 'RULE_FAILED');
  assert.equal(error.message, 'rule BROKEN failed: undefined is not a pid');
  assert.equal(error.cause, cause);
});

test('a rule may throw now and then and still detect', () => {
  let calls = 0;
  const { engine, findings, errors } = engineWith(
    rule('A', [{ event: 'ptrace' }], () => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return match;
    }),
  );
  for (const event of [traceMe, attach]) engine.handle(event);
  assert.equal(errors.length, 1);
  assert.equal(findings.length, 1);
});

test('a failure of whoever takes the findings is not blamed on the rule', () => {
  const engine = new Engine({
    rules: [rule('A', [{ event: 'ptrace' }])],
    onFinding: () => {
      throw new Error('the disk is full');
    },
    onRuleError: (error) => assert.fail(error),
  });
  assert.throws(() => engine.handle(traceMe), { message: 'the disk is full' });
});

test('an unknown event is refused with the rule and the event', () => {
  assert.throws(() => engineWith(rule('A', [{ event: 'ptrase' }])), {
    code: 'RULE_FAILED',
    message: 'rule A selects the event ptrase, which does not exist',
    hint: 'tracee trace --list names all events and their arguments',
  });
});

test('an unknown argument is refused with the rule, the event and the argument', () => {
  assert.throws(() => engineWith(rule('A', [{ event: 'ptrace', where: { request: [0], target: [1] } }])), {
    code: 'RULE_FAILED',
    message: 'rule A selects the argument ptrace.target, which does not exist',
  });
});

test('the events of all rules together are named once each, with what the kernel can decide', () => {
  const { engine } = engineWith(
    rule('A', [{ event: 'ptrace', where: { request: [16] } }, { event: 'execve' }]),
    rule('B', [{ event: 'ptrace', where: { request: [0] } }]),
  );
  assert.deepEqual(
    [...engine.wanted].map(([event, filter]) => [event.name, filter]),
    [
      ['ptrace', { number: { argument: 0, values: [16n, 0n] } }],
      ['execve', undefined],
    ],
  );
  assert.equal(engineWith().engine.wanted.size, 0);
});

test('bits narrow by any of them, and names are left to the kernel', () => {
  const { engine, findings } = engineWith(
    rule('A', [{ event: 'security_file_open', bits: { flags: 3 }, names: ['ld.so.preload'] }]),
  );
  const open = (flags: number, pathname: string): TracedEvent =>
    recordedEvent({ event: 'security_file_open', args: { flags, pathname: { bytes: pathname } } });
  const wanted = [open(1, '/etc/ld.so.preload'), open(2, '/mnt/alias')];
  const others = [
    open(0, '/etc/ld.so.preload'),
    open(0o100, '/etc/ld.so.preload'),
    recordedEvent({ event: 'security_file_open', args: { pathname: { bytes: 'ld.so.preload' } } }),
  ];
  for (const event of [...wanted, ...others]) engine.handle(event);
  assert.deepEqual(
    findings.map(({ event }) => event),
    wanted,
  );
  assert.deepEqual(
    [...engine.wanted.values()].map((filter) => filter?.names),
    [['ld.so.preload']],
  );
});

test('bits of an argument that does not exist, and names of an event without files, are refused', () => {
  assert.throws(() => engineWith(rule('A', [{ event: 'ptrace', bits: { flags: 1 } }])), {
    message: 'rule A selects the argument ptrace.flags, which does not exist',
  });
  assert.throws(() => engineWith(rule('A', [{ event: 'ptrace', names: ['x'] }])), {
    message: 'rule A selects names of files of ptrace, which does not exist',
  });
});

const inTwoWays = ruleOf('A', {
  id: 'sight',
  description: 'what a test looks for',
  ways: [
    { events: [{ event: 'security_bprm_check' }, { event: 'ptrace', where: { request: [0] } }] },
    { events: [{ event: 'ptrace', where: { request: [16] } }], blindTo: 'something' },
    { events: [{ event: 'execve' }] },
  ],
  detect: () => match,
});

/** Says of the named events that they are served, or silent, and of others that they are not there. */
function standing(served: readonly string[], silent: readonly string[] = []) {
  return ({ name }: EventDefinition): Standing =>
    served.includes(name)
      ? { is: 'served' }
      : silent.includes(name)
        ? { is: 'silent', reason: `${name} stays silent` }
        : { is: 'unserved', reason: 'not here' };
}

/** What of an engine's rule is used, by the place of the way. */
function wayOf(engine: Engine): number | undefined {
  const [covered] = engine.coverage;
  return covered?.way && covered.sight.ways.indexOf(covered.way);
}

test('a sight listens to the first way whose events are all served, and to that one alone', () => {
  const { engine, findings } = engineWith(inTwoWays);
  engine.choose(standing(['ptrace', 'execve']));
  assert.equal(wayOf(engine), 1);
  assert.deepEqual(engine.coverage[0]?.passedOver, [
    { way: inTwoWays.sights[0]?.ways[0], reason: 'security_bprm_check: not here' },
  ]);
  assert.deepEqual(
    [...engine.wanted].map(([{ name }, filter]) => [name, filter?.number?.values]),
    [['ptrace', [16n]]],
  );
  for (const event of [traceMe, attach, recordedEvent({ event: 'execve' })]) engine.handle(event);
  assert.deepEqual(
    findings.map(({ event }) => event),
    [attach],
  );
});

test('a way that stays silent is taken only where no other is served, and is doubted', () => {
  const { engine } = engineWith(inTwoWays);
  engine.choose(standing(['security_bprm_check', 'execve'], ['ptrace']));
  assert.equal(wayOf(engine), 2);
  engine.choose(standing(['security_bprm_check'], ['ptrace']));
  assert.equal(wayOf(engine), 0);
  assert.equal(engine.coverage[0]?.doubt, 'ptrace: ptrace stays silent');
});

test('a sight without any way is a gap with all its reasons, and wants nothing', () => {
  const { engine, findings } = engineWith(inTwoWays);
  engine.choose(standing(['security_bprm_check']));
  assert.equal(engine.coverage[0]?.way, undefined);
  assert.deepEqual(
    engine.coverage[0]?.passedOver.map(({ reason }) => reason),
    ['ptrace: not here', 'ptrace: not here', 'execve: not here'],
  );
  assert.equal(engine.wanted.size, 0);
  engine.handle(traceMe);
  assert.deepEqual(findings, []);
  assert.deepEqual(
    engine.candidates.map(({ name }) => name),
    ['security_bprm_check', 'ptrace', 'execve'],
  );
});

test('a signal is looked for only when asked for, and is informational', () => {
  const weak = ruleOf('A', {
    id: 'weak',
    description: 'what a test looks for',
    isSignal: true,
    ways: [{ events: [{ event: 'ptrace' }] }],
    detect: () => match,
  });
  const findings: Finding[] = [];
  const options = { onFinding: (one: Finding) => findings.push(one), onRuleError: assert.fail };
  const without = new Engine({ rules: [weak], ...options });
  without.handle(traceMe);
  assert.deepEqual([findings.length, without.wanted.size, without.candidates.length], [0, 0, 0]);
  const withSignals = new Engine({ rules: [weak], withSignals: true, ...options });
  withSignals.handle(traceMe);
  assert.deepEqual(
    findings.map(({ rule: { severity } }) => severity),
    ['info'],
  );
});
