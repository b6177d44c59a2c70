import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LoadReport } from 'tracee/load-check';
import { findSymptom } from '../../src/symptoms/table.js';
import { realSources } from '../fixtures/bpf.js';
import { buildHalf, release, sourceHalf } from '../fixtures/header-tree.js';
import { toolchain } from '../fixtures/job.js';
import { writeFiles } from '../fixtures/scratch.js';
import { smallSources } from '../fixtures/bpf.js';
import { createPlace, type Place, run, runAs } from './program.js';

const refused = fileURLToPath(new URL('../symptoms/refused.bpf.c', import.meta.url));

/** Programs that the verifier refuses, each for what it is named after. */
function compileRefused(place: Place): string {
  const object = join(place.directory, 'refused.o');
  const arch = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  const flags = ['-O2', '-g', '--target=bpf', '-mcpu=v2', `-I/usr/include/${arch}-linux-gnu`];
  execFileSync(toolchain.clang.path, [...flags, '-c', refused, '-o', object]);
  return object;
}

async function buildPortable(place: Place): Promise<string> {
  const args = ['build', '--portable', '--sources', realSources, '--output', place.output];
  const { status, stdout, stderr } = await run(place, args);
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

async function loadJson(
  place: Place,
  object: string,
): Promise<{ status: number | null; report: LoadReport }> {
  const { status, stdout, stderr } = await run(place, ['check', object, '--load', '--json']);
  assert.notEqual(stdout, '', stderr);
  return { status, report: JSON.parse(stdout) as LoadReport };
}

suite('check --load (needs root)', () => {
  test('no program of the portable object is refused, and what was loaded has its counts', async (context) => {
    const place = createPlace(context);
    const { status, report } = await loadJson(place, await buildPortable(place));
    assert.equal(status, 0);
    const loaded = report.programs.filter(({ outcome }) => outcome === 'loaded');
    assert.ok(loaded.some(({ name }) => name === 'raw_tp__sys_exit'));
    for (const { name, instructions, verifiedInstructions } of loaded) {
      assert.ok(instructions > 0 && (verifiedInstructions ?? 0) > 0, name);
    }
    for (const { name, reason } of report.programs.filter(({ outcome }) => outcome === 'impossible')) {
      assert.match(reason ?? '', /^this kernel |not in this kernel's BTF$/, name);
    }
  });

  test('a refused program is told with instruction, state, cause and mend, and ends with 3', async (context) => {
    const place = createPlace(context);
    const { status, stdout } = await run(place, ['check', compileRefused(place), '--load']);
    assert.equal(status, 3);
    assert.match(
      stdout,
      /^refused: invalid_memory: R1 invalid mem access '\w+'\n {2}at {7}1: \(61\) r0 = \*\(u32 \*\)\(r1 \+0\)\n {2}knowing {2}R1=\S+\n(?: {2}source .*\n)? {2}cause {4}what is no pointer.*\n {2}mend {5}read the kernel's memory/m,
    );
    assert.match(stdout, /^1 of \d+ programs loaded on /m);
  });

  test('every refusal of the running kernel is the one that the table has', async (context) => {
    const place = createPlace(context);
    const { report } = await loadJson(place, compileRefused(place));
    const [accepted, ...others] = report.programs;
    assert.equal(accepted?.outcome, 'loaded');
    assert.ok(others.length >= 15);
    for (const { name, outcome, reason } of others) {
      assert.equal(outcome, 'refused', name);
      assert.equal(findSymptom(reason ?? '', 'verifier')?.id, name.replaceAll('_', '-'), reason);
    }
  });

  test('without its capabilities it ends with 4 and names them', async (context) => {
    const place = createPlace(context);
    const object = compileRefused(place);
    execFileSync('chmod', ['-R', 'a+rX', place.directory]);
    const { status, stderr } = await runAs(place, 65_534, ['check', object, '--load']);
    assert.equal(status, 4, stderr);
    assert.match(stderr, /loading programs needs .*CAP_BPF/);
    assert.match(stderr, /sudo tracee-builder/);
  });

  test('an object of another kernel is not loaded: status 3, and the VM named', async (context) => {
    const place = createPlace(context);
    const tree = writeFiles(join(place.directory, 'linux'), { ...buildHalf(), ...sourceHalf() });
    const args = ['--sources', smallSources, '--kernel', release, '--arch', 'x86_64', '--headers', tree];
    const built = await run(place, ['build', ...args, '--output', place.output]);
    assert.equal(built.status, 0, built.stderr);
    const { status, stderr } = await run(place, ['check', built.stdout.trim(), '--load']);
    assert.equal(status, 3);
    assert.ok(stderr.includes(`was made for kernel ${release} (x86_64), but this is `), stderr);
    assert.match(stderr, /tracee-builder check .* --vm/);
  });
});

suite('check --vm', () => {
  const misuses: [args: string[], message: RegExp][] = [
    [['--vmlinuz', 'x'], /--vmlinuz was given with no --vm/],
    [['--kernel-package'], /--kernel-package was given with no --vm/],
    [['--vm', '--load'], /--load was given with --vm/],
    [['--vm', '--vmlinuz', 'x', '--kernel-package'], /--kernel-package was given with --vmlinuz/],
    [['--vm', '--timeout', 'soon'], /"soon" is no number of seconds/],
  ];
  for (const [args, message] of misuses) {
    test(`check ${args.join(' ')} is bad usage: status 2`, async (context) => {
      const place = createPlace(context);
      const { status, stderr } = await run(place, ['check', compileRefused(place), ...args]);
      assert.match(stderr, message);
      assert.equal(status, 2);
    });
  }

  test('no image of the kernel ends with 6 and every place named', async (context) => {
    const place = createPlace(context);
    const args = ['check', compileRefused(place), '--vm', '--kernel', '0.0.0-none'];
    const { status, stderr } = await run(place, args);
    assert.match(stderr, /no image of kernel 0\.0\.0-none is there:\n {2}\/boot\/vmlinuz-0\.0\.0-none\n/);
    assert.match(stderr, /--vmlinuz/);
    assert.equal(status, 6);
    assert.deepEqual(readdirSync(place.temporary), []);
  });

  test('without qemu it ends with 6 and the package to install, and leaves nothing', async (context) => {
    const place = createPlace(context);
    const image = join(writeFiles(place.directory, { image: 'x' }), 'image');
    const args = ['check', compileRefused(place), '--vm', '--vmlinuz', image];
    const { status, stderr } = await run(place, args, { PATH: place.directory });
    assert.match(stderr, /qemu-system-\w+ is not installed\n {2}apt-get install qemu-system-/);
    assert.equal(status, 6);
    assert.deepEqual(readdirSync(place.temporary), []);
  });
});
