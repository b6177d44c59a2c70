import assert from 'node:assert/strict';
import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readManifest, type Manifest } from '../../runtime/src/artifact/index.js';
import { fetchKernel } from '../vm/dist/fetch.js';
import { kernelTable } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';
import { writeAptConfiguration } from './apt-sources.js';
import { root } from './repository.js';

/* Needs apt, and the network that its sources need. */

const directory = mkdtempSync(join(tmpdir(), 'fetch-test-'));
after(() => {
  rmSync(directory, { recursive: true, force: true });
});
const cache = join(directory, 'cache');

/** Runs the builder with an empty cache of its own. */
function builder(args: readonly string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  const program = join(root, 'builder/dist/cli/main.js');
  return spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, TRACEE_CACHE_DIR: cache, ...env },
  });
}

function build(
  release: string,
  words: readonly string[],
  env?: NodeJS.ProcessEnv,
): { manifest: Manifest; path: string } {
  const args = ['build', '--kernel', release, '--fetch', '--output', join(directory, 'out'), ...words];
  const { status, stdout, stderr } = builder(args, env);
  assert.equal(status, 0, stderr);
  const path = stdout.trim();
  return { manifest: readManifest(readFileSync(path), path), path };
}

test("the newest kernel that the system's own apt knows is built for, and nothing is installed", () => {
  const names = execFileSync('apt-cache', ['pkgnames', 'linux-headers-'], { encoding: 'utf8' }).split('\n');
  const releases = names.flatMap((name) => /^linux-headers-(\d.*\d-cloud-amd64)$/.exec(name)?.[1] ?? []);
  const newest = releases.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  assert.ok(newest !== undefined, 'run apt-get update');
  const { manifest } = build(newest, ['--arch', 'x86_64']);
  assert.equal(manifest.kernel.release, newest);
  assert.equal(manifest.types, 'headers');
  assert.ok(!existsSync(`/usr/src/linux-headers-${newest}`));
});

const configuration = await writeAptConfiguration(join(directory, 'apt'));

for (const row of kernelTable) {
  test(`an arm64 object for ${row.name} is built on any machine and passes the static check`, async () => {
    const kernel = await fetchKernel(row, { settings: readSettings(process.env) });
    const release = kernel.release.replace(/amd64$/, 'arm64');
    const { manifest, path } = build(release, ['--arch', 'arm64'], { APT_CONFIG: configuration });
    assert.deepEqual(manifest.kernel, { release, arch: 'aarch64' });
    assert.ok(manifest.layout.length > 40);
    assert.ok(
      manifest.layout.some(({ struct, member }) => struct === 'pt_regs' && member === 'orig_x0'),
      'arm64 keeps the first argument in orig_x0',
    );
    const tree = join(cache, 'headers/aarch64', release);
    const { status, stdout, stderr } = builder(['check', path, '--headers', tree]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /Every event can be served\./);
    assert.match(stdout, /judged by its headers/);
  });
}
