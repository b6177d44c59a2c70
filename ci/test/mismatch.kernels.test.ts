import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  blankDigest,
  canonicalJson,
  patchDigest,
  readManifest,
  type LayoutMember,
} from '../../runtime/src/artifact/index.js';
import { builder, run, tracee, type Outcome } from '../../test/e2e/harness.js';
import { fetchKernel, type FetchedKernel } from '../vm/dist/fetch.js';
import { findKernelRow } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';

/* What does not belong together, with Debian's own header trees and the running kernel. Needs root and BTF. */

const settings = readSettings(process.env);
const directory = mkdtempSync(join(tmpdir(), 'tracee-mismatch-'));
after(() => {
  rmSync(directory, { recursive: true, force: true });
});

function fetch(name: string): Promise<FetchedKernel> {
  return fetchKernel(findKernelRow(`debian-${name}`), { settings });
}

const [old, kernel, next, newest] = await Promise.all(['5.10', '6.1', '6.12', '7.2'].map(fetch)).then(
  (all) => all as [FetchedKernel, FetchedKernel, FetchedKernel, FetchedKernel],
);

interface BuildOutcome extends Outcome {
  /** What is in the output directory afterwards. */
  left: string[];
}

function build(
  release: string,
  headers: { buildDir: string; sourceDir: string },
  ...more: string[]
): BuildOutcome {
  const output = mkdtempSync(join(directory, 'out-'));
  const pair = `${headers.buildDir}:${headers.sourceDir}`;
  const outcome = run(builder, [
    ...['build', '--kernel', release, '--headers', pair, '--output', output, ...more],
  ]);
  return { ...outcome, left: readdirSync(output) };
}

function expectRefusal(
  { status, stdout, stderr, left }: BuildOutcome,
  expected: number,
  words: string[],
): void {
  for (const word of words) assert.ok(stderr.includes(word), `no "${word}" in ${stderr}`);
  assert.equal(status, expected, stderr);
  assert.deepEqual([stdout, left], ['', []]);
}

/** A copy of the build half of 6.1 whose configuration was changed. */
function reconfigured(change: (autoconf: string) => string): { buildDir: string; sourceDir: string } {
  const copy = join(mkdtempSync(join(directory, 'half-')), `linux-headers-${kernel.release}`);
  cpSync(kernel.buildDir, copy, { recursive: true, verbatimSymlinks: true });
  const path = join(copy, 'include/generated/autoconf.h');
  const autoconf = readFileSync(path, 'latin1');
  const changed = change(autoconf);
  assert.notEqual(changed, autoconf);
  writeFileSync(path, changed);
  return { buildDir: copy, sourceDir: kernel.sourceDir };
}

test('the trees that the others are mixed from make an object', () => {
  const { status, stderr, left } = build(kernel.release, kernel);
  assert.equal(status, 0, stderr);
  assert.equal(left.length, 1);
});

test('a copied build half with an option more makes one too: it is not the copying that is refused', () => {
  const copy = reconfigured((text) => `${text}#define CONFIG_OF_NO_CONSEQUENCE 1\n`);
  assert.equal(build(kernel.release, copy).status, 0);
});

test('the common tree of 5.10 with the build tree of 6.1 is refused, with both trees and versions', () => {
  const mixed = { buildDir: kernel.buildDir, sourceDir: old.sourceDir };
  expectRefusal(build(kernel.release, mixed), 6, [
    `${old.sourceDir} is of Linux 5.10, but ${kernel.buildDir} was configured from Linux 6.1`,
    'KERN_HEADERS=<build>:<source>',
  ]);
});

test('headers of 7.2 for a kernel 6.12 are refused, with both releases', () => {
  expectRefusal(build(next.release, newest), 6, [
    `the headers in ${newest.buildDir} belong to kernel ${newest.release}, not to ${next.release}`,
    `apt-get install linux-headers-${next.release}`,
  ]);
});

test('what insists on headers of 7.2 for a kernel 6.12 is refused by the BTF of 6.12, with member and offsets', () => {
  const outcome = build(next.release, newest, '--allow-mismatch', '--btf-check', next.vmlinuz);
  expectRefusal(outcome, 6, [next.vmlinuz]);
  assert.match(outcome.stderr, /\w+\.[\w.]+ is at \d+ in the object, but at \d+ in \S+vmlinuz/);
});

