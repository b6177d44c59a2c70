import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../src/detection/engine.js';
import type { EventSelector, Finding, Match, Rule } from '../../src/detection/rule.js';
import type { TraceeError } from '../../src/errors.js';
import type { TracedEvent } from '../../src/events/record.js';
import { recordedEvent } from '../events/record-encoder.js';

const match: Match = { summary: 'did it', facts: ['it was seen'] };

function rule(
  id: string,
  events: readonly EventSelector[],
  detect: (event: TracedEvent) => Match | undefined = () => match,
): Rule {
  return {
    metadata: {
      id,
      version: '1.0.0',
      name: `rule ${id}`,
      description: 'a rule of a test',
      tags: [],
      severity: 'low',
      mitre: { tactic: 'Execution', technique: 'User Execution', id: 'T1204' },
    },
    sights: [{ id: 'sight', description: 'what a test looks for', ways: [{ events }], detect }],
  };
}

/** An engine with what it told. */
function engineWith(...rules: Rule[]): { engine: Engine; findings: Finding[]; errors: TraceeError[] } {
  const findings: Finding[] = [];
  const errors: TraceeError[] = [];
  const engine = new Engine({
    rules,
    onFinding: (finding) => findings.push(finding),
    onRuleError: (error) => errors.push(error),
  });
  return { engine, findings, errors };
}

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
