import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { availableParallelism, release as runningRelease } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { type Manifest, manifestSchema, objectName, readManifest } from 'tracee/artifact';
import { smallSources } from '../fixtures/bpf.js';
import { buildHalf, layoutAt, release, sourceHalf, writeDebianHalves } from '../fixtures/header-tree.js';
import { writeBtf } from '../fixtures/job.js';
import { writeFiles } from '../fixtures/scratch.js';
import { createPlace, type Place, run, type Outcome } from './program.js';

/** The small header trees are x86's, whatever this machine is. */
const small = ['--sources', smallSources, '--arch', 'x86_64'];

/** Runs `build` or `ensure` with JSON out, and gives what it printed. */
async function runJson(
  place: Place,
  command: 'build' | 'ensure',
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ outcome: Outcome; path: string; manifest: Manifest; isReused: boolean }> {
  const outcome = await run(place, [command, ...small, '--output', place.output, '--json', ...args], env);
  assert.equal(outcome.status, 0, outcome.stderr);
  const printed = JSON.parse(outcome.stdout) as { path: string; manifest: unknown; isReused: boolean };
  return { outcome, ...printed, manifest: manifestSchema.parse(printed.manifest) };
}

suite('build and ensure', { concurrency: availableParallelism() }, () => {
  test('the path alone is printed on stdout, what was done on stderr', async (context) => {
    const place = createPlace(context);
    const { status, stdout, stderr } = await run(place, [
      'build',
      '--portable',
      ...small,
      '--output',
      place.output,
    ]);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, `${place.output}/${readdirSync(place.output).join()}\n`);
    assert.match(stderr, /kernel any with BTF \(.*\), types from core_types\.h/);
    assert.match(stderr, /clang \d+\.\d+\.\d+ \(\/.*\), libbpf headers \d/);
    assert.match(stderr, /built in \d+\.\d s/);
    assert.deepEqual(readdirSync(place.temporary), []);
  });

  test('build --json prints path, manifest and whether the object was reused', async (context) => {
    const place = createPlace(context);
    const btf = writeBtf(place.directory);
    // Unless named, the target is the running kernel, whose task_struct is another one.
    const args = ['--btf', btf, '--btf-check', btf];
    const { outcome, path, manifest, isReused } = await runJson(place, 'build', args);
    assert.equal(path, join(place.output, objectName(runningRelease(), manifest.version)));
    assert.equal(isReused, false);
    assert.deepEqual(manifest, readManifest(readFileSync(path), path));
    assert.equal(manifest.kernel.release, runningRelease());
    assert.equal(manifest.types, 'btf');
    assert.deepEqual(manifest.layout, layoutAt(8));
    assert.ok(outcome.stderr.includes(`all 2 kernel members stand where ${btf} has them`), outcome.stderr);
  });

  test('ensure reuses what build made, and says so', async (context) => {
    const place = createPlace(context);
    assert.equal((await runJson(place, 'build', ['--portable'])).isReused, false);
    const second = await runJson(place, 'ensure', ['--portable']);
    assert.equal(second.isReused, true);
    assert.match(second.outcome.stderr, /reused: made from the same inputs/);
  });

  test('the original’s KERN_BLD_PATH and KERN_SRC_PATH name the halves', async (context) => {
    const place = createPlace(context);
    const build = writeFiles(join(place.directory, 'configured'), buildHalf());
    const source = writeFiles(join(place.directory, 'linux'), sourceHalf());
    const env = { KERN_RELEASE: release, KERN_BLD_PATH: build, KERN_SRC_PATH: source };
    const { manifest, outcome } = await runJson(place, 'build', [], env);
    assert.deepEqual(manifest.kernel, { release, arch: 'x86_64' });
    assert.equal(manifest.headers?.files, 5);
    assert.deepEqual(manifest.layout, layoutAt(24));
    assert.ok(outcome.stderr.includes(`types from ${build}:${source}`), outcome.stderr);
  });

  for (const variable of ['KERN_BLD_PATH', 'KERN_SRC_PATH'] as const) {
    test(`${variable} alone is paired with its other half`, async (context) => {
      const place = createPlace(context);
      const { build, source } = writeDebianHalves(place.directory);
      const env = { KERN_RELEASE: release, [variable]: variable === 'KERN_BLD_PATH' ? build : source };
      assert.equal((await runJson(place, 'build', [], env)).manifest.headers?.files, 5);
    });
  }

  test('KERN_HEADERS goes before the original’s variables, and --headers before both', async (context) => {
    const place = createPlace(context);
    const { build, source } = writeDebianHalves(place.directory);
    const env = {
      KERN_RELEASE: release,
      KERN_BLD_PATH: build,
      KERN_SRC_PATH: source,
      KERN_HEADERS: '/absent/a',
    };
    const byVariable = await run(place, ['build'], env);
    assert.equal(byVariable.status, 6);
    assert.match(byVariable.stderr, /\/absent\/a is not a directory that is there/);
    const byFlag = await run(place, ['build', '--headers', '/absent/b'], env);
    assert.equal(byFlag.status, 6);
    assert.match(byFlag.stderr, /\/absent\/b is not a directory that is there/);
  });

  test('empty variables count as unset, as make exports them', async (context) => {
    const place = createPlace(context);
    const { build } = writeDebianHalves(place.directory);
    const names = ['KERN_RELEASE', 'KERN_HEADERS', 'KERN_SRC_PATH', 'VERSION', 'RELEASE_TAG', 'CLANG', 'LLC'];
    const empty = Object.fromEntries([...names, 'LLVM_STRIP', 'LLVM_OBJCOPY'].map((name) => [name, '']));
    const env = { ...empty, KERN_BLD_PATH: build };
    const { manifest } = await runJson(place, 'build', ['--kernel', release], env);
    assert.equal(manifest.kernel.release, release);
  });

  test('RELEASE_TAG is the version, without its leading v', async (context) => {
    const place = createPlace(context);
    const { path, manifest } = await runJson(place, 'build', ['--portable'], { RELEASE_TAG: 'v2.3.4' });
    assert.equal(manifest.version, '2.3.4');
    assert.match(path, /\.2_3_4\.o$/);
  });

  test('VERSION goes before RELEASE_TAG', async (context) => {
    const env = { RELEASE_TAG: 'v2.3.4', VERSION: '5.6/7' };
    assert.match((await run(createPlace(context), ['build'], env)).stderr, /"5\.6\/7" cannot be a version/);
  });

  test('relative paths are those of the caller’s directory', async (context) => {
    const place = createPlace(context);
    cpSync(smallSources, join(place.directory, 'bpf'), { recursive: true });
    cpSync('/usr/include/bpf', join(place.directory, 'include/bpf'), { recursive: true });
    writeDebianHalves(place.directory);
    const headers = ['--kernel', release, '--headers', `usr/src/linux-headers-${release}`];
    const args = [
      'build',
      '--sources',
      'bpf',
      '--libbpf-headers',
      'include',
      '--output',
      'out',
      '--arch',
      'x86_64',
      ...headers,
    ];
    const { status, stdout, stderr } = await run(place, args);
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(join(place.directory, stdout.trim())));
  });

  test('headers of another kernel are refused with both named, and used when insisted on', async (context) => {
    const place = createPlace(context);
    const { build } = writeDebianHalves(place.directory);
    const args = ['--kernel', '6.1.0-51-cloud-amd64', '--headers', build];
    const refused = await run(place, ['build', ...small, '--output', place.output, ...args]);
    assert.equal(refused.status, 6);
    assert.match(refused.stderr, /belong to kernel 6\.1\.0-50-cloud-amd64, not to 6\.1\.0-51-cloud-amd64/);
    assert.equal(existsSync(place.output), false);
    const { manifest } = await runJson(place, 'build', [...args, '--allow-mismatch']);
    assert.equal(manifest.kernel.release, '6.1.0-51-cloud-amd64');
  });
});
