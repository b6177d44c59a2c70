import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { builder, root, run, runTracee, startTracee, tracee, traceeRules, type Outcome } from './harness.js';

/* What Tracee may do, and what it gives up. Needs root, and setpriv of util-linux. */

const nobody = 65534;
const attack = `${root}dist/attacks/ad-traceme`;
const directory = mkdtempSync(join(tmpdir(), 'tracee-privileges-'));
chmodSync(directory, 0o755);
after(() => {
  rmSync(directory, { recursive: true });
});

/** Capabilities that no kernel asks for once everything is attached, by their numbers. */
const mustGo = {
  DAC_OVERRIDE: 1n,
  SETUID: 7n,
  NET_ADMIN: 12n,
  SYS_MODULE: 16n,
  SYS_RESOURCE: 24n,
  PERFMON: 38n,
};

/** Runs tracee as root that has only these capabilities, and can get no others. */
function runWith(capabilities: readonly string[], args: readonly string[]): Outcome {
  const bounding = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');
  const words = ['--bounding-set', bounding, '--inh-caps', '-all', process.execPath, tracee, ...args];
  const { status, stdout, stderr } = spawnSync('/usr/bin/setpriv', words, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Prints, from below tracee, the status of each thread of its parent, a line `--` between them. */
const inspectParent =
  'P=$(sed -n "s/^PPid:\\s*//p" /proc/$$/status); for t in /proc/$P/task/*; do cat $t/status; echo --; done; cat /proc/$P/limits';

function threadsIn(stdout: string): string[] {
  return stdout.split('--\n').filter((text) => text.startsWith('Name:'));
}

/** The masks of a status as it has them: permitted, effective, bounding and ambient. */
function masksOf(status: string): string[] {
  return ['Prm', 'Eff', 'Bnd', 'Amb'].map(
    (set) => new RegExp(`^Cap${set}:\\s*(\\w+)$`, 'm').exec(status)?.[1] ?? '',
  );
}

test('with everything attached each thread of tracee has given up what it does not go on to need', () => {
  const { stdout, stderr, status } = runTracee(['--rules', 'TRC-2', '--', '/bin/sh', '-c', inspectParent]);
  assert.equal(status, 0, stderr);
  const threads = threadsIn(stdout);
  assert.ok(threads.length > 6, stdout);
  const [masks, ...more] = new Set(threads.map((text) => masksOf(text).join(' ')));
  assert.deepEqual(more, []);
  const [permitted = 0n, effective, bounding = 0n] = (masks ?? '')
    .split(' ')
    .map((mask) => BigInt(`0x${mask}`));
  assert.equal(permitted, effective);
  assert.equal(bounding & ~permitted, 0n);
  for (const [name, bit] of Object.entries(mustGo)) assert.equal((permitted >> bit) & 1n, 0n, name);
  for (const text of threads) assert.match(text, /^NoNewPrivs:\s*1$/m);
  assert.match(stdout, /^Max core file size\s+0\s+0\s/m);
});

test('--keep-privileges gives up none', () => {
  const args = ['--rules', 'TRC-2', '--keep-privileges', '--', '/bin/sh', '-c', inspectParent];
  const threads = threadsIn(runTracee(args).stdout);
  const own = masksOf(readFileSync('/proc/self/status', 'latin1'));
  assert.ok(threads.length > 6);
  for (const text of threads) assert.deepEqual(masksOf(text), own);
});

test('the command has what its caller had: capabilities, umask, limits, and programs that change the user', () => {
  const show =
    'umask; ulimit -c; grep -E "^(Cap|NoNewPrivs)" /proc/self/status; setpriv --reuid 65534 --regid 65534 --clear-groups "$0" -u';
  const setuid = join(directory, 'id');
  copyFileSync('/usr/bin/id', setuid);
  chmodSync(setuid, 0o4755);
  const around = (words: string): string =>
    spawnSync('/bin/sh', ['-c', `umask 0027; ulimit -c 16; ${words}`, show, setuid], { encoding: 'utf8' })
      .stdout;
  const plain = around('/bin/sh -c "$0" "$1"');
  assert.match(plain, /^0027\n16\n[^]*\n0\n$/);
  assert.equal(around(`${process.execPath} ${tracee} --rules TRC-2 -- /bin/sh -c "$0" "$1"`), plain);
});

test('what is written is for its owner alone, whatever the umask is', () => {
  const record = join(directory, 'record.json');
  const words = `umask 0; exec ${process.execPath} ${tracee} --record ${record} -- /bin/true; `;
  assert.equal(spawnSync('/bin/sh', ['-c', words]).status, 0);
  assert.equal(spawnSync('stat', ['-c', '%a', record], { encoding: 'utf8' }).stdout, '600\n');
});

test('SIGUSR1 opens no debugger', async () => {
  const { child, ended } = await startTracee(['--rules', 'TRC-2', '--', '/bin/cat']);
  child.kill('SIGUSR1');
  await new Promise<void>((resolve) => {
    child.stderr?.on('data', (text: string) => {
      if (text.includes('SIGUSR1')) resolve();
    });
  });
  child.kill('SIGINT');
  const { stderr, status } = await ended;
  assert.match(stderr, /SIGUSR1 is not for Tracee/);
  assert.doesNotMatch(stderr, /Debugger/);
  assert.equal(status, 0, stderr);
});

test('CAP_BPF and CAP_PERFMON are enough to detect, and what stays dark without others is said', () => {
  const { stdout, stderr, status } = runWith(
    ['bpf', 'perfmon', 'sys_resource'],
    ['--rules', 'TRC-2', '--', attack],
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, /PTRACE_TRACEME\) succeeded/);
  assert.doesNotMatch(stderr, /the command ended with/, 'it acts otherwise than without Tracee');
  assert.match(stderr, /without CAP_SYS_PTRACE/);
  assert.match(stderr, /without CAP_DAC_READ_SEARCH/);
});

test('exactly what is missing is named', () => {
  for (const [capabilities, named, other] of [
    [['bpf'], /needs CAP_PERFMON, which/, /CAP_BPF/],
    [['perfmon'], /needs CAP_BPF, which/, /CAP_PERFMON/],
    [['sys_ptrace'], /needs CAP_BPF and CAP_PERFMON, which/, /CAP_SYS_PTRACE/],
  ] as const) {
    const { stderr, status } = runWith([...capabilities, 'sys_resource'], ['--', '/bin/true']);
    assert.match(stderr, named);
    assert.doesNotMatch(stderr, other);
    assert.equal(status, 4, stderr);
  }
});

test('a normal user may list, check rules, replay and build', () => {
  const rules = join(directory, 'rule.yaml');
  const events = join(directory, 'events.json');
  const objects = mkdtempSync(join(directory, 'objects-'));
  chmodSync(objects, 0o777);
  writeFileSync(rules, 'exceptions: [{ rule: TRC-2, executable: /opt/x }]\n');
  const recorded = runTracee(['--record', events, '--trace', 'event=ptrace', '--', attack]);
  assert.equal(recorded.status, 0, recorded.stderr);
  chmodSync(events, 0o644);
  const as = { uid: nobody };
  for (const outcome of [
    run(tracee, ['--list'], as),
    run(tracee, ['--list', '--verbose'], as),
    run(tracee, ['trace', '--list'], as),
    run(tracee, ['rules', 'check', rules], as),
    run(builder, ['build', '--btf', '/sys/kernel/btf/vmlinux', '--output', objects], {
      uid: nobody,
      env: { HOME: objects, TMPDIR: objects },
    }),
  ]) {
    assert.equal(outcome.status, 0, outcome.stderr);
  }
  const replayed = run(traceeRules, ['--input-tracee', `file:${events}`], as);
  assert.equal(replayed.status, 0, replayed.stderr);
  assert.match(replayed.stdout, /^HIGH TRC-2 /m);
});

test('the doctor names each capability, for people and as JSON', () => {
  const asUser = run(tracee, ['doctor'], { uid: nobody });
  assert.equal(asUser.status, 4);
  assert.match(asUser.stdout, /warn {2}CAP_BPF +missing: /);
  assert.match(asUser.stdout, /warn {2}CAP_SYS_PTRACE +missing: .*\n +-> --cap-add SYS_PTRACE/);
  const { stdout } = run(tracee, ['doctor', '--json']);
  const { sections } = JSON.parse(stdout) as { sections: { findings: { id: string; status: string }[] }[] };
  const found = sections.flatMap(({ findings }) => findings).find(({ id }) => id === 'cap-perfmon');
  assert.equal(found?.status, 'ok');
});

test('a command that has become another user, out of reach, is told and does not keep tracee', async () => {
  const become = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const child = spawn('/usr/bin/setpriv', [
    ...['--bounding-set', '-all,+bpf,+perfmon,+setuid,+setgid,+sys_resource', '--inh-caps', '-all'],
    ...[process.execPath, tracee, '--rules', 'TRC-2', '--'],
    ...[...become, '/bin/sh', '-c', 'echo "command $$" >&2; exec sleep 1000'],
  ]);
  let said = '';
  const pid = await new Promise<number>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /^command (\d+)$/m.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('exit', () => reject(new Error(said)));
  });
  child.kill('SIGINT');
  const [status] = (await once(child, 'exit')) as [number | null];
  process.kill(pid, 'SIGKILL');
  assert.equal(status, 0, said);
  assert.match(said, /the command runs on: kill EPERM/);
});
