import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseLines, root, run, tracee, type JsonEvent, type JsonFinding, type Outcome } from './harness.js';

/* A flood of 500,000 ptrace calls that fail, with one TRACEME among them; far beyond what the buffers hold. */

const flood = `${root}dist/attacks/flood-with-traceme`;
const floodCalls = 500_000;

/** The runtime stands still meanwhile: whether it keeps up would depend on the machine. */
const floodUnread = 'kill -STOP $PPID; "$0"; kill -CONT $PPID';
const directory = mkdtempSync(join(tmpdir(), 'tracee-overload-'));
after(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** The closing line: `500001 events (ptrace 500001), 310978 delivered, 189023 lost (ptrace 189023); …`. */
function countsOf(outcome: Outcome, route: string): { produced: number; delivered: number; lost: number } {
  const line = new RegExp(`(\\d+) ${route}s?(?: \\([^)]*\\))?, (\\d+) delivered, (\\d+) lost`);
  const [, produced, delivered, lost] = line.exec(outcome.stderr) ?? [];
  return { produced: Number(produced), delivered: Number(delivered), lost: Number(lost) };
}

/** Traces ptrace calls into a file while the command runs; checks that the file has what the sums say. */
function floodInto(buffer: string, command: readonly string[]): { outcome: Outcome; lost: number } {
  const file = join(mkdtempSync(join(directory, buffer)), 'events.jsonl');
  const outcome = run(tracee, [
    ...['--buffer', buffer, '--output', 'json', '--record', file, '--trace', 'event=ptrace', '--'],
    ...command,
  ]);
  assert.equal(outcome.status, 0, outcome.stderr);
  const events = countsOf(outcome, 'event');
  assert.equal(events.produced, floodCalls + 1);
  assert.equal(events.delivered + events.lost, events.produced);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, events.delivered);
  assert.ok(lines.every((line) => (JSON.parse(line) as JsonEvent).eventName === 'ptrace'));
  return { outcome, lost: events.lost };
}

for (const buffer of ['ring', 'perf']) {
  test(`in a flood that nobody reads every record of the ${buffer} buffer is accounted for, and the detection arrives`, (context) => {
    const { outcome, lost } = floodInto(buffer, ['/bin/sh', '-c', floodUnread, flood]);
    assert.ok(lost > 0, 'the flood was no overload');
    assert.deepEqual(countsOf(outcome, 'detection'), { produced: 1, delivered: 1, lost: 0 });
    const findings = parseLines<JsonFinding>(outcome.stdout);
    assert.equal(findings.length, 1);
    assert.equal(findings[0]?.rule.id, 'TRC-2');
    assert.equal(findings[0]?.lostEvents, 0);
    context.diagnostic(outcome.stderr.trimEnd().split('\n').at(-1) ?? '');
  });

  test(`a flood that is read from the ${buffer} buffer while it comes adds up too`, (context) => {
    const { outcome } = floodInto(buffer, [flood]);
    assert.deepEqual(countsOf(outcome, 'detection'), { produced: 1, delivered: 1, lost: 0 });
    context.diagnostic(outcome.stderr.trimEnd().split('\n').at(-1) ?? '');
  });
}

test('calls that no rule asks for never leave the kernel', () => {
  const outcome = run(tracee, ['--output', 'json', '--', flood]);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.deepEqual(countsOf(outcome, 'detection'), { produced: 1, delivered: 1, lost: 0 });
  assert.equal(parseLines(outcome.stdout).length, 1);
});
