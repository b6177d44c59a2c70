import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readBtf, readManifest } from '../../runtime/src/artifact/index.js';
import { compareLayout } from '../../runtime/src/artifact/layout.js';
import { readTargetBtf } from '../../builder/src/layout/target.js';
import { fetchKernel, type FetchedKernel } from '../vm/dist/fetch.js';
import { findKernelRow } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';

const settings = readSettings(process.env);
const root = fileURLToPath(new URL('../..', import.meta.url));
const listed = /^LAYOUT_MEMBER\((\w+), ([\w.]+)\)/gm;

function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-kernels-test-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

function fetch(name: string): Promise<FetchedKernel> {
  return fetchKernel(findKernelRow(name), { settings });
}

function build(
  kernel: FetchedKernel,
  output: string,
  ...more: string[]
): { status: number | null; stderr: string } {
  return spawnSync(
    process.execPath,
    [
      join(root, 'builder/dist/cli/main.js'),
      ...['build', '--kernel', kernel.release, '--headers', `${kernel.buildDir}:${kernel.sourceDir}`],
      ...['--output', output, ...more],
    ],
    { encoding: 'utf8' },
  );
}

for (const name of ['debian-5.10', 'debian-6.1', 'debian-6.12', 'debian-7.2']) {
  test(`what the headers of ${name} say of every member that is read is what its kernel's BTF says`, async (context) => {
    const kernel = await fetch(name);
    const output = createDirectory(context);
    const { status, stderr } = build(kernel, output, '--btf-check', kernel.vmlinuz);
    assert.equal(status, 0, stderr);
    const [object = ''] = readdirSync(output);
    const { layout } = readManifest(readFileSync(join(output, object)), object);
    const list = readFileSync(join(root, 'bpf/generated/layout-x86_64.h'), 'latin1');
    const found = new Set(layout.map(({ struct, member }) => `${struct}.${member}`));
    const missing = [...list.matchAll(listed)].filter(
      ([, struct, member]) => !found.has(`${struct}.${member}`),
    );
    // Only io_uring's members have other names on some kernels, or stand in structures that headers keep to themselves.
    for (const [line, struct = ''] of missing) assert.match(struct, /^io_/, line);
    const btf = readBtf(await readTargetBtf(kernel.vmlinuz), kernel.vmlinuz);
    assert.deepEqual(compareLayout(layout, btf), []);
  });
}

test('the vmlinux in the headers of debian-7.2 is compared without being named', async (context) => {
  const kernel = await fetch('debian-7.2');
  const { status, stderr } = build(kernel, createDirectory(context));
  assert.equal(status, 0, stderr);
  assert.ok(
    stderr.includes(`kernel members stand where ${join(kernel.buildDir, 'vmlinux')} has them`),
    stderr,
  );
});

test('an object from the headers of one kernel is refused for another, with members named', async (context) => {
  const [kernel, other] = [await fetch('debian-6.1'), await fetch('debian-6.12')];
  const output = createDirectory(context);
  const { status, stderr } = build(kernel, output, '--btf-check', other.vmlinuz);
  assert.equal(status, 6, stderr);
  assert.match(stderr, /(?:; )?\w+\.[\w.]+ is at \d+ in the object, but at \d+ in \S+vmlinuz/);
  assert.match(stderr, /; and \d+ more\n/);
  assert.deepEqual(readdirSync(output), []);
});

test('a private structure as 5.10 has it is caught when it is compiled for 6.1', async (context) => {
  const kernel = await fetch('debian-6.1');
  const sources = createDirectory(context);
  cpSync(join(root, 'bpf'), sources, { recursive: true });
  const compat = join(sources, 'compat.h');
  const text = readFileSync(compat, 'latin1');
  const condition = '#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)\n\tatomic_t count;';
  assert.ok(text.includes(condition));
  writeFileSync(compat, text.replace(condition, '#if 1\n\tatomic_t count;'));
  const { status, stderr } = build(
    kernel,
    createDirectory(context),
    '--sources',
    sources,
    '--btf-check',
    kernel.vmlinuz,
  );
  assert.equal(status, 6, stderr);
  assert.match(stderr, /: mnt_namespace\.ns\.inum is at 24 in the object, but at 16 in \S+vmlinuz\S+\n/);
});
