import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Output, Tells } from '../../../src/delivery/integrations.js';
import { testPayload } from '../../../src/delivery/payload.js';
import { compareTally, type OutputResult } from '../../../src/delivery/sidekick/evidence.js';
import type { Evidence } from '../../../src/delivery/sidekick/metrics.js';

const payload = testPayload('5f0f3f3e-1111-4222-8333-444455556666', 'web-1', new Date());

/** What four findings came to at an output whose counters grew by so much. */
function after(tells: Tells, grown: Evidence): OutputResult {
  const output: Output = { key: 'it', name: 'It', tells, minimumPriority: undefined };
  const before = new Map([['it', { ok: 100, error: 10 }]]);
  const now = new Map([['it', { ok: 100 + grown.ok, error: 10 + grown.error }]]);
  const [result] = compareTally([output], [payload, payload, payload, payload], before, now);
  return result ?? assert.fail('it has no result');
}

function counter(counts?: 'twice' | 'failuresAsBoth', copies = 1): Tells {
  return { by: 'counter', destination: 'it', counts, copies };
}

function summary({ ok, error, told }: OutputResult): string {
  return `${told}: ${ok} + ${error}`;
}

test('an output has told of all findings when its counters have grown by as many', () => {
  for (const tells of [counter(), { by: 'log' } as const]) {
    assert.equal(summary(after(tells, { ok: 3, error: 0 })), 'not yet: 3 + 0');
    assert.equal(summary(after(tells, { ok: 3, error: 1 })), 'all: 3 + 1');
  }
});

test('of several addresses each has to tell', () => {
  assert.equal(after(counter(undefined, 2), { ok: 4, error: 3 }).told, 'not yet');
  assert.equal(summary(after(counter(undefined, 2), { ok: 4, error: 4 })), 'all: 4 + 4');
});

test('what is counted twice is awaited twice, and told once', () => {
  assert.equal(after(counter('twice'), { ok: 3, error: 0 }).told, 'not yet');
  assert.equal(summary(after(counter('twice'), { ok: 7, error: 0 })), 'likely: 4 + 0');
  assert.equal(summary(after(counter('twice'), { ok: 8, error: 0 })), 'all: 4 + 0');
  assert.equal(summary(after(counter('twice'), { ok: 0, error: 8 })), 'all: 0 + 4');
  assert.equal(summary(after(counter('twice'), { ok: 4, error: 4 })), 'all: 0 + 4');
});

test('a failure that is counted as a success too is a failure', () => {
  assert.equal(summary(after(counter('failuresAsBoth'), { ok: 4, error: 0 })), 'all: 4 + 0');
  assert.equal(summary(after(counter('failuresAsBoth'), { ok: 4, error: 4 })), 'all: 0 + 4');
  assert.equal(summary(after(counter('failuresAsBoth'), { ok: 3, error: 2 })), 'likely: 2 + 2');
  assert.equal(after(counter('failuresAsBoth'), { ok: 2, error: 1 }).told, 'not yet');
});

test('an output that tells nothing is not waited for, and has nothing to show', () => {
  assert.equal(summary(after({ by: 'nothing' }, { ok: 0, error: 0 })), 'all: 0 + 0');
});
