import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fetchKernel } from '../vm/dist/fetch.js';
import { findKernelRow } from '../vm/dist/kernels.js';
import { runInVm } from '../vm/dist/run.js';
import { readSettings } from '../vm/dist/settings.js';
import { bundle } from './bundle.js';
import { nfsFiles, nfsSetup } from './nfs-guest.js';
import type { Round, Storm } from './store-storm.js';

/*
 * The same as store.slow.test.ts on NFS, half of the builders on one mount and half on the other. A virtual
 * machine without KVM is slow (a minute or two a round): NFS_ROUNDS makes more rounds with kills than this, NFS_LOG names a
 * file that gets each one as it ends.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const settings = readSettings(process.env);
const kernelName = process.env['KERNEL'] ?? 'debian-6.1';
const processes = Number(process.env['NFS_BUILDERS'] ?? 50);
const rounds = Number(process.env['NFS_ROUNDS'] ?? 3);
const log = process.env['NFS_LOG'];

test('builders on two NFS mounts compile once, and killed ones leave no torn object and no lock', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-nfs-test-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  const [packages, tracee] = ['packages', 'tracee'].map((name) => join(directory, name)) as [string, string];
  for (const path of [packages, tracee, join(tracee, 'builder/dist/cli')]) {
    mkdirSync(path, { recursive: true });
  }
  await bundle(join(root, 'builder/dist/cli/main.js'), join(tracee, 'builder/dist/cli/main.js'), [
    ...['check', 'doctor', 'capsule', 'verify', 'keygen', 'list', 'gc', 'inspect'].map(
      (command) => `./${command}-command.js`,
    ),
    '../toolchain/docker/docker-toolchain.js',
  ]);
  await bundle(join(root, 'ci/test/store-storm-guest.ts'), join(tracee, 'storm.mjs'));
  copyFileSync(join(root, 'builder/package.json'), join(tracee, 'builder/package.json'));
  const storm: Storm = {
    builder: '/tracee/builder/dist/cli/main.js',
    sources: '/sources',
    stores: ['/mnt/a', '/mnt/b'],
    clang: '/usr/bin/clang',
    tools: {
      LLC: '/usr/bin/llc',
      LLVM_STRIP: '/usr/bin/llvm-strip',
      LLVM_OBJCOPY: '/usr/bin/llvm-objcopy',
    },
    killsWithinMs: processes * 1000,
    ...{ processes, scratch: '/root', kills: 0, rounds: 1 },
  };
  const killing: Storm = { ...storm, kills: Math.floor(processes * 0.4), rounds, scratch: '/root/killing' };
  writeFileSync(
    join(directory, 'run.sh'),
    [
      nfsSetup,
      'mkdir /root/killing',
      ...[storm, killing].map((one) => `node /tracee/storm.mjs '${JSON.stringify(one)}'`),
      '',
    ].join('\n'),
  );

  const kernel = await fetchKernel(findKernelRow(kernelName), { settings });
  const result = await runInVm({
    settings,
    kernel: kernelName,
    command: ['sh', '/run.sh'],
    files: [
      ...(await nfsFiles(kernel, packages)),
      { from: tracee, to: '/tracee' },
      ...['koffi', '@koromix'].map((name) => ({
        from: join(root, 'node_modules', name),
        to: `/tracee/node_modules/${name}`,
      })),
      { from: join(root, 'builder/test/fixtures/sources'), to: '/sources' },
      { from: '/usr/include/bpf', to: '/usr/include/bpf' },
      { from: join(directory, 'run.sh'), to: '/run.sh' },
    ],
    programs: ['clang', 'llc', 'llvm-strip', 'llvm-objcopy'],
    memoryMiB: 6144,
    timeoutMs: 4 * 60 * 60_000,
    onOutput: (chunk) => {
      if (log !== undefined) appendFileSync(log, chunk);
      for (const line of chunk.toString().trim().split('\n')) context.diagnostic(line);
    },
  });
  assert.equal(result.exitStatus, 0, result.stderr);
  assert.match(result.stderr, /127\.0\.0\.1:\/ \/mnt\/a nfs4 .*vers=4\.2[\s\S]* \/mnt\/b nfs4 .*vers=4\.1/);
  const all = result.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Round);
  assert.equal(all.length, rounds + 1);
  for (const { failures, digests, reads, compiles, killed } of all) {
    assert.deepEqual(failures, []);
    assert.equal(digests.length, 1);
    assert.deepEqual(reads.bad, []);
    assert.ok(reads.object > 0);
    assert.ok(compiles <= killed + 1, `${compiles} compiles`);
  }
  assert.equal(all[0]?.compiles, 1);
  assert.deepEqual(all[0].files, ['tracee.bpf.core.0_1_0.o']);
});
