import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { describeBlindness, describeCounts, describeHealth } from '../../src/cli/report.js';
import { findEvent } from '../../src/events/catalogue/index.js';
import type { EventDefinition } from '../../src/events/types.js';
import type { EventCounts, RouteCounts } from '../../src/tracing/kernel-config.js';
import { rule } from '../detection/rule-fixture.js';

type Numbers = [produced: bigint, submitted: bigint, lost: bigint];

const none: Numbers = [0n, 0n, 0n];

function countsOf(
  events: Record<string, Numbers>,
  detections: Record<string, Numbers> = {},
): Map<EventDefinition, RouteCounts> {
  return new Map(
    Object.keys(events).map((name) => {
      const event = findEvent(name);
      assert.ok(event !== undefined, name);
      const one = ([produced, submitted, lost]: Numbers): EventCounts => ({ produced, submitted, lost });
      return [event, { events: one(events[name] ?? none), detections: one(detections[name] ?? none) }];
    }),
  );
}

const traced = new Set(['events'] as const);
const noGaps = { skippedRuns: () => 0n, malformedRecords: 0, discardedEvents: 0 };

test('counts name the events that happened, and their sum', () => {
  const counts = countsOf({ execve: [2n, 2n, 0n], ptrace: [1n, 1n, 0n], execveat: none });
  assert.equal(describeCounts(counts, traced, noGaps), '3 events (execve 2, ptrace 1), 3 delivered, 0 lost');
  assert.equal(describeCounts(countsOf({}), traced, noGaps), '0 events, 0 delivered, 0 lost');
});

test('losses are named by event', () => {
  const counts = countsOf({ execve: [5n, 3n, 2n], ptrace: [1n, 1n, 0n] });
  assert.match(describeCounts(counts, traced, noGaps), /^6 events .*, 4 delivered, 2 lost \(execve 2\)$/);
});

test('detections are counted apart from events', () => {
  const counts = countsOf({ ptrace: [500n, 400n, 100n] }, { ptrace: [1n, 1n, 0n] });
  assert.equal(
    describeCounts(counts, new Set(['events', 'detections'] as const), noGaps),
    '500 events (ptrace 500), 400 delivered, 100 lost (ptrace 100); ' +
      '1 detection (ptrace 1), 1 delivered, 0 lost',
  );
});

test('runs that the kernel skipped are said, and so is that it does not count them', () => {
  assert.match(
    describeCounts(countsOf({}), traced, { ...noGaps, skippedRuns: () => 7n }),
    /; 7 runs skipped by the kernel$/,
  );
  assert.match(
    describeCounts(countsOf({}), traced, { ...noGaps, skippedRuns: () => undefined }),
    /; this kernel does not count the runs that it skips$/,
  );
});

test('records that could not be understood are said', () => {
  assert.match(
    describeCounts(countsOf({}), traced, { ...noGaps, malformedRecords: 2 }),
    /; 2 records not understood$/,
  );
});

test('a sight that sees nothing, or may see nothing, is named with the reasons', () => {
  const ways = [{ events: [{ event: 'ptrace' }] }];
  const one = rule('A', [{ event: 'ptrace' }]);
  const [sight] = one.sights;
  assert.ok(sight !== undefined);
  const [way] = ways;
  assert.ok(way !== undefined);
  assert.deepEqual(
    describeBlindness([
      { rule: one, sight, way, passedOver: [{ way, reason: 'a better one is not here' }] },
      { rule: one, sight, way, doubt: 'ptrace: it stays silent', passedOver: [] },
      {
        rule: one,
        sight,
        way: undefined,
        passedOver: [
          { way, reason: 'no x' },
          { way, reason: 'no y' },
        ],
      },
    ]),
    ['A (sight) may see nothing here: ptrace: it stays silent', 'A (sight) sees nothing here: no x; no y'],
  );
});

test('what a rule missed is said with exact numbers and what it cost, and nothing of rules that missed nothing', () => {
  const health = {
    rule: rule('A', [{ event: 'ptrace' }]),
    calls: 4,
    totalMs: 10,
    worstMs: 7.4,
    ...{ failures: 0, unseen: 0, droppedChecks: 0, forgotten: 0 },
  };
  assert.deepEqual(describeHealth([health]), []);
  assert.deepEqual(describeHealth([{ ...health, failures: 1, unseen: 2, droppedChecks: 3, forgotten: 4 }]), [
    'rule A failed on 1 of 4 events, was too slow for 2 events, which it never saw, dropped 3 checks for later, ' +
      'forgot 4 entries of its memory before their time (2.50 ms an event, 7 ms at most)',
  ]);
});

test('the name of a file in a warning cannot change the terminal', () => {
  const report = JSON.stringify(new URL('../../dist/cli/report.js', import.meta.url));
  const warning = JSON.stringify({ message: '/tmp/\u001b[2J.o is no object\nat all', hint: 'see \u202e' });
  const program = `const { warn } = await import(${report}); warn(${warning});`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  assert.equal(stderr, 'tracee: warning: /tmp/\\x1b[2J.o is no object\n  at all (see \\u202e)\n');
});
