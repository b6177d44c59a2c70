import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFindings, type SeenFinding } from '../../src/selftest/finding.js';
import { shortcomings } from '../../src/selftest/summary.js';
import { attribute, judge, type Performance } from '../../src/selftest/verdict.js';

const performance: Performance = { pid: 10, status: 0, reason: '', began: 1, ended: 2 };
const later: Performance = { ...performance, pid: 20, began: 2, ended: 3 };
const plain = { rule: 'TRC-1', class: 'plain', isOnce: false } as const;
const benign = { ...plain, class: 'benign' } as const;

const finding: SeenFinding = {
  rule: 'TRC-1',
  sight: 'exec',
  isSignal: false,
  event: 'execve',
  hook: 'kprobe',
  process: 'sh (/bin/sh)',
  pids: [12, 10, 1],
  at: 1.5,
};

test('a finding belongs to the act whose process is among its ancestors, whenever it happened', () => {
  const causes = attribute([{ ...finding, at: 2.5 }], [performance, later]);
  assert.equal(causes.get(performance)?.length, 1);
  assert.deepEqual(causes.get(later), []);
});

test('a finding of a process that lost its parents belongs to the act of its time', () => {
  const causes = attribute([{ ...finding, pids: [99, 1], at: 2.5 }], [performance, later]);
  assert.equal(causes.get(later)?.length, 1);
});

test('a finding of neither belongs to nobody', () => {
  const causes = attribute([{ ...finding, pids: [99, 1], at: 9 }], [performance]);
  assert.deepEqual(causes.get(performance), []);
});

test("only the act's own rule counts as seen, and others are named", () => {
  const { outcome, by } = judge(plain, performance, [{ ...finding, rule: 'TRC-5' }]);
  assert.equal(outcome, 'missed');
  assert.deepEqual(by, ['TRC-5 exec, execve on kprobe']);
  assert.equal(judge(plain, performance, [finding]).outcome, 'seen');
});

test('a signal is not enough for an act that must be seen, is one for a signal, and is none of a benign act', () => {
  const signal = { ...finding, isSignal: true };
  assert.equal(judge(plain, performance, [signal]).outcome, 'missed');
  assert.equal(judge({ ...plain, class: 'signal' }, performance, [signal]).outcome, 'seen');
  assert.equal(judge(benign, performance, [signal]).outcome, 'quiet');
});

test('any finding of a benign act is false, and its program is named', () => {
  const { outcome, by } = judge(benign, performance, [{ ...finding, rule: 'TRC-7' }]);
  assert.equal(outcome, 'false');
  assert.match(by[0] ?? '', /sh \(\/bin\/sh\)$/);
});

test('an act that is to cause one finding and causes two is repeated', () => {
  assert.equal(judge({ ...plain, isOnce: true }, performance, [finding, finding]).outcome, 'repeated');
});

test('status 77 is impossible whatever was seen, any other than 0 is broken', () => {
  assert.deepEqual(judge(plain, { ...performance, status: 77, reason: 'no such call' }, [finding]), {
    outcome: 'impossible',
    by: [],
    reason: 'no such call',
  });
  assert.equal(judge(plain, { ...performance, status: 139 }, []).outcome, 'broken');
});

test('a missed plain act, a false one and too many missed evasive ones are shortcomings', () => {
  const judged = (
    id: string,
    actClass: 'plain' | 'evasive' | 'benign',
    outcome: 'seen' | 'missed' | 'false',
  ) => ({
    id,
    class: actClass,
    verdict: { outcome, by: [], reason: '' },
  });
  assert.deepEqual(shortcomings([judged('a', 'plain', 'missed')]), ['a (plain) is missed']);
  assert.deepEqual(shortcomings([judged('b', 'benign', 'false')]), ['b (benign) is false']);
  const seen = Array.from({ length: 19 }, (_, index) => judged(`e${index}`, 'evasive', 'seen'));
  assert.deepEqual(shortcomings([...seen, judged('f', 'evasive', 'missed')]), []);
  assert.deepEqual(shortcomings([...seen.slice(1), judged('f', 'evasive', 'missed')]), [
    '18 of 19 evasive acts are seen, not f',
  ]);
});

test('lines that are no findings are left out: counts of repeats, and what a program printed', () => {
  const line = JSON.stringify({
    kind: 'finding',
    rule: { id: 'TRC-1', severity: 'info' },
    sight: 'exec',
    event: {
      timestamp: 1.5,
      hostProcessId: 12,
      eventName: 'execve',
      hook: 'kprobe',
      processName: 'sh',
      executable: '/bin/sh',
    },
    ancestors: [{ hostPid: 10 }, { hostPid: 1 }],
  });
  const found = parseFindings(`hello\n${line}\n{"kind":"repeats","count":2}\n`);
  assert.deepEqual(found, [{ ...finding, isSignal: true }]);
});
