import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Metric } from '../src/metric.js';
import { findEarlier, hostKind, resultsPath, worsening, writeResults, type Results } from '../src/results.js';
import { formatTable } from '../src/table.js';

const metric = (value: number, more: Partial<Metric> = {}): Metric => ({
  id: 'start.armed',
  title: 'start to armed',
  unit: 'ms',
  value,
  better: 'lower',
  ...more,
});

const resultsOf = (version: string, value: number): Results => ({
  schema: 1,
  version,
  commit: 'abc1234',
  kind: 'linux-6.1-x86_64',
  processors: 2,
  load: 0,
  node: '20.19.0',
  metrics: [metric(value)],
});

function directoryWith(context: TestContext, ...all: Results[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'bench-results-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  for (const results of all) {
    writeResults(resultsPath(directory, results.version, results.kind), results);
  }
  return directory;
}

test('the kind of a host is its kernel series and architecture, and nothing else of its name', () => {
  assert.equal(hostKind('6.18.44-some-cloud-v669', 'x64', false), 'linux-6.18-x86_64');
  assert.equal(hostKind('5.10.0-30-arm64', 'arm64', true), 'linux-5.10-aarch64-vm');
});

test('results that were written are found again, by version and kind', (context) => {
  const directory = directoryWith(context, resultsOf('0.1.0', 300));
  assert.deepEqual(findEarlier(directory, '0.1.0', 'linux-6.1-x86_64'), resultsOf('0.1.0', 300));
  assert.equal(findEarlier(directory, '0.1.0', 'linux-5.10-x86_64'), undefined);
  assert.equal(findEarlier(join(directory, 'none'), '0.1.0', 'linux-6.1-x86_64'), undefined);
  assert.match(readFileSync(resultsPath(directory, '0.1.0', 'linux-6.1-x86_64'), 'utf8'), /\}\n$/);
});

test('earlier results are those of the nearest version that is not newer', (context) => {
  const directory = directoryWith(
    context,
    ...['0.2.0', '0.9.0', '0.10.0', '0.11.0'].map((version) => resultsOf(version, 300)),
  );
  assert.equal(findEarlier(directory, '0.10.5', 'linux-6.1-x86_64')?.version, '0.10.0');
  assert.equal(findEarlier(directory, '0.1.0', 'linux-6.1-x86_64'), undefined);
});

test('a value more than 1.2 times worse is flagged, in the direction that is worse', () => {
  assert.equal(worsening(metric(500), metric(400)), 1.25);
  assert.equal(worsening(metric(470), metric(400)), undefined);
  assert.equal(worsening(metric(200), metric(400)), undefined);
  const rate = (value: number): Metric => metric(value, { unit: 'events/s', better: 'higher' });
  assert.equal(worsening(rate(100), rate(150)), 1.5);
  assert.equal(worsening(rate(300), rate(150)), undefined);
  assert.equal(worsening(metric(5), undefined), undefined);
  assert.equal(worsening(metric(500, { better: 'neither' }), metric(1)), undefined);
});

test('small differences are noise whatever their ratio, but runs and events are counted exactly', () => {
  assert.equal(worsening(metric(4), metric(1)), undefined);
  assert.equal(worsening(metric(1, { unit: 'runs' }), metric(0, { unit: 'runs' })), Infinity);
});

test('the table shows what was before, what got worse and which targets are missed', () => {
  const now = metric(500, { target: { atMost: 400 }, spread: [480, 1234] });
  const [head, row] = formatTable([now], [metric(400)]).split('\n');
  assert.match(head ?? '', /^MEASURE +VALUE +SPREAD +BEFORE +TARGET +WHAT$/);
  assert.match(
    row ?? '',
    /^start\.armed +500 ms +480 – 1,234 +400 ms WORSE 1\.25x +<= 400 NOT MET +start to armed$/,
  );
});

test('without earlier results the table has no column for them', () => {
  const table = formatTable([metric(300, { target: { atMost: 400 }, note: 'quiet' })], []);
  assert.match(
    table,
    /^MEASURE +VALUE +SPREAD +TARGET +WHAT\nstart\.armed +300 ms +<= 400 met +start to armed \(quiet\)$/,
  );
});
