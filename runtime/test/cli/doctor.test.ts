import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { objectName } from '../../src/artifact/index.js';
import type { Finding, Section } from '../../src/doctor/finding.js';

const script = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-doctor-cli-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

function doctor(
  args: readonly string[],
  wrapper: readonly string[] = [],
): { status: number | null; stdout: string; stderr: string } {
  const [program = '', ...rest] = [...wrapper, process.execPath, script, 'doctor', ...args];
  const { PATH } = process.env;
  return spawnSync(program, rest, { encoding: 'utf8', env: { PATH, VERSION: '0.1.0' } });
}

function findingsOf(stdout: string): Finding[] {
  return (JSON.parse(stdout) as { sections: Section[] }).sections.flatMap(({ findings }) => findings);
}

test('each finding has a status and each that is not ok a mend; the status is that of the first failure', (context) => {
  const { status, stdout, stderr } = doctor([
    '--json',
    '--no-portable',
    '--install-path',
    createDirectory(context),
  ]);
  assert.equal(stderr, '');
  assert.equal(status, 3);
  const findings = findingsOf(stdout);
  for (const finding of findings) {
    assert.equal(finding.mend === undefined, finding.status === 'ok', JSON.stringify(finding));
    assert.equal(finding.code !== undefined, finding.status === 'fail', JSON.stringify(finding));
  }
  for (const id of [
    'kernel',
    'btf',
    'kprobes',
    'lockdown',
    'capabilities',
    'seccomp',
    'container',
    'libbpf',
  ]) {
    assert.ok(
      findings.some((one) => one.id === id),
      id,
    );
  }
});

test('an object that is refused is told with its reason', (context) => {
  const directory = createDirectory(context);
  writeFileSync(join(directory, objectName(release(), '0.1.0')), 'no object');
  const { stdout } = doctor(['--no-portable', '--install-path', directory]);
  assert.match(stdout, /^ {2}fail {2}object +No BPF object for kernel/m);
  assert.match(stdout, /refused: .* is not an ELF file/);
  assert.match(stdout, /^ +-> .*/m);
});

test('without capabilities it says which are missing and ends with 4 (needs root)', (context) => {
  const wrapper = ['setpriv', '--reuid=65534', '--clear-groups', '--bounding-set=-all'];
  const { status, stdout } = doctor(['--install-path', createDirectory(context)], wrapper);
  assert.match(stdout, /^ {2}fail {2}capabilities .*CAP_BPF/m);
  assert.equal(status, 4, stdout);
});
