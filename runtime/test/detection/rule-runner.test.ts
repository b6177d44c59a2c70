import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleContext } from '../../src/detection/rule.js';
import type { TracedEvent } from '../../src/events/record.js';
import { recordedEvent } from '../events/record-encoder.js';
import { engineWith, match, rule } from './rule-fixture.js';

const ptrace = [{ event: 'ptrace' }];

function eventAt(time: number, pid = 1): TracedEvent {
  return recordedEvent({ event: 'ptrace', fields: { time, host_pid: pid }, args: { request: 0 } });
}

const events = Array.from({ length: 100 }, (_, index) => eventAt(index + 1, index + 1));

function loop(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

test('beside a rule that throws, one that loops for 200 ms and one that floods, the findings of another all arrive', async () => {
  const { engine, findings, errors, slow } = engineWith(
    rule('THROWS', ptrace, () => {
      throw new Error('no such thing');
    }),
    rule('LOOPS', ptrace, () => {
      loop(200);
      return match;
    }),
    rule('FLOODS', ptrace),
    rule('GOOD', ptrace, (event) => (event.hostPid % 10 === 0 ? match : undefined)),
  );
  for (const event of events) engine.handle(event);
  const of = (id: string): number[] =>
    findings.filter((one) => one.rule.id === id).map(({ event }) => event.hostPid);
  /* All of them at once, before the slow rule has had more than its first turn. */
  assert.deepEqual(of('GOOD'), [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  assert.equal(of('FLOODS').length, events.length);
  assert.deepEqual(of('LOOPS'), [1]);
  await engine.finish();

  const [throws, loops, floods] = engine.health;
  assert.deepEqual([throws?.calls, throws?.failures], [100, 100]);
  assert.equal(floods?.calls, 100);
  /* What the slow rule did not get to see is counted: nothing is missing in the sum. */
  assert.equal((loops?.calls ?? 0) + (loops?.unseen ?? 0), events.length);
  assert.equal(of('LOOPS').length, loops?.calls);
  assert.ok((loops?.calls ?? 0) > 1 && (loops?.unseen ?? 0) > 0);
  assert.deepEqual(
    errors.map(({ message }) => message),
    ['rule THROWS failed: no such thing'],
  );
  assert.equal(slow.length, 1);
  assert.equal(slow[0]?.code, 'RULE_SLOW');
  assert.match(slow[0].message, /^rule LOOPS is slow: it took 2\d\d ms for ptrace$/);
});

test('a slow rule sees its events in their order while time goes on, and fast ones at once', async () => {
  let isFirst = true;
  const seen: number[] = [];
  const { engine } = engineWith(
    rule('A', ptrace, (event) => {
      if (isFirst) loop(30);
      isFirst = false;
      seen.push(event.hostPid);
      return undefined;
    }),
  );
  for (const event of events.slice(0, 5)) engine.handle(event);
  assert.deepEqual(seen, [1]);
  while (seen.length < 5) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
});

test('a rule that waits for later is asked again, and finds with the event at which it began to wait', async () => {
  let didExecute = false;
  const { engine, findings } = engineWith(
    rule('A', ptrace, (_event, { later }) => {
      later(1, () => (didExecute ? match : undefined));
      return undefined;
    }),
  );
  const [event] = events;
  assert.ok(event !== undefined);
  engine.handle(event);
  assert.equal(findings.length, 0);
  didExecute = true;
  await engine.finish();
  assert.deepEqual(
    findings.map((one) => one.event),
    [event],
  );
});

test('checks for later beyond what can wait are dropped and counted, and one that throws harms nobody', async () => {
  const { engine, findings, errors } = engineWith(
    rule('A', ptrace, (_event, { later }) => {
      later(0, () => {
        throw new Error('in the check');
      });
      for (let check = 0; check < 2000; check++) later(1, () => match);
      return undefined;
    }),
  );
  const [event] = events;
  assert.ok(event !== undefined);
  engine.handle(event);
  await engine.finish();
  const [health] = engine.health;
  assert.equal(findings.length + (health?.droppedChecks ?? 0), 2000);
  assert.ok((health?.droppedChecks ?? 0) > 0);
  assert.deepEqual([health?.failures, errors.length], [1, 1]);
});

test('what waits longer than an end can wait is asked at the end', async () => {
  const { engine, findings } = engineWith(
    rule('A', ptrace, (_event, { later }) => {
      later(9000, () => match);
      return undefined;
    }),
  );
  const [event] = events;
  assert.ok(event !== undefined);
  engine.handle(event);
  await engine.finish();
  assert.equal(findings.length, 1);
});

test('later() outside of an event is a mistake of the rule', () => {
  let kept: RuleContext | undefined;
  const { engine } = engineWith(
    rule('A', ptrace, (_event, context) => {
      kept = context;
      return undefined;
    }),
  );
  engine.handle(eventAt(1));
  assert.throws(() => kept?.later(1, () => match), TypeError);
});

test('rules keep their memory apart, sights of one rule share it, and it expires by the time of events', () => {
  const bounds = { expiryMs: 1, capacity: 10 };
  const counting = (id: string) =>
    rule(id, ptrace, (_event, { state }) => {
      const memory = state<number>('calls', bounds);
      const calls = (memory.get('all') ?? 0) + 1;
      memory.set('all', calls);
      return { ...match, data: { calls } };
    });
  const { engine, findings } = engineWith(counting('A'), counting('B'));
  for (const time of [1_000_000, 1_500_000, 2_600_000, 2_500_000]) engine.handle(eventAt(time));
  const callsOf = (id: string): unknown[] =>
    findings.filter((one) => one.rule.id === id).map(({ data }) => data?.['calls']);
  assert.deepEqual(callsOf('A'), [1, 2, 1, 2]);
  assert.deepEqual(callsOf('B'), [1, 2, 1, 2]);
});

test('what is no match is a failure of the rule: a promise, a string, a match without facts', async () => {
  for (const value of [Promise.reject(new Error('later')), 'yes', true, { summary: 'x' }, { facts: [] }]) {
    const { engine, findings, errors } = engineWith(rule('A', ptrace, () => value as never));
    engine.handle(eventAt(1));
    assert.deepEqual([findings.length, errors.length], [0, 1]);
  }
  /* A rejection that nobody takes ends the process. */
  await new Promise((resolve) => setImmediate(resolve));
  for (const value of [undefined, null, false]) {
    const { engine, findings, errors } = engineWith(rule('A', ptrace, () => value as never));
    engine.handle(eventAt(1));
    assert.deepEqual([findings.length, errors.length], [0, 0]);
  }
});