for (const options of [
  ['RANDSTRUCT_FULL'],
  ['RANDSTRUCT', 'RANDSTRUCT_FULL'],
  ['RANDSTRUCT', 'RANDSTRUCT_PERFORMANCE', 'GCC_PLUGIN_RANDSTRUCT'],
]) {
  test(`a configuration with ${options.join(', ')} is refused, insisting or not: no object can be made for it`, () => {
    const lines = options.map((option) => `#define CONFIG_${option} 1\n`).join('');
    const copy = reconfigured((text) => text.replace('#define CONFIG_RANDSTRUCT_NONE 1\n', lines));
    for (const more of [[], ['--allow-mismatch']]) {
      expectRefusal(build(kernel.release, copy, ...more), 5, [
        `the kernel of ${copy.buildDir} randomises the layout of its structures`,
        `CONFIG_${options[0] ?? ''}`,
        'CONFIG_RANDSTRUCT_NONE=y',
      ]);
    }
  });
}

test('a tree that is configured for arm64 is refused for x86_64, insisting or not', () => {
  const copy = reconfigured((text) =>
    text
      .replace('Linux/x86 ', 'Linux/arm64 ')
      .replace('#define CONFIG_X86_64 1\n', '#define CONFIG_ARM64 1\n'),
  );
  for (const more of [[], ['--allow-mismatch']]) {
    expectRefusal(build(kernel.release, copy, '--arch', 'x86_64', ...more), 6, [
      `the headers in ${copy.buildDir} are configured for arm64, not for x86_64`,
      '--arch',
    ]);
  }
});

test('a tree of x86-64 is refused for arm64', () => {
  expectRefusal(build(kernel.release, kernel, '--arch', 'arm64'), 6, [
    `the headers in ${kernel.buildDir} are configured for x86, not for aarch64`,
  ]);
});

/** The object with other places in its manifest, and a digest that is right for them. */
function falsify(object: string, change: (members: LayoutMember[]) => LayoutMember[]): string {
  const bytes = readFileSync(object);
  const manifest = readManifest(bytes, object);
  const before = Buffer.from(canonicalJson(manifest));
  const layout = change(manifest.layout);
  const now = Buffer.from(canonicalJson({ ...manifest, layout, digest: blankDigest }));
  assert.equal(now.length, before.length, 'numbers of other lengths would move the file’s parts');
  const at = bytes.indexOf(before);
  assert.ok(at > 0);
  now.copy(bytes, at);
  const path = join(mkdtempSync(join(directory, 'falsified-')), 'object.o');
  writeFileSync(path, patchDigest(bytes, path));
  return path;
}

test('an object whose stored offsets were falsified is refused at load, with member and both offsets', () => {
  const output = mkdtempSync(join(directory, 'out-'));
  const built = run(builder, ['build', '--btf', '--output', output]);
  assert.equal(built.status, 0, built.stderr);
  const object = built.stdout.trim();
  const load = (path: string): Outcome =>
    run(tracee, ['--', '/bin/true'], { env: { TRACEE_BPF_FILE: path } });
  assert.equal(load(object).status, 0);

  const isParent = ({ struct, member }: LayoutMember): boolean =>
    struct === 'task_struct' && member === 'real_parent';
  const place = readManifest(readFileSync(object), object).layout.find(isParent);
  assert.ok(place !== undefined);
  const falsified = falsify(object, (layout) =>
    layout.map((member) => (isParent(member) ? { ...member, offset: member.offset + 8 } : member)),
  );
  assert.match(run(builder, ['inspect', falsified]).stdout, /\(verified\)/);
  const { status, stdout, stderr } = load(falsified);
  assert.deepEqual([status, stdout], [3, ''], stderr);
  assert.ok(
    stderr.includes(
      `task_struct.real_parent is at ${place.offset + 8} in the object, but at ${place.offset} in`,
    ),
    stderr,
  );
  assert.match(stderr, /Rebuild it with the headers of this very build/);
});
