import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { execa } from 'execa';
import { fetchKernel, type FetchedKernel } from '../vm/dist/fetch.js';
import { findKernelRow, kernelTable, onArm64 } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';
import { compileLoader, loadOnArm64, parseAnswer, requireTools, type GuestReport } from './arm64-guest.js';
import { root } from './repository.js';

/*
 * Objects for arm64, built on this machine, loaded by Debian's arm64 kernels in an emulated one. Needs what
 * `sh ci/setup.sh arm64` installs, apt for the kernels, and no privileges.
 */

/** A boot with all loads takes half a minute; much longer on a machine that does other things. */
const timeoutMs = 45 * 60_000;

let loader = new Uint8Array();
before(async () => {
  requireTools();
  loader = await compileLoader();
});

function fetchArm64Kernel(name: string): Promise<FetchedKernel> {
  return fetchKernel(onArm64(findKernelRow(name)), { settings: readSettings(process.env) });
}

function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-arm64-test-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

/** The builder as users run it. Gives what it printed. */
async function builder(...args: string[]): Promise<string> {
  const program = join(root, 'builder/dist/cli/main.js');
  const { stdout, stderr, exitCode } = await execa(process.execPath, [program, ...args], { reject: false });
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

/**
 * A function that this kernel does not have, since its compiler inlined it, or a tracepoint that its version does not
 * have: the runtime never tries such a hook.
 */
function isWithoutTarget({ name, errno, lines }: GuestReport['programs'][number]): boolean {
  const isMissing = lines.some((line) => line.includes('failed to find kernel BTF type ID'));
  return /^(?:fentry|fexit|tp_btf)__/.test(name) && errno === constants.errno.ESRCH && isMissing;
}

function expectAllLoaded(context: TestContext, { kernel, programs: all }: GuestReport): void {
  const programs = all.filter((program) => !isWithoutTarget(program));
  const absent = all.filter(isWithoutTarget).map(({ name }) => name);
  assert.ok(absent.length <= 6, absent.join());
  if (absent.length > 0) context.diagnostic(`${kernel} has no hooks for ${absent.join(', ')}`);
  const refused = programs.filter(({ errno }) => errno !== 0);
  const seconds = (programs.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(1);
  const loaded = programs.length - refused.length;
  context.diagnostic(`${kernel}: ${loaded} of ${programs.length} programs loaded, in ${seconds} s`);
  const reasons = refused.map(({ name, errno, lines }) => [`${name}: errno ${errno}`, ...lines].join('\n  '));
  assert.deepEqual(reasons, [], reasons.join('\n'));
  assert.ok(programs.length >= 31, `${programs.length} programs`);
  for (const { name, verifiedInstructions } of programs) assert.ok(verifiedInstructions > 0, name);
}

for (const { name } of kernelTable) {
  test(`every program of the arm64 object for ${name} is loaded by that kernel`, async (context) => {
    const kernel = await fetchArm64Kernel(name);
    const headers = `${kernel.buildDir}:${kernel.sourceDir}`;
    const object = await builder(
      ...['build', '--arch', 'arm64', '--kernel', kernel.release, '--headers', headers],
      ...['--output', createDirectory(context)],
    );
    assert.match(await builder('check', object, '--headers', headers), /Every event can be served\./);
    expectAllLoaded(context, await loadOnArm64(kernel, loader, readFileSync(object), timeoutMs));
  });

  test(`every program of the portable arm64 object is loaded by ${name}`, async (context) => {
    const kernel = await fetchArm64Kernel(name);
    const output = createDirectory(context);
    const object = await builder('build', '--portable', '--arch', 'arm64', '--output', output);
    expectAllLoaded(context, await loadOnArm64(kernel, loader, readFileSync(object), timeoutMs));
  });
}

test('what an arm64 kernel refuses is told with the words of its verifier', async (context) => {
  const kernel = await fetchArm64Kernel('debian-5.10');
  const object = join(createDirectory(context), 'refused.o');
  await execa('clang', [
    ...['-O2', '-g', '--target=bpf', '-mcpu=v2', '-I/usr/aarch64-linux-gnu/include', '-DWITHOUT_SLOW'],
    ...['-c', join(root, 'builder/test/symptoms/refused.bpf.c'), '-o', object],
  ]);
  const { programs } = await loadOnArm64(kernel, loader, readFileSync(object), timeoutMs);
  const loaded = programs.filter(({ errno }) => errno === 0);
  assert.deepEqual(
    loaded.map(({ name }) => name),
    ['accepted'],
  );
  assert.ok(programs.length > 10);
  const refused = programs.find(({ name }) => name === 'invalid_memory');
  assert.equal(refused?.errno, 13);
  assert.ok(refused.lines.includes("R1 invalid mem access 'inv'"), refused.lines.join('\n'));
});

test('a file that is no BPF object is a failure that names it', async () => {
  const kernel = await fetchArm64Kernel('debian-5.10');
  await assert.rejects(
    loadOnArm64(kernel, loader, Buffer.from('no object'), timeoutMs),
    /no whole answer[^]*@ error cannot open \/object\.o/,
  );
});

test('a machine whose kernel panics is a failure that shows the panic', async () => {
  const kernel = await fetchArm64Kernel('debian-5.10');
  await assert.rejects(
    loadOnArm64(kernel, Buffer.from('no program'), Buffer.from(''), timeoutMs),
    /no whole answer[^]*Kernel panic/,
  );
});

test('an answer counts only when it is whole', () => {
  const lines = ['@ kernel 6.1.0', '@ loaded one 3 12', '@ refused two 13 7', '@ | R1 is bad', '@ end 2', ''];
  const whole = parseAnswer(`[0.5] a message of the kernel\r\n${lines.join('\r\n')}`);
  assert.deepEqual(whole, {
    kernel: '6.1.0',
    programs: [
      { name: 'one', errno: 0, verifiedInstructions: 3, ms: 12, lines: [] },
      { name: 'two', errno: 13, verifiedInstructions: 0, ms: 7, lines: ['R1 is bad'] },
    ],
  });
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const rest = lines.filter((_, other) => other !== index).join('\r\n');
    if (!line.startsWith('@ |')) assert.equal(parseAnswer(rest), undefined, `without ${line}`);
  }
});
