import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { LoadReport } from 'tracee/load-check';
import { fetchKernel, type FetchedKernel } from '../vm/dist/fetch.js';
import { findKernelRow, kernelTable } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const settings = readSettings(process.env);

function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-check-vm-test-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

function builder(...args: string[]): Promise<{ stdout: string; stderr: string; exitCode?: number }> {
  return execa(process.execPath, [join(root, 'builder/dist/cli/main.js'), ...args], { reject: false });
}

async function buildFor(kernel: FetchedKernel, output: string): Promise<string> {
  const { stdout, stderr, exitCode } = await builder(
    ...['build', '--kernel', kernel.release, '--headers', `${kernel.buildDir}:${kernel.sourceDir}`],
    ...['--output', output],
  );
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

for (const row of kernelTable) {
  test(`every program of the object for ${row.name} is loaded by that kernel in a VM`, async (context) => {
    const kernel = await fetchKernel(row, { settings });
    const object = await buildFor(kernel, createDirectory(context));
    const { stdout, stderr, exitCode } = await builder(
      ...['check', object, '--vm', '--vmlinuz', kernel.vmlinuz, '--json', '--timeout', '1200'],
    );
    assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
    const report = JSON.parse(stdout) as LoadReport;
    assert.equal(report.kernel, kernel.release);
    assert.ok(report.programs.length >= 31);
    const impossible = report.programs.filter(({ outcome }) => outcome === 'impossible');
    context.diagnostic(impossible.map(({ name, reason }) => `${name}: ${reason}`).join('; '));
    assert.ok(impossible.length <= 8, 'there are hooks that this kernel does not have, but not so many');
    for (const { name, outcome, reason, verifiedInstructions, ms } of report.programs) {
      if (outcome === 'impossible') continue;
      assert.equal(outcome, 'loaded', `${name}: ${reason}`);
      assert.ok((verifiedInstructions ?? 0) > 0, name);
      context.diagnostic(`${row.name} ${name}: ${verifiedInstructions} instructions, ${ms.toFixed(0)} ms`);
    }
  });
}

/** Programs that the verifier of every kernel refuses; one would take an emulated one minutes. */
function compileRefused(directory: string): string {
  const object = join(directory, 'refused.o');
  const source = join(root, 'builder/test/symptoms/refused.bpf.c');
  const arch = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  execFileSync('clang', [
    ...['-O2', '-g', '--target=bpf', '-mcpu=v2', `-I/usr/include/${arch}-linux-gnu`, '-DWITHOUT_SLOW'],
    ...['-c', source, '-o', object],
  ]);
  return object;
}

for (const name of ['debian-5.10', 'debian-7.2']) {
  test(`what the verifier of ${name} refuses in a VM is told with its cause and mend`, async (context) => {
    const kernel = await fetchKernel(findKernelRow(name), { settings });
    const object = compileRefused(createDirectory(context));
    const { stdout, exitCode } = await builder(
      ...['check', object, '--vm', '--vmlinuz', kernel.vmlinuz, '--kernel', kernel.release],
    );
    context.diagnostic(stdout);
    assert.equal(exitCode, 3, stdout);
    assert.match(stdout, /^accepted +2 +2 +\d+ {2}loaded$/m);
    const refused = [...stdout.matchAll(/^refused: (\w+): .+\n(?: {2}\S.*\n)*? {2}cause .+\n {2}mend .+$/gm)];
    assert.equal(refused.length, stdout.match(/ {2}refused$/gm)?.length);
    assert.ok(refused.length >= 10, stdout);
  });
}

test('the image of a kernel that is not installed is taken from its package', async (context) => {
  // The release of a suite that this system's own sources have.
  const names = execFileSync('apt-cache', ['pkgnames', 'linux-image-'], { encoding: 'utf8' }).split('\n');
  const releases = names.flatMap((one) => /^linux-image-(\d+\.\d+\.\d\S*-cloud-amd64)$/.exec(one)?.[1] ?? []);
  const [release] = releases;
  assert.ok(release !== undefined, 'apt-get update first: no cloud kernel is in the sources');
  const { stdout, stderr, exitCode } = await builder(
    ...['check', compileRefused(createDirectory(context)), '--vm', '--kernel-package', '--kernel', release],
  );
  assert.equal(exitCode, 3, stderr);
  assert.ok(stdout.includes(` programs loaded on ${release} `), stdout);
});

test('a file that is no kernel ends with 1 and says what to check', async (context) => {
  const directory = createDirectory(context);
  const object = compileRefused(directory);
  const { stderr, exitCode } = await builder('check', object, '--vm', '--vmlinuz', object, '--timeout', '60');
  assert.equal(exitCode, 1, stderr);
  assert.match(stderr, /file <vmlinuz>/);
});
