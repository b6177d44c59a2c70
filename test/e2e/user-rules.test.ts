import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after as atEnd, test } from 'node:test';
import { parseLines, root, shared, startTracee, type JsonFinding, type RunningTracee } from './harness.js';
import { Stage } from './stage.js';

const attack = `${root}dist/attacks/ad-traceme`;

const directory = mkdtempSync(join(tmpdir(), 'tracee-rules-e2e-'));
atEnd(() => {
  rmSync(directory, { recursive: true });
});

const rule = (id: string, condition: string, event = 'sched_process_exec'): string => `
id: ${id}
name: The rule ${id}
description: For the test
severity: low
mitre: { tactic: Execution, technique: Unix Shell, id: T1059.004 }
events: [${event}]
condition: ${condition}
summary: "ran {event.comm}"
`;

const write = (name: string, text: string): void => {
  writeFileSync(join(directory, name), text, { mode: 0o644 });
};

/** Sends SIGHUP and resolves when tracee has said what came of it. */
async function reload({ child }: RunningTracee): Promise<string> {
  let told = '';
  const listen = (text: Buffer): void => {
    told += text.toString();
    if (/rules read again|stay as they are/.test(told)) child.emit('reloaded');
  };
  child.stderr?.on('data', listen);
  const reloaded = once(child, 'reloaded');
  child.kill('SIGHUP');
  await reloaded;
  child.stderr?.off('data', listen);
  return told;
}

/** Resolves when a finding of this process was told: what is read later is for the rules that are there then. */
function findingOf({ child }: RunningTracee): (pid: number) => Promise<void> {
  let told = '';
  child.stdout?.on('data', (text: Buffer) => {
    told += text.toString();
    child.emit('told');
  });
  child.once('close', () => child.emit('told'));
  return async (pid) => {
    while (!told.includes(`"processId":${pid},`)) {
      assert.equal(child.exitCode, null, `tracee ended before it told of ${pid}: ${told}`);
      await once(child, 'told');
    }
  };
}

/** One session in which the rules change three times. */
const session = shared(async () => {
  write('true.yaml', rule('ACME-1', 'basename(args.pathname) == "true"'));
  write('broken.mjs', 'export default { metadata: ;');
  const tracee = await startTracee(['--output', 'json', '--rules-dir', directory, '--', '/bin/sh']);
  const stage = new Stage(tracee.child);
  const toldOf = findingOf(tracee);
  const first = await stage.run('exec /bin/true');
  const builtin = await stage.run(`exec ${attack}`);
  await toldOf(first.pid);
  await toldOf(builtin.pid);

  rmSync(join(directory, 'broken.mjs'));
  write('true.yaml', rule('ACME-2', 'basename(args.pathname) == "true"'));
  write('exceptions.yaml', `exceptions: [{ rule: TRC-2, executable: ${attack}, uid: 0 }]`);
  const good = await reload(tracee);
  const second = await stage.run('exec /bin/true');
  const excused = await stage.run(`exec ${attack}`);
  const last = await stage.run('exec /bin/true');
  await toldOf(second.pid);
  await toldOf(last.pid);

  write('true.yaml', rule('ACME-3', 'args.pathnam == "true"'));
  write('more.yaml', rule('ACME-4', 'args.cmdpath == "true"'));
  const bad = await reload(tracee);
  const third = await stage.run('exec /bin/true');
  await toldOf(third.pid);

  write('true.yaml', rule('ACME-5', '"true"', 'sched_process_exit'));
  const blind = await reload(tracee);

  tracee.child.kill('SIGINT');
  const outcome = await tracee.ended;
  const findings = parseLines<JsonFinding>(outcome.stdout);
  const rulesOf = (pid: number): string[] =>
    findings.filter(({ event }) => event.processId === pid).map((finding) => finding.rule.id);
  return { ...{ first, builtin, second, excused, third, good, bad, blind }, outcome, rulesOf };
});

test('a rule of the user finds what it describes, beside the built-in ones and a broken one, which is told', async () => {
  const { first, builtin, outcome, rulesOf } = await session();
  assert.deepEqual(rulesOf(first.pid), ['ACME-1']);
  assert.deepEqual(rulesOf(builtin.pid), ['TRC-2']);
  assert.match(outcome.stderr, /broken\.mjs:1:28: SyntaxError/);
});

test('SIGHUP brings new rules and exceptions in the place of the old ones', async () => {
  const { second, excused, good, outcome, rulesOf } = await session();
  assert.match(good, /rules read again: .*ACME-2, 1 exceptions/);
  assert.deepEqual(rulesOf(second.pid), ['ACME-2']);
  assert.deepEqual(rulesOf(excused.pid), []);
  assert.match(outcome.stderr, /1 findings held back by exceptions/);
});

test('SIGHUP with a mistake in one file tells it and leaves all rules as they were', async () => {
  const { third, bad, rulesOf } = await session();
  assert.match(bad, /true\.yaml:8:17: sched_process_exec has no argument "pathnam"/);
  assert.match(bad, /the rules from before stay as they are/);
  assert.deepEqual(rulesOf(third.pid), ['ACME-2']);
});

test('SIGHUP with rules that need another event says that it is not attached', async () => {
  const { outcome } = await session();
  assert.match(
    outcome.stderr,
    /ACME-5 \(match\) sees nothing here: sched_process_exit: nothing was attached for it; start tracee again/,
  );
});
