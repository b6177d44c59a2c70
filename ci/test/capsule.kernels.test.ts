import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readManifest } from '../../runtime/src/artifact/index.js';
import { fetchKernel } from '../vm/dist/fetch.js';
import { findKernelRow, kernelTable } from '../vm/dist/kernels.js';
import { readSettings } from '../vm/dist/settings.js';
import { root } from './repository.js';

const settings = readSettings(process.env);
const program = join(root, 'builder/dist/cli/main.js');

function createDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'capsule-test-'));
  context.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** Runs the builder and gives the path that it prints. */
function builder(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

for (const { name } of kernelTable) {
  test(`the object from a capsule of ${name} is the object from its headers, byte for byte`, async (context) => {
    const directory = createDirectory(context);
    const { release, buildDir, sourceDir } = await fetchKernel(findKernelRow(name), { settings });
    const tree = ['--kernel', release, '--headers', `${buildDir}:${sourceDir}`];
    const capsule = builder('capsule', 'create', ...tree, '--output', join(directory, 'a.tar.gz'));
    const sizeBytes = statSync(capsule).size;
    assert.ok(sizeBytes > 0.5e6 && sizeBytes < 2e6, `${sizeBytes} bytes`);

    // Sources elsewhere as well: no path is in an object.
    const sources = join(directory, 'elsewhere/bpf');
    cpSync(join(root, 'bpf'), sources, { recursive: true });
    const fromTree = builder('build', ...tree, '--output', join(directory, 'tree'));
    const fromCapsule = builder(
      ...['build', '--kernel', release, '--headers', capsule, '--sources', sources],
      ...['--output', join(directory, 'capsule')],
    );
    assert.deepEqual(readFileSync(fromCapsule), readFileSync(fromTree));
    const { headers } = readManifest(readFileSync(fromCapsule), fromCapsule);
    assert.ok(headers !== null && headers.files > 400, JSON.stringify(headers));
  });
}

test('capsules of one tree are equal, whoever makes them and when', async (context) => {
  const directory = createDirectory(context);
  const { release, buildDir } = await fetchKernel(findKernelRow('debian-6.1'), { settings });
  const create = (name: string): Buffer =>
    readFileSync(
      builder(
        ...['capsule', 'create', '--kernel', release, '--headers', buildDir],
        ...['--output', join(directory, name)],
      ),
    );
  assert.deepEqual(create('a.tar.gz'), create('b.tar.gz'));
});
