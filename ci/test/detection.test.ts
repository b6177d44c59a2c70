import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { root } from './repository.js';

interface Judged {
  readonly id: string;
  readonly outcome: string;
  readonly by: readonly string[];
}

/* These load BPF programs and mount: they need root. Rows of rules that are tried in full by `make test-detection`. */
const sample = [
  'ad-traceme',
  'ad-traceme-repeatedly',
  'ad-benign-sandbox',
  'pl-exchange-etc',
  'fl-benign-sh-stdin',
];

test('rows on this machine come to what they must, those for virtual machines are impossible and say why', () => {
  const words = ['ci/detection/dist/cli.js', '--json', '--rows', sample.join(','), 'machine'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const { verdicts } = JSON.parse(stdout) as { verdicts: (Judged & { reason: string })[] };
  const outcomes = Object.fromEntries(verdicts.map(({ id, outcome }) => [id, outcome]));
  assert.deepEqual(outcomes, {
    'ad-traceme': 'seen',
    'ad-traceme-repeatedly': 'seen',
    'ad-benign-sandbox': 'quiet',
    'pl-exchange-etc': 'impossible',
    'fl-benign-sh-stdin': 'quiet',
  });
  assert.match(verdicts.find(({ id }) => id === 'pl-exchange-etc')?.reason ?? '', /virtual machine only/);
  assert.ok(!existsSync('/etc/tracee-throw-away'), "the machine's own /etc was touched");
});

test('the selftest sees an attack, is quiet on what is benign, and leaves no file', () => {
  execFileSync('make', ['--no-print-directory', 'selftest'], { cwd: root, stdio: 'ignore' });
  const words = ['runtime/dist/cli/main.js', 'selftest', '--json', '--rules', 'TRC-2'];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  const { acts } = JSON.parse(stdout) as { acts: Judged[] };
  const byId = new Map(acts.map((act) => [act.id, act]));
  assert.equal(byId.get('ad-traceme')?.outcome, 'seen');
  assert.match(byId.get('ad-traceme')?.by[0] ?? '', /^TRC-2 /);
  assert.equal(byId.get('ad-benign-sandbox')?.outcome, 'quiet');
  assert.ok(acts.every(({ id }) => id.startsWith('ad-')));
  assert.ok(!existsSync('/etc/ld.so.preload'));
});
