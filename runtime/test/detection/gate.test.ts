import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gate, type GateOptions, type HeldBack, type Repeats } from '../../src/detection/gate.js';
import type { Finding } from '../../src/detection/rule.js';
import { recordedEvent } from '../events/record-encoder.js';
import { findingOn, rule } from './rule-fixture.js';

const second = 1e9;

/** A finding on a process, at so many seconds. */
function finding(pid: number, atSeconds: number, more: Partial<Finding> = {}): Finding {
  const fields = { host_pid: pid, start_time: BigInt(pid), time: BigInt(atSeconds * second) };
  return findingOn(recordedEvent({ event: 'ptrace', fields }), more);
}

/** A gate with what came out of it. */
function gateWith(options: Partial<GateOptions> = {}) {
  const told: Finding[] = [];
  const repeats: Repeats[] = [];
  const heldBack: HeldBack[] = [];
  const gate = new Gate({
    dedupWindowMs: 60_000,
    onFinding: (one) => told.push(one),
    onRepeats: (one) => repeats.push(one),
    onHeldBack: (one) => heldBack.push(one),
    ...options,
  });
  return { gate, told, repeats, heldBack };
}

test('the first finding is told at once, the same ones are counted and told of when the window ends', () => {
  const { gate, told, repeats } = gateWith();
  const first = finding(1, 10);
  for (const one of [first, finding(1, 20), finding(1, 69.5)]) gate.take(one);
  assert.deepEqual(told, [first]);
  assert.deepEqual(repeats, []);
  gate.tick(69.9 * second);
  assert.deepEqual(repeats, []);
  gate.tick(70 * second);
  assert.deepEqual(repeats, [{ first, count: 2, lastTime: 69.5 * second }]);
  gate.take(finding(1, 71));
  assert.equal(told.length, 2);
  gate.finish();
  assert.equal(repeats.length, 1, 'nothing was repeated since');
});

test('a finding after the window is told anew although no time was told in between', () => {
  const { gate, told, repeats } = gateWith();
  for (const seconds of [10, 11, 80]) gate.take(finding(1, seconds));
  assert.equal(told.length, 2);
  assert.deepEqual(
    repeats.map(({ count }) => count),
    [1],
  );
});

test('what was only counted is told at the end', () => {
  const { gate, repeats } = gateWith();
  for (let call = 0; call < 5; call++) gate.take(finding(1, 10));
  gate.finish();
  gate.finish();
  assert.deepEqual(
    repeats.map(({ count }) => count),
    [4],
  );
});

test('the key of the rule says what is the same; without one it is the process and what it did', () => {
  const { gate, told } = gateWith();
  const other = rule('B', [{ event: 'ptrace' }]).metadata;
  const reused = finding(1, 10);
  const different = [
    finding(1, 10),
    finding(2, 10),
    finding(1, 10, { summary: 'did something else' }),
    finding(1, 10, { key: 'socket 7' }),
    finding(1, 10, { key: 'socket 8' }),
    finding(1, 10, { rule: other }),
    { ...reused, event: { ...reused.event, startTime: 99 } },
  ];
  for (const one of different) gate.take(one);
  assert.equal(told.length, different.length);
  for (const pid of [3, 4]) gate.take(finding(pid, 11, { key: 'socket 7', summary: 'whatever' }));
  assert.equal(told.length, different.length);
});

test('without a window every finding is told', () => {
  const { gate, told, repeats } = gateWith({ dedupWindowMs: 0 });
  for (let call = 0; call < 3; call++) gate.take(finding(1, 10));
  gate.finish();
  assert.deepEqual([told.length, repeats.length], [3, 0]);
});

test('each rule has a limit of its own, and what it holds back is counted exactly', () => {
  const { gate, told, heldBack } = gateWith({ rateLimit: { count: 10, periodMs: 60_000 } });
  const other = rule('B', [{ event: 'ptrace' }]).metadata;
  for (let pid = 1; pid <= 100; pid++) gate.take(finding(pid, 10));
  gate.take(finding(1, 10, { rule: other }));
  assert.equal(told.length, 11);
  assert.deepEqual(heldBack, []);
  gate.tick(69 * second);
  assert.deepEqual(heldBack, []);
  gate.tick(70 * second);
  assert.deepEqual(
    heldBack.map(({ rule: { id }, count }) => [id, count]),
    [['A', 90]],
  );
  for (let pid = 201; pid <= 215; pid++) gate.take(finding(pid, 70));
  gate.finish();
  assert.equal(told.length, 21);
  assert.deepEqual(
    heldBack.map(({ count }) => count),
    [90, 5],
  );
});

test('a limit lets through again as its period goes by', () => {
  const { gate, told } = gateWith({ rateLimit: { count: 2, periodMs: 1000 } });
  let pid = 0;
  for (const seconds of [1, 1, 1, 1.25, 1.5, 1.5, 2, 9, 9, 9]) gate.take(finding((pid += 1), seconds));
  assert.deepEqual(
    told.map(({ event }) => event.time / second),
    [1, 1, 1.5, 2, 9, 9],
  );
});

test('what was held back is told when it comes again and the limit allows it', () => {
  const { gate, told, repeats } = gateWith({ rateLimit: { count: 1, periodMs: 1000 } });
  gate.take(finding(1, 1));
  gate.take(finding(2, 1));
  gate.take(finding(2, 2));
  assert.deepEqual(
    told.map(({ event }) => event.hostPid),
    [1, 2],
  );
  gate.finish();
  assert.deepEqual(repeats, []);
});

test('every finding is told, a repeat or held back, also when far more windows are wanted than are kept', () => {
  const { gate, told, repeats, heldBack } = gateWith({ rateLimit: { count: 20_000, periodMs: 1000 } });
  const count = 30_000;
  for (let pid = 1; pid <= count; pid++) {
    gate.take(finding(pid, 1));
    gate.take(finding(pid, 1));
  }
  gate.finish();
  const sum = (counts: readonly { count: number }[]): number =>
    counts.reduce((total, one) => total + one.count, 0);
  assert.equal(told.length, 20_000);
  assert.equal(told.length + sum(repeats) + sum(heldBack), 2 * count);
});
