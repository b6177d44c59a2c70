import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseLines, root, runTracee, type JsonFinding, type Outcome } from './harness.js';

const attack = `${root}dist/attacks/ad-traceme`;
const directory = mkdtempSync(join(tmpdir(), 'tracee-findings-'));
after(() => {
  rmSync(directory, { recursive: true });
});

interface Line {
  kind: string;
  count?: number;
}

/* One process that asks to be traced twelve times: the first call succeeds, the others fail. */
const again = ['--', `${root}dist/attacks/traceme-again`];

/* As many processes as there are calls, each asking once. */
const many = (processes: number): string[] => [
  '--',
  '/bin/sh',
  '-c',
  `for i in $(seq ${processes}); do ${attack}; done`,
];

/** What was told of, and how much was counted instead. */
function sumsOf({ stdout }: Outcome): { told: number; repeated: number; heldBack: number } {
  const lines = parseLines<Line>(stdout);
  const sum = (kind: string): number =>
    lines.filter((line) => line.kind === kind).reduce((total, { count }) => total + (count ?? 1), 0);
  return { told: sum('finding'), repeated: sum('repeats'), heldBack: sum('heldBack') };
}

test('the same finding is told once, and how often it was repeated is told at the end', () => {
  const outcome = runTracee(['--json', ...again]);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.deepEqual(sumsOf(outcome), { told: 1, repeated: 11, heldBack: 0 });
  const text = runTracee(again);
  assert.equal(text.stdout.match(/^HIGH TRC-2/gm)?.length, 2);
  assert.match(text.stdout, /^ {2}repeated 11 times, the last \d+\.\d s after the first$/m);
});

test('without a window each finding is told', () => {
  const outcome = runTracee(['--json', '--dedup-window', '0', ...again]);
  assert.deepEqual(sumsOf(outcome), { told: 12, repeated: 0, heldBack: 0 });
});

test('the rate limit holds back the rest of a flood, and its number is exact', () => {
  const limit = ['--rate-limit', '5/h'];
  const outcome = runTracee(['--json', ...limit, ...many(20)]);
  assert.equal(outcome.status, 0, outcome.stderr);
  assert.deepEqual(sumsOf(outcome), { told: 5, repeated: 0, heldBack: 15 });
  const text = runTracee([...limit, ...many(20)]);
  assert.match(text.stderr, /^tracee: 15 findings of TRC-2 \(Anti-Debugging\) held back by the rate limit$/m);
  const off = runTracee(['--json', '--rate-limit', 'off', ...many(70)]);
  assert.deepEqual(sumsOf(off), { told: 70, repeated: 0, heldBack: 0 });
});

test('a finding has the exception that would silence it', () => {
  const outcome = runTracee(['--json', '--', attack]);
  const [finding] = parseLines<JsonFinding & { sight: string; exception: unknown }>(outcome.stdout);
  assert.deepEqual(finding?.exception, {
    rule: 'TRC-2',
    sight: finding?.sight,
    executable: attack,
    owner: process.getuid?.(),
    uid: process.getuid?.(),
  });
});

test('a template prints findings its own way, and adds nothing', () => {
  const template = join(directory, 'short.tmpl');
  writeFileSync(template, '<{{.SigMetadata.ID}} {{.Context.ProcessName}} {{json .Context}}>\n');
  const outcome = runTracee(['--output', `template=${template}`, '--', attack]);
  assert.equal(outcome.status, 0, outcome.stderr);
  const json = /^<TRC-2 ad-traceme (\{.*\})>\n$/.exec(outcome.stdout)?.[1];
  assert.ok(json !== undefined, outcome.stdout);
  assert.equal((JSON.parse(json) as { processName: string }).processName, 'ad-traceme');
});

test('what the rules see here was tried, and TRC-2 sees', () => {
  const outcome = runTracee(['--list', '--verbose', '--json']);
  assert.equal(outcome.status, 0, outcome.stderr);
  const { tried, rules } = JSON.parse(outcome.stdout) as {
    tried: boolean;
    rules: { id: string; sights: { sees: string; events: { hook: string | null; proof: string }[] }[] }[];
  };
  assert.equal(tried, true);
  const traceMe = rules.find(({ id }) => id === 'TRC-2')?.sights[0];
  assert.equal(traceMe?.sees, 'yes');
  for (const { hook, proof } of traceMe.events) {
    assert.notEqual(hook, null);
    assert.notEqual(proof, 'silent');
  }
  const text = runTracee(['--list', '--verbose']);
  assert.match(text.stdout, /^kernel \S+ \(\S+\), attached and tried\n\nTRC-/);
});
