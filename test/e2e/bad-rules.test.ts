import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseLines, root, runTracee, shared, type JsonFinding } from './harness.js';

/* Three rules of a user that do what no rule should, beside a built-in one, while 40 programs run. */

const attack = `${root}dist/attacks/ad-traceme`;
const programs = 40;
const limit = 60;
/* The shell and its seq are programs too. */
const executions = programs + 2;

const directory = mkdtempSync(join(tmpdir(), 'tracee-bad-rules-'));
after(() => {
  rmSync(directory, { recursive: true });
});

const write = (id: string, events: readonly string[], body: string): void => {
  const text = `export default {
  metadata: {
    id: '${id}', version: '1.0.0', name: '${id}', description: 'For the test', tags: [], severity: 'low',
    mitre: { tactic: 'Execution', technique: 'Unix Shell', id: 'T1059.004' },
  },
  sights: [{
    id: 'bad', description: 'a program starts',
    ways: [{ events: ${JSON.stringify(events.map((event) => ({ event })))} }],
    detect: (event) => { ${body} },
  }],
};
`;
  writeFileSync(join(directory, `${id}.mjs`), text, { mode: 0o644 });
};

const session = shared(() => {
  const exec = ['sched_process_exec'];
  write('THROWS', exec, "throw new Error('no such thing');");
  write(
    'LOOPS',
    exec,
    "const end = Date.now() + 200; while (Date.now() < end); return { summary: 'at last', facts: [] };",
  );
  write(
    'FLOODS',
    [...exec, 'sched_process_fork', 'sched_process_exit'],
    "return { summary: 'flood ' + event.hostPid, facts: [] };",
  );
  const script = `for i in $(seq ${programs}); do ${attack}; done`;
  const outcome = runTracee([
    ...['--output', 'json', '--rules-dir', directory, '--rate-limit', `${limit}/h`, '--dedup-window', '0'],
    ...['--', '/bin/sh', '-c', script],
  ]);
  const lines = parseLines<JsonFinding & { kind: string; count?: number }>(outcome.stdout);
  const told = (id: string): number =>
    lines.filter(({ kind, rule }) => kind === 'finding' && rule.id === id).length;
  const heldBack = (id: string): number =>
    lines
      .filter(({ kind, rule }) => kind === 'heldBack' && rule.id === id)
      .reduce((sum, { count }) => sum + (count ?? 0), 0);
  return Promise.resolve({ outcome, told, heldBack });
});

test('a rule that floods is held to its limit, with an exact count, and none of another rule is held back', async (context) => {
  const { outcome, told, heldBack } = await session();
  context.diagnostic(outcome.stderr);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.equal(told('FLOODS'), limit);
  const countOf = (event: string): number => Number(new RegExp(`${event} (\\d+)`).exec(outcome.stderr)?.[1]);
  const seen = ['exec', 'fork', 'exit'].map((event) => countOf(`sched_process_${event}`));
  assert.equal(heldBack('FLOODS'), seen.reduce((sum, count) => sum + count, 0) - limit);
  assert.equal(told('TRC-2'), programs);
});

test('a rule that throws and one that loops for 200 ms are named, and what the slow one did not see is counted', async () => {
  const { outcome, told, heldBack } = await session();
  assert.match(outcome.stderr, /rule THROWS failed: no such thing/);
  assert.match(outcome.stderr, /rule LOOPS is slow: it took \d+ ms for sched_process_exec/);
  assert.match(outcome.stderr, new RegExp(`rule THROWS failed on ${executions} of ${executions} events`));
  const unseen = Number(
    /rule LOOPS was too slow for (\d+) events, which it never saw/.exec(outcome.stderr)?.[1],
  );
  assert.equal(told('LOOPS') + heldBack('LOOPS') + unseen, executions);
});
