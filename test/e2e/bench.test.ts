import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, run } from './harness.js';

/** What a whole run has to measure; how fast anything is, no test says. */
const wanted = [
  ...['tax.nothing', 'tax.empty', 'tax.tracee', 'tax.tracee/nothing', 'tax.tracee/empty', 'tax.added'],
  ...['rate.loss-free', 'rate.cpu-per-million', 'rate.event-cost'],
  ...['rate.everything', 'rate.everything.cpu-per-million'],
  ...['latency.median', 'latency.p95'],
  ...[
    'start.node',
    'start.armed',
    'start.armed-clone',
    'start.stop',
    'start.compile-portable',
    'start.store-hit',
  ],
  ...['memory.idle', 'memory.storm', 'memory.growth'],
  ...['accounting.calls', 'accounting.sum', 'accounting.lines', 'accounting.drain', 'accounting.lost'],
  ...['calls', 'sum', 'lines', 'drain', 'lost'].map((id) => `accounting.everything.${id}`),
];

test('a hasty run of the bench takes every measure and counts every event', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  const path = join(directory, 'results.json');
  const outcome = run(`${root}bench/dist/main.js`, ['--quick', '--json', path]);
  assert.equal(outcome.status, 0, outcome.stderr);
  const { metrics } = JSON.parse(readFileSync(path, 'utf8')) as { metrics: { id: string; value: unknown }[] };
  const values = new Map(metrics.map(({ id, value }) => [id, value]));
  for (const id of wanted) assert.equal(typeof values.get(id), 'number', id);
  for (const id of ['calls', 'sum', 'lines']) {
    assert.equal(values.get(`accounting.${id}`), 0, id);
    assert.equal(values.get(`accounting.everything.${id}`), 0, id);
  }
});

test('a measure that does not exist is named, with those that do', () => {
  const outcome = run(`${root}bench/dist/main.js`, ['speed']);
  assert.equal(outcome.status, 1);
  assert.match(outcome.stderr, /no measure "speed"; there are tax, rate, latency, start, memory, accounting/);
});
