import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { compileProgram } from './program-fixture.js';

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

function runCheck(
  context: { after(callback: () => void): void },
  source: string,
  ...flags: string[]
): { status: number | null; stdout: string; stderr: string } {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-check-command-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'object.o');
  writeFileSync(file, compileProgram(source));
  return spawnSync(process.execPath, ['--import', 'tsx', cli, 'check', file, ...flags], { encoding: 'utf8' });
}

const recent = `
SEC("fentry/do_exit") int fentry__do_exit(__u64 *ctx) { return 0; }
SEC("kprobe/do_exit") int kprobe__do_exit(void *ctx) { return bpf_ktime_get_boot_ns() > 5; }`;

test('check ends with 0 where every event can be served, and with 3 and the reasons where not', (context) => {
  const good = runCheck(context, recent, '--kernel', '5.8.0-nowhere');
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /^fentry__do_exit +2 {2}loadable$/m);
  assert.match(good.stdout, /2 of 2 programs can be loaded on 5\.8\.0-nowhere, judged by its version/);
  assert.match(good.stderr, /no headers of 5\.8\.0-nowhere are here/);

  const bad = runCheck(context, recent, '--kernel', '5.4.0-nowhere');
  assert.equal(bad.status, 3);
  assert.match(bad.stdout, /^fentry__do_exit .* not loadable: program-type$/m);
  assert.match(bad.stdout, /^kprobe__do_exit .* needed, but not loadable: helper$/m);
  assert.match(bad.stdout, /calls bpf_ktime_get_boot_ns\(\), which came with Linux 5\.8/);
});

test('check --json prints the verdict', (context) => {
  const { status, stdout } = runCheck(context, recent, '--kernel', '5.4.0-nowhere', '--json');
  const verdict = JSON.parse(stdout) as { isServable: boolean; programs: { name: string }[] };
  assert.equal(status, 3);
  assert.equal(verdict.isServable, false);
  assert.deepEqual(
    verdict.programs.map(({ name }) => name),
    ['fentry__do_exit', 'kprobe__do_exit'],
  );
});

test('check asks for the kernel where the object does not name one', (context) => {
  const { status, stderr } = runCheck(context, recent);
  assert.equal(status, 2);
  assert.match(stderr, /was not built for one kernel/);
});

test('headers that are named must be there', (context) => {
  const { status, stderr } = runCheck(context, recent, '--kernel', '5.8.0', '--headers', '/nowhere');
  assert.equal(status, 6);
  assert.match(stderr, /\/nowhere is not a directory/);
});
